package dev.echelon.e2e;

import static org.awaitility.Awaitility.await;

import dev.echelon.hubfixture.FreePort;
import dev.echelon.hubfixture.Tether;
import dev.echelon.standalone.client.KubeHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code echelon up} as a process of its own, on the application that was built, so that it can be killed as a machine
 * would kill it. Output goes to a file beside the data; a failure to start shows its tail.
 */
public final class EchelonProcess implements AutoCloseable {

    private static final Duration START_PATIENCE = Duration.ofSeconds(240);

    private final Path data;
    private final int port;
    private final int kafkaPort;
    private final List<String> arguments;
    private final Map<String, String> environment;
    private final Path output;
    private Process process;

    private EchelonProcess(Path data, List<String> arguments, Map<String, String> environment) throws IOException {
        this.data = data;
        this.port = FreePort.take();
        this.kafkaPort = FreePort.take();
        this.arguments = arguments;
        this.environment = environment;
        this.output = data.resolveSibling(data.getFileName() + ".out");
    }

    /** Starts {@code up} with these further arguments and waits for nothing. */
    static EchelonProcess launch(Path data, Map<String, String> environment, String... arguments) throws IOException {
        EchelonProcess echelon = new EchelonProcess(data, List.of(arguments), environment);
        echelon.launch();
        return echelon;
    }

    /** Starts {@code up} with these further arguments and waits until all services are ready. */
    public static EchelonProcess start(Path data, Map<String, String> environment,
            String... arguments) throws IOException {
        EchelonProcess echelon = new EchelonProcess(data, List.of(arguments), environment);
        echelon.launch();
        echelon.awaitReady();
        return echelon;
    }

    /** Starts the process without waiting for anything. */
    void launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-jar",
                application().toString(),
                "up",
                "--data",
                data.toString(),
                "--port",
                String.valueOf(port),
                "--kafka-port",
                String.valueOf(kafkaPort)));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        // A machine that is busy with other tests is slow, not wrong.
        builder.environment().put("ECHELON_API_PATIENCE", "25s");
        builder.environment().putAll(environment);
        process = Tether.tie(builder.start());
    }

    /** Waits until {@code /q/health/ready} says so. */
    void awaitReady() {
        await("echelon up on port " + port + " to be ready; its output is in " + output)
                .atMost(START_PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException("echelon up ended with " + process.exitValue() + ":\n"
                                + tail());
                    }
                    return ready();
                });
    }

    /** SIGKILL: no shutdown hook runs, nothing is flushed. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** The broker, on the same port after every restart. */
    String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    public URI api() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The API as whoever owns the data sees it. */
    KubeHttp client() throws IOException {
        return KubeHttp.withToken(api(), Files.readString(data.resolve("api/token")).strip());
    }

    /** What it has written where somebody sees it who has typed the command. */
    String console() throws IOException {
        return Files.readString(output);
    }

    /** What {@code /q/health/ready} answers. */
    String readiness() throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(api().resolve("/q/health/ready"))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The end of what the process and its services wrote. */
    public String tail() {
        try {
            String log = Files.exists(data.resolve("echelon.log")) ? Files.readString(data.resolve("echelon.log")) : "";
            String text = Files.readString(output) + log;
            return text.substring(Math.max(0, text.length() - 6000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(Duration.ofSeconds(20))) {
            kill();
        }
    }

    private boolean ready() throws InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                                    HttpRequest.newBuilder(api().resolve("/q/health/ready"))
                                            .timeout(Duration.ofSeconds(10))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static Path application() {
        Path jar = Path.of("..", "standalone", "target", "quarkus-app", "quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException(
                    jar + " is missing: build the standalone application first (mvn package -pl standalone -am)");
        }
        return jar;
    }
}
