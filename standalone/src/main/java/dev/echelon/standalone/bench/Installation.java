package dev.echelon.standalone.bench;

import dev.echelon.standalone.client.KubeHttp;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Broker, simulator and the four services, each a process of its own as in a deployment, so that each one's cost can be
 * told apart.
 */
final class Installation implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(240);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final List<String> SERVICES =
            List.of("cgu-api", "scheduler", "spoke-executor", "compliance-watcher");

    private final Path home;
    private final Path data;
    private final PrintStream out;
    private final List<Component> components = new ArrayList<>();
    private final Map<String, URI> services = new LinkedHashMap<>();
    private final int kafkaPort;
    private final int hubPort;

    private Installation(Path home, Path data, PrintStream out) throws IOException {
        this.home = home;
        this.data = data;
        this.out = out;
        this.kafkaPort = freePort();
        this.hubPort = freePort();
    }

    /** Starts everything and waits until all of it is ready. */
    static Installation start(Path home, Path data, Path scenario, PrintStream out)
            throws IOException, InterruptedException {
        Installation installation = new Installation(home, data, out);
        try {
            installation.startAll(scenario);
            return installation;
        } catch (IOException | InterruptedException | RuntimeException e) {
            installation.close();
            throw e;
        }
    }

    String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    URI hub() {
        return URI.create("http://127.0.0.1:" + hubPort);
    }

    URI api() {
        return services.get("cgu-api");
    }

    List<Component> components() {
        return List.copyOf(components);
    }

    /** The services' own counts of their hub requests. */
    HubRequests hubRequests() throws IOException, InterruptedException {
        StringBuilder metrics = new StringBuilder();
        for (URI service : services.values()) {
            metrics.append(new KubeHttp(service).text("/q/metrics")).append('\n');
        }
        return HubRequests.in(metrics.toString());
    }

    private void startAll(Path scenario) throws IOException, InterruptedException {
        String standalone = jar("standalone");
        start("broker", List.of("-jar", standalone, "broker", "--data", data.resolve("kafka").toString(), "--port",
                String.valueOf(kafkaPort)));
        start("simulator", List.of("-jar", standalone, "simulator", "--data", data.resolve("hub").toString(), "--port",
                String.valueOf(hubPort), "--scenario", scenario.toString()));
        awaitListening("broker", kafkaPort);
        // The file comes last, when the whole fleet is there.
        Path kubeconfig = data.resolve("hub").resolve("kubeconfig");
        awaitTrue("simulator", () -> Files.exists(kubeconfig));
        for (String service : SERVICES) {
            int port = freePort();
            start(service, List.of(
                    "-Dechelon.kafka.bootstrap-servers=" + bootstrapServers(),
                    "-Dechelon.api.auth.mode=none",
                    "-Dechelon.data-dir=" + data.resolve(service),
                    "-Dechelon.executor.precache-image=registry.example.com/pre-cache:bench",
                    "-Dechelon.executor.recovery-image=registry.example.com/recovery:bench",
                    "-Dkubeconfig=" + kubeconfig,
                    "-Dquarkus.http.host=127.0.0.1",
                    "-Dquarkus.http.port=" + port,
                    "-jar",
                    jar(service)));
            services.put(service, URI.create("http://127.0.0.1:" + port));
        }
        for (Map.Entry<String, URI> service : services.entrySet()) {
            awaitAnswer(service.getKey(), service.getValue().resolve("/q/health/ready"));
        }
    }

    private void start(String name, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Xmx1g");
        command.addAll(arguments);
        out.println("echelon: starting " + name);
        components.add(Component.start(name, data, command, Map.of()));
    }

    private String jar(String module) {
        Path jar = home.resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is missing; ./echelon bench builds it");
        }
        return jar.toString();
    }

    private void awaitAnswer(String name, URI uri) throws IOException, InterruptedException {
        KubeHttp http = new KubeHttp(URI.create("http://" + uri.getAuthority()));
        awaitTrue(name, () -> http.succeeds(uri.getPath()));
    }

    private void awaitListening(String name, int port) throws IOException, InterruptedException {
        awaitTrue(name, () -> {
            try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    private interface Look {
        boolean there() throws InterruptedException;
    }

    private void awaitTrue(String name, Look look) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!look.there()) {
            for (Component component : components) {
                component.requireAlive();
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        name + " was not ready after " + PATIENCE.toSeconds() + " s; its log is in " + data);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws InterruptedException {
        for (Component component : components.reversed()) {
            component.close();
        }
    }
}
