package dev.echelon.e2e;

import static org.awaitility.Awaitility.await;

import dev.echelon.hubfixture.FreePort;
import dev.echelon.hubfixture.Tether;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One replica of a service as a process of its own, on the application that was built; it can be started again. */
final class Replica implements AutoCloseable {

    private static final Duration START_PATIENCE = Duration.ofSeconds(240);
    /** What Kubernetes gives a pod between SIGTERM and SIGKILL, by default. */
    static final Duration GRACE = Duration.ofSeconds(30);

    private final String service;
    private final String name;
    private final Path folder;
    private final Map<String, String> configuration;
    private final int port;
    private Process process;
    private Instant graceEnds;

    /**
     * @param configuration MicroProfile configuration, by property name
     */
    Replica(String service, String name, Path folder, Map<String, String> configuration) throws IOException {
        this.service = service;
        this.name = name;
        this.folder = folder;
        this.configuration = configuration;
        this.port = FreePort.take();
    }

    /** Starts the process without waiting for anything. */
    Replica launch() throws IOException {
        Path jar = Path.of("..", service, "target", "quarkus-app", "quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException(
                    jar + " is missing: package the service first (mvn package -pl " + service + " -am)");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                // A machine that is busy with other tests is slow, not wrong.
                "-Dechelon.api.patience=25s",
                // The simulated hub reviews no tokens.
                "-Dechelon.api.auth.mode=none",
                "-Dechelon.data-dir=" + folder.resolve(name),
                "-Dechelon.leader-election.identity=" + name));
        configuration.forEach((property, value) -> command.add("-D" + property + "=" + value));
        command.addAll(List.of("-jar", jar.toString()));
        process = Tether.tie(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start());
        return this;
    }

    void awaitReady() {
        await(name + " to be ready; its output is in " + log())
                .atMost(START_PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException(
                                name + " ended with " + process.exitValue() + ":\n" + Files.readString(log()));
                    }
                    return status("/q/health/ready") == 200;
                });
    }

    /** SIGTERM, as Kubernetes ends a pod. Fails when the process is not gone after the time that a pod has. */
    void stop() throws InterruptedException {
        terminate();
        awaitEnd();
    }

    /** The first half of {@link #stop}: sends the signal, and does not wait. */
    void terminate() {
        process.destroy();
        graceEnds = Instant.now().plus(GRACE);
    }

    /** The second half of {@link #stop}. */
    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(Duration.between(Instant.now(), graceEnds))) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(name + " had not ended " + GRACE + " after SIGTERM; its output is in " + log());
        }
    }

    /** SIGKILL, as a node that dies. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    String service() {
        return service;
    }

    String name() {
        return name;
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    Path log() {
        return folder.resolve(name + ".log");
    }

    /** The answer's status; 0 where there is no answer. */
    int status(String path) throws InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request(path), HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException notThere) {
            return 0;
        }
    }

    String get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request(path), HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (process != null && process.isAlive()) {
            kill();
        }
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(url().resolve(path)).timeout(Duration.ofSeconds(10)).build();
    }
}
