package dev.echelon.standalone;

import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.Scenario;
import dev.echelon.simulator.scenario.Scenario.SpokeSpec;
import dev.echelon.simulator.scenario.ScenarioReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/**
 * The simulator as the commands use it: a scenario at some speed, and a kubeconfig file that reaches hub and spokes.
 */
final class SimulatedFleet implements AutoCloseable {

    /** Options of all commands that start a simulated fleet. */
    static final class Options {

        @Option(
                names = "--scenario",
                paramLabel = "FILE",
                defaultValue = "walkthrough",
                description = "A scenario file, or the name of a shipped scenario: walkthrough, fleet"
                        + " (default: ${DEFAULT-VALUE}).")
        private String scenario;

        @Option(
                names = "--speed",
                paramLabel = "N",
                description = "Simulated seconds in a real one (default: what the scenario says).")
        private Double speed;

        /** The scenario as asked for. */
        Scenario read() {
            if (speed != null && !(speed > 0)) {
                throw new IllegalArgumentException("--speed: " + speed + " is not above 0");
            }
            Scenario read = ScenarioReader.read(scenario);
            return speed == null ? read : read.atSpeed(speed);
        }
    }

    private final Simulator simulator;
    private final Scenario scenario;
    private final Path kubeconfig;

    private SimulatedFleet(Simulator simulator, Scenario scenario, Path kubeconfig) {
        this.simulator = simulator;
        this.scenario = scenario;
        this.kubeconfig = kubeconfig;
    }

    /**
     * Starts the scenario on a hub of its own.
     *
     * @param directory gets the kubeconfig file
     * @param host the address that the hub's API listens on
     * @param port of the hub's API; 0 takes a free one
     */
    static SimulatedFleet start(Scenario scenario, Path directory, String host, int port) throws IOException {
        Files.createDirectories(directory);
        Simulator simulator = Simulator.start(scenario, new HubTarget.Own(host, port));
        Path kubeconfig = directory.resolve("kubeconfig");
        simulator.writeKubeconfig(kubeconfig);
        return new SimulatedFleet(simulator, scenario, kubeconfig);
    }

    /** Contexts {@code hub} (the current one) and one per spoke. */
    Path kubeconfig() {
        return kubeconfig;
    }

    URI hub() {
        return URI.create(simulator.hubUrl());
    }

    /** The API of each spoke, by name. */
    Map<String, URI> spokes() {
        Map<String, URI> spokes = new LinkedHashMap<>();
        scenario.clusters().forEach(spoke -> spokes.put(spoke.name(), URI.create(simulator.spokeUrl(spoke.name()))));
        return spokes;
    }

    List<String> spokeNames() {
        return scenario.clusters().stream().map(SpokeSpec::name).toList();
    }

    double speed() {
        return scenario.speed();
    }

    /** What the services have to be told where the spokes are simulated: images that nobody pulls. */
    Map<String, String> serviceConfiguration() {
        return Map.of(
                "echelon.executor.precache-image", "registry.example.com/echelon/pre-cache-agent:simulated",
                "echelon.executor.recovery-image", "registry.example.com/echelon/backup-agent:simulated");
    }

    @Override
    public void close() {
        simulator.close();
    }
}
