package dev.echelon.standalone;

import dev.echelon.simulator.scenario.Scenario;
import dev.echelon.simulator.scenario.Scenario.SpokeSpec;
import dev.echelon.standalone.client.KubeHttp;
import dev.echelon.standalone.demo.DemoFailure;
import dev.echelon.standalone.demo.Walkthrough;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code echelon demo}: the walkthrough, end to end. */
@Command(
        name = "demo",
        description = "Runs the walkthrough: two spokes are pre-cached, backed up and upgraded to 4.12.5.",
        mixinStandardHelpOptions = true,
        versionProvider = Echelon.Version.class,
        footer = {
            "",
            "Ends with exit code 0 when the ClusterGroupUpgrade is Completed, else with 1",
            "and the reason.",
            "",
            "Examples:",
            "  ./echelon demo",
            "  ./echelon demo --speed 5",
            "  ./echelon demo --keep        leaves everything up, to look at with kubectl"
        })
final class DemoCommand implements Callable<Integer> {

    private static final List<String> SPOKES = List.of("sno1", "sno2");
    private static final String READY = "/q/health/ready";
    private static final Duration START_PATIENCE = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(200);

    @Option(names = "--keep", description = "Leave everything up afterwards and print how to reach it.")
    private boolean keep;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The API's port on loopback (default: a free one; 8080 with --keep).")
    private Integer port;

    @ArgGroup(exclusive = false, heading = "%nAgainst what is up already, as docker-compose.yml brings it up:%n")
    private Elsewhere elsewhere;

    @Mixin
    private SimulatedFleet.Options simulation;

    private final PrintStream out = System.out;

    /** A whole installation on a simulated hub that is not this process's. */
    private static final class Elsewhere {

        @Option(names = "--api", paramLabel = "URL", required = true, description = "Echelon's API.")
        private URI api;

        @Option(names = "--hub", paramLabel = "URL", required = true, description = "The simulated hub.")
        private URI hub;

        @Option(names = "--kafka", paramLabel = "HOST:PORT", required = true, description = "The broker.")
        private String kafka;
    }

    @Override
    public Integer call() throws Exception {
        return elsewhere == null ? here() : there();
    }

    private int there() throws Exception {
        Map<String, URI> spokes = SPOKES.stream()
                .collect(Collectors.toMap(spoke -> spoke, spoke -> elsewhere.hub.resolve("/spokes/" + spoke)));
        KubeHttp api = new KubeHttp(elsewhere.api);
        try {
            awaitReady(api);
            walkthrough(api, elsewhere.hub, spokes, elsewhere.kafka, 1).run();
        } catch (DemoFailure failure) {
            out.println("echelon: the demo FAILED: " + failure.getMessage());
            return 1;
        }
        out.println();
        out.println("echelon: the demo is done, the ClusterGroupUpgrade is Completed");
        return 0;
    }

    /** What was brought up just now need not be ready yet. */
    private void awaitReady(KubeHttp api) throws InterruptedException {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!api.succeeds(READY)) {
            if (System.nanoTime() > deadline) {
                throw new DemoFailure("waited " + START_PATIENCE.toSeconds() + " s for the API to be ready; what it waits"
                        + " for, it says at " + elsewhere.api.resolve(READY));
            }
            Thread.sleep(POLL);
        }
    }

    private int here() throws Exception {
        try (Stopping stopping = Stopping.heardOn(out)) {
            return here(stopping);
        }
    }

    private int here(Stopping stopping) throws Exception {
        int chosen = port != null ? port : keep ? 8080 : Ports.anyFree();
        Ports.requireFree("--port", chosen);
        Scenario scenario = simulation.read();
        Set<String> spokes = scenario.clusters().stream().map(SpokeSpec::name).collect(Collectors.toSet());
        if (!spokes.containsAll(SPOKES)) {
            throw new IllegalArgumentException("--scenario: the walkthrough needs the spokes " + SPOKES + " and the policy"
                    + " of the scenario 'walkthrough'; run another scenario with ./echelon up --scenario");
        }
        Path data = Stack.temporaryData();
        int exitCode = 1;
        try {
            exitCode = new Stack(data, keep, chosen, 0, 0, out)
                    .withSimulatedHub(scenario, running -> walk(running, stopping));
        } finally {
            if (exitCode == 0 || Stopping.isAsked()) {
                TemporaryFiles.delete(data);
            } else {
                out.println("echelon: the log is " + Stack.logIn(data));
            }
        }
        return exitCode;
    }

    private int walk(Stack.Running running, Stopping stopping) throws Exception {
        SimulatedFleet fleet = running.fleet().orElseThrow();
        Walkthrough walkthrough = walkthrough(
                KubeHttp.withToken(running.api(), running.access().token()),
                fleet.hub(),
                fleet.spokes(),
                running.bootstrapServers(),
                fleet.speed());
        try {
            walkthrough.run();
        } catch (DemoFailure failure) {
            out.println("echelon: the demo FAILED: " + failure.getMessage());
            stayUp(running, stopping);
            return 1;
        }
        out.println();
        out.println("echelon: the demo is done, the ClusterGroupUpgrade is Completed");
        stayUp(running, stopping);
        return 0;
    }

    private Walkthrough walkthrough(KubeHttp api, URI hub, Map<String, URI> spokes, String kafka, double speed) {
        return new Walkthrough(
                out,
                System.console() != null && System.getenv("NO_COLOR") == null,
                api,
                new KubeHttp(hub),
                spokes.entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, spoke -> new KubeHttp(spoke.getValue()))),
                kafka,
                Duration.ofSeconds(Math.max(60, Math.round(600 / speed))));
    }

    private void stayUp(Stack.Running running, Stopping stopping) throws InterruptedException {
        if (keep) {
            Addresses.print(out, running);
            out.println("echelon: everything stays up; stop with Ctrl-C");
            stopping.await();
        }
    }
}
