package dev.echelon.watcher;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A hub with real API semantics: the API server that {@code ../shared/tools/hubapi} builds, with the CRDs of a hub. It
 * can be killed and started again on the same data and port.
 */
final class TestHub implements AutoCloseable {

    private static final Path SHARED = Path.of("..", "..", "shared");
    private static final Path PROGRAM = SHARED.resolve("tools/hubapi/hubapi");
    private static final Path CRDS = SHARED.resolve("hub-crds");

    private final Path data;
    private final int port;
    private Process process;
    private KubernetesClient client;

    private TestHub(Path data, int port) {
        this.data = data;
        this.port = port;
    }

    /** Why there can be no hub here; empty where there can. */
    static Optional<String> missing() {
        return Stream.of(PROGRAM, CRDS)
                .filter(path -> !Files.exists(path))
                .findFirst()
                .map(path -> "needs " + path.normalize() + " beside the repository, which is not there");
    }

    /** A hub without any CRD. */
    static TestHub startEmpty(Path data) {
        try (ServerSocket socket = new ServerSocket(0)) {
            TestHub hub = new TestHub(data, socket.getLocalPort());
            socket.close();
            hub.run();
            return hub;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A hub with all CRDs. */
    static TestHub start(Path data) {
        TestHub hub = startEmpty(data);
        hub.installCrds("");
        return hub;
    }

    int port() {
        return port;
    }

    KubernetesClient client() {
        return client;
    }

    void installCrds(String nameContains) {
        try (Stream<Path> files = Files.list(CRDS)) {
            List<Path> crds = files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> file.getFileName().toString().contains(nameContains))
                    .toList();
            for (Path crd : crds) {
                try (var in = Files.newInputStream(crd)) {
                    client.load(in).items().forEach(item -> {
                        client.resource(item).create();
                        await("the hub serves " + item.getMetadata().getName())
                                .atMost(Duration.ofSeconds(30))
                                .ignoreExceptions()
                                .until(() -> isServed(item));
                    });
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isServed(HasMetadata crd) {
        String[] name = crd.getMetadata().getName().split("\\.", 2);
        GenericKubernetesResource generic = client.getKubernetesSerialization()
                .convertValue(crd, GenericKubernetesResource.class);
        String version = generic.get("spec", "versions", 0, "name");
        return client.raw("/apis/" + name[1] + "/" + version + "/" + name[0]) != null;
    }

    /** Creates or replaces, status included. */
    void apply(String yaml) {
        client.load(new java.io.ByteArrayInputStream(yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .items()
                .forEach(this::apply);
    }

    private void apply(HasMetadata object) {
        var resource = client.resource(object);
        if (resource.get() == null) {
            resource.create();
        } else {
            resource.update();
        }
        if (((GenericKubernetesResource) object).getAdditionalProperties().containsKey("status")) {
            client.resource(object).updateStatus();
        }
    }

    void delete(String yaml) {
        client.load(new java.io.ByteArrayInputStream(yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .delete();
    }

    /** As a crash does it. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Starts it again after {@link #kill}. */
    void run() {
        try {
            process = new ProcessBuilder(
                            PROGRAM.toAbsolutePath().toString(), "--data", data.toString(), "--port", "" + port)
                    .redirectErrorStream(true)
                    .redirectOutput(data.resolve("hub.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path kubeconfig = data.resolve("kubeconfig");
        await("the hub on port " + port + " serves")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> {
                    if (client == null) {
                        Config config = Config.fromKubeconfig(kubeconfig.toFile());
                        config.setRequestRetryBackoffLimit(0);
                        client = new KubernetesClientBuilder().withConfig(config).build();
                    }
                    return client.getKubernetesVersion() != null;
                });
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
