package dev.echelon.hubfixture;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A hub with the semantics of a real API server: schemas, defaulting, pruning, status subresources, conflicts, watches
 * that expire. It is the disposable one that {@code HUB_KUBECONFIG} names, else the test server {@code hubapi} that
 * lies in {@code shared/tools/hubapi} beside the checkout; where there is neither, {@link #missing()} says so and tests
 * skip.
 *
 * <p>A server that this class started can be killed and run again on the same data and port.
 */
public final class RealHub implements AutoCloseable {

    private static final String PROGRAM = "shared/tools/hubapi/hubapi";
    private static final String HUB_CRDS = "shared/hub-crds";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_STARTS = 10;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
    /** Tests share a few cores with each other: slow is not wrong here. */
    private static final Duration REQUEST_PATIENCE = Duration.ofSeconds(60);

    private final Path kubeconfig;
    private final Optional<Server> server;
    private final Optional<TestFolder> own;
    private KubernetesClient client;

    private RealHub(Path kubeconfig, Optional<Server> server, Optional<TestFolder> own) {
        this.kubeconfig = kubeconfig;
        this.server = server;
        this.own = own;
    }

    /** What it takes to run the server again. */
    private static final class Server {
        private final List<String> command;
        private final File log;
        private Process process;
        private int ends;

        Server(List<String> command, File log) {
            this.command = command;
            this.log = log;
        }

        void run() {
            try {
                process = Tether.tie(
                        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot start " + command, e);
            }
        }

        /** Its own etcd takes a port that is free, and now and then another process's by the time it listens. */
        void runAgainWhereItEnded() {
            if (!process.isAlive() && ends++ < MOST_STARTS) {
                run();
            }
        }
    }

    /** Why there can be no real hub here; empty where there can. */
    public static Optional<String> missing() {
        if (System.getenv("HUB_KUBECONFIG") != null) {
            return Optional.empty();
        }
        return Stream.of(PROGRAM, HUB_CRDS)
                .filter(path -> beside(path).isEmpty())
                .findFirst()
                .map(path -> "needs HUB_KUBECONFIG, or ../" + path + " beside the checkout, and neither is there");
    }

    /** As {@link #missing}, for tests that kill their hub, empty it, or choose its users. */
    public static Optional<String> ownMissing() {
        return System.getenv("HUB_KUBECONFIG") == null
                ? missing()
                : Optional.of("needs a hub of its own, not the one that HUB_KUBECONFIG names");
    }

    /**
     * Starts a hub without any CRD; its data go when it is closed.
     *
     * @param users further users, each with the token {@code <name>-token}, who may do what RBAC on the hub allows them
     */
    public static RealHub start(String... users) {
        TestFolder folder = TestFolder.create("hub");
        return start(folder.path(), Optional.of(folder), List.of(), users);
    }

    /**
     * As {@link #start(String...)}, with a folder of the caller's.
     *
     * @param data an empty folder for the server's data
     */
    public static RealHub start(Path data, String... users) {
        return start(data, Optional.empty(), List.of(), users);
    }

    /**
     * As {@link #start(Path, String...)}, and the server writes to the file what it was asked for: a line for each
     * request, an {@code Event} of {@code audit.k8s.io/v1} at the level {@code Metadata}. Not for a hub that is given.
     */
    public static RealHub audited(Path data, Path log, String... users) {
        return start(data, Optional.empty(), List.of("--audit", log.toString()), users);
    }

    private static RealHub start(Path data, Optional<TestFolder> own, List<String> options, String... users) {
        String given = System.getenv("HUB_KUBECONFIG");
        RealHub hub;
        if (given != null) {
            hub = new RealHub(Path.of(given), Optional.empty(), own);
        } else {
            List<String> command = new ArrayList<>(List.of(
                    beside(PROGRAM).orElseThrow(() -> new IllegalStateException(missing().orElseThrow())).toString(),
                    "--data", data.toString(), "--port", String.valueOf(FreePort.take())));
            command.addAll(options);
            if (users.length > 0) {
                command.addAll(List.of("--user", String.join(",", users)));
            }
            Server server = new Server(command, data.resolve("hub.log").toFile());
            server.run();
            hub = new RealHub(data.resolve("kubeconfig"), Optional.of(server), own);
        }
        hub.awaitServing();
        return hub;
    }

    /** The cluster administrator's kubeconfig. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** The cluster administrator's client, closed with the hub. */
    public KubernetesClient client() {
        return client;
    }

    /** Another client, for the caller to close. It does not retry by itself. */
    public KubernetesClient newClient() {
        Config config = Config.fromKubeconfig(kubeconfig.toFile());
        config.setRequestRetryBackoffLimit(0);
        config.setRequestTimeout((int) REQUEST_PATIENCE.toMillis());
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** Applies the CRDs that a hub with ACM has, and waits until they are served. */
    public RealHub withHubCrds() {
        return withHubCrds(_ -> true);
    }

    /** As {@link #withHubCrds()}, for the files whose names match. */
    public RealHub withHubCrds(Predicate<String> fileName) {
        applyCrds(beside(HUB_CRDS).orElseThrow(), fileName);
        return this;
    }

    /** Applies the CRDs that Echelon brings, and waits until they are served. */
    public RealHub withEchelonCrds() {
        applyCrds(checkout().resolve("deploy/crds"), _ -> true);
        return this;
    }

    /** Creates or replaces what the YAML says, status included. */
    public void apply(String yaml) {
        client.load(stream(yaml)).items().forEach(this::apply);
    }

    /** Deletes what the YAML names. */
    public void delete(String yaml) {
        client.load(stream(yaml)).delete();
    }

    /** As a crash does it. Only for a server that this class started. */
    public void kill() throws InterruptedException {
        server.orElseThrow().process.destroyForcibly().waitFor();
    }

    /** Runs the server again after {@link #kill}, and waits until it serves what it served before. */
    public void runAgain() {
        server.orElseThrow().run();
        awaitServing();
        client.apiextensions().v1().customResourceDefinitions().list().getItems().forEach(this::awaitServed);
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
        // What it stored is of no use to anybody any more: no need for it to end in peace.
        server.ifPresent(running -> running.process.destroyForcibly().onExit().join());
        own.ifPresent(TestFolder::close);
    }

    private void awaitServing() {
        await("the hub of " + kubeconfig + " serves")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(BETWEEN_LOOKS)
                .ignoreExceptions()
                .until(() -> {
                    server.ifPresent(Server::runAgainWhereItEnded);
                    if (client == null) {
                        client = newClient();
                    }
                    return client.getKubernetesVersion() != null;
                });
    }

    private void apply(HasMetadata object) {
        var resource = client.resource(object);
        if (resource.get() == null) {
            resource.create();
        } else {
            resource.update();
        }
        if (object instanceof GenericKubernetesResource generic && generic.getAdditionalProperties()
                .containsKey("status")) {
            client.resource(object).updateStatus();
        }
    }

    private void applyCrds(Path folder, Predicate<String> fileName) {
        List<HasMetadata> crds = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> fileName.test(file.getFileName().toString()))
                    .toList()) {
                try (var in = Files.newInputStream(file)) {
                    crds.addAll(client.load(in).items());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the CRDs in " + folder, e);
        }
        // First all of them: the hub needs about as long to serve many as to serve one.
        crds.forEach(crd -> client.resource(crd).createOr(existing -> existing.update()));
        crds.forEach(this::awaitServed);
    }

    private void awaitServed(HasMetadata crd) {
        await("the hub serves " + crd.getMetadata().getName())
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(BETWEEN_LOOKS)
                .ignoreExceptions()
                .until(() -> isServed(crd));
    }

    private boolean isServed(HasMetadata crd) {
        String[] name = crd.getMetadata().getName().split("\\.", 2);
        GenericKubernetesResource generic =
                client.getKubernetesSerialization().convertValue(crd, GenericKubernetesResource.class);
        String version = generic.get("spec", "versions", 0, "name");
        return client.raw("/apis/" + name[1] + "/" + version + "/" + name[0]) != null;
    }

    /** The path in a folder beside the checkout. */
    private static Optional<Path> beside(String path) {
        return Optional.of(checkout().resolveSibling(path)).filter(Files::exists);
    }

    /** The checkout's root: the nearest folder upwards that has the launcher. */
    private static Path checkout() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("echelon")) && Files.exists(folder.resolve("pom.xml"))) {
                return folder;
            }
        }
        throw new IllegalStateException(Path.of("").toAbsolutePath() + " is not inside a checkout of Echelon");
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
