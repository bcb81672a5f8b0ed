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
import java.util.HashMap;
import java.util.Map;

/** One of the four services as a process of its own, as it was packaged. */
final class ServiceProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(240);

    private final String name;
    private final int port;
    private final Path log;
    private final Process process;

    private ServiceProcess(String name, int port, Path log, Process process) {
        this.name = name;
        this.port = port;
        this.log = log;
        this.process = process;
    }

    /** Starts the service; {@code environment} says where Kafka and the hub are. */
    static ServiceProcess start(String name, Path folder, Map<String, String> environment) throws IOException {
        return start(name, folder, Path.of(""), environment);
    }

    /** As the other one, in a folder of its own, where the service finds its {@code config/application.properties}. */
    static ServiceProcess start(String name, Path folder, Path directory, Map<String, String> environment)
            throws IOException {
        Path jar = Path.of("..", name, "target", "quarkus-app", "quarkus-run.jar").toAbsolutePath().normalize();
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is missing: package the service first (mvn package -pl " + name
                    + ")");
        }
        int port = FreePort.take();
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-jar",
                        jar.toString())
                .directory(directory.toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Map<String, String> all = new HashMap<>(environment);
        // A machine that is busy with other tests is slow, not wrong.
        all.put("ECHELON_API_PATIENCE", "25s");
        all.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        all.put("QUARKUS_HTTP_PORT", String.valueOf(port));
        builder.environment().putAll(all);
        return new ServiceProcess(name, port, log, Tether.tie(builder.start()));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    void awaitReady() {
        await(name + " to be ready; its output is in " + log)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException(name + " ended with " + process.exitValue() + ":\n" + output());
                    }
                    return isReady();
                });
    }

    /** All that it has written. */
    String output() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(Duration.ofSeconds(20))) {
            process.destroyForcibly().waitFor();
        }
    }

    /** The answer to a GET of this path; an {@link IOException} where nobody listens. */
    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(url().resolve(path)).timeout(Duration.ofSeconds(10)).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    /** Whether {@code /q/health/ready} says so. */
    boolean isReady() throws InterruptedException {
        try {
            return get("/q/health/ready").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }
}
