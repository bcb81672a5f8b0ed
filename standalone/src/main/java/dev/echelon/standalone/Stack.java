package dev.echelon.standalone;

import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.scenario.Scenario;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * All of Echelon in one process: broker, hub (simulated, or a real one by kubeconfig) and the four services, started in
 * the order in which they need each other and stopped in the reverse one.
 */
final class Stack {

    private static final Duration READY_PATIENCE = Duration.ofSeconds(60);
    /** A hub that is away is waited for. */
    private static final Duration UNTIL_STOPPED = Duration.ofDays(10_000);

    private final Path data;
    private final boolean keepsData;
    private final int port;
    private final int tlsPort;
    private final int kafkaPort;
    private final PrintStream out;

    /**
     * @param keepsData whether the data, with the log, is there for longer than this runs
     * @param port of the API on loopback
     * @param tlsPort of the API with TLS; 0 takes a free one
     * @param kafkaPort of the broker on loopback; 0 takes a free one
     */
    Stack(Path data, boolean keepsData, int port, int tlsPort, int kafkaPort, PrintStream out) {
        this.data = data.toAbsolutePath().normalize();
        this.keepsData = keepsData;
        this.port = port;
        this.tlsPort = tlsPort;
        this.kafkaPort = kafkaPort;
        this.out = out;
    }

    /** What runs, for whoever works with it. */
    record Running(
            URI api,
            LocalAccess access,
            String bootstrapServers,
            Path hubKubeconfig,
            Optional<SimulatedFleet> fleet,
            Path log) {}

    /** Work to be done while everything runs. */
    @FunctionalInterface
    interface Work {
        int run(Running running) throws Exception;
    }

    /**
     * Runs everything against the simulator.
     *
     * @return the work's exit code
     */
    int withSimulatedHub(Scenario scenario, Work work) throws Exception {
        return withBroker(kafka -> {
            try (SimulatedFleet fleet =
                    timed(
                            "fleet simulator",
                            () -> SimulatedFleet.start(scenario, data.resolve("hub"), HubTarget.LOOPBACK, 0))) {
                return withServices(kafka, fleet.kubeconfig(), Optional.of(fleet), READY_PATIENCE, work);
            }
        });
    }

    /** Runs everything against a real hub; one that is away is waited for. */
    int withHub(Path kubeconfig, Work work) throws Exception {
        return withBroker(kafka -> withServices(kafka, kubeconfig, Optional.empty(), UNTIL_STOPPED, work));
    }

    private interface WithKafka {
        int run(EmbeddedKafka kafka) throws Exception;
    }

    private int withBroker(WithKafka next) throws Exception {
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new IllegalArgumentException("--data: " + data + " cannot be made a folder (" + e.getClass().getSimpleName()
                    + "); name one that can be written to", e);
        }
        try (EmbeddedKafka kafka = timed(
                "Apache Kafka broker",
                () -> EmbeddedKafka.builder()
                        .directory(data.resolve("kafka"))
                        .port(kafkaPort)
                        .start())) {
            return next.run(kafka);
        }
    }

    private int withServices(
            EmbeddedKafka kafka, Path kubeconfig, Optional<SimulatedFleet> fleet, Duration patience, Work work)
            throws Exception {
        Path log = logIn(data);
        URI api = URI.create("http://127.0.0.1:" + port);
        LocalAccess access = LocalAccess.prepare(data.resolve("api"), tlsPort == 0 ? Ports.anyFree() : tlsPort);
        Map<String, String> configuration = new HashMap<>(access.serviceConfiguration());
        configuration.put("echelon.kafka.bootstrap-servers", kafka.bootstrapServers());
        configuration.put("echelon.data-dir", data.toString());
        configuration.put("kubeconfig", kubeconfig.toAbsolutePath().toString());
        // A process that was killed and started again gets its share of the topics back at once.
        configuration.put("echelon.scheduler.instance-id", "standalone");
        configuration.put("echelon.executor.instance-id", "standalone");
        // There is one process, and a data folder that no second one can use: nobody else could lead.
        configuration.put("echelon.leader-election.enabled", "false");
        configuration.put("quarkus.http.host", "127.0.0.1");
        // Bodies over the API's own limit get its Status, not Quarkus' empty answer.
        configuration.put("quarkus.http.limits.max-body-size", "64M");
        configuration.put("quarkus.http.limits.max-header-size", "32K");
        configuration.put("quarkus.http.limits.max-initial-line-length", "8192");
        configuration.put("quarkus.http.port", String.valueOf(port));
        configuration.put("quarkus.log.file.enabled", "true");
        configuration.put("quarkus.log.file.path", log.toString());
        configuration.put("quarkus.log.console.enabled", "false");
        fleet.ifPresent(simulated -> configuration.putAll(simulated.serviceConfiguration()));
        long begun = System.nanoTime();
        progress("cgu-api, scheduler, spoke-executor, compliance-watcher ..."
                + (keepsData ? " (log: " + log + ")" : ""));
        return Services.runWith(configuration, api, patience, who -> progress("not ready yet: " + who), () -> {
            progress("ready after " + seconds(begun) + " s");
            return work.run(new Running(api, access, kafka.bootstrapServers(), kubeconfig, fleet, log));
        });
    }

    private <T> T timed(String what, Callable<T> start) throws Exception {
        progress(what + " ...");
        long begun = System.nanoTime();
        T started = start.call();
        progress(what + " up after " + seconds(begun) + " s");
        return started;
    }

    private void progress(String text) {
        out.println("echelon: " + text);
    }

    private static String seconds(long sinceNanos) {
        return String.format(
                Locale.ROOT, "%.1f", Duration.ofNanos(System.nanoTime() - sinceNanos).toMillis() / 1000.0);
    }

    /** Where the log of a run on this data is. */
    static Path logIn(Path data) {
        return data.resolve("echelon.log");
    }

    /** A directory of its own for a run that leaves nothing behind. */
    static Path temporaryData() throws IOException {
        return Files.createTempDirectory("echelon-");
    }
}
