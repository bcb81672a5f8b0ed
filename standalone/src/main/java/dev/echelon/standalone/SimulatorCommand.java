package dev.echelon.standalone;

import dev.echelon.simulator.HubTarget;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code echelon simulator}: the simulated hub and its spokes alone. */
@Command(
        name = "simulator",
        description = "Runs only the simulated hub and its spokes, for services that run as processes of their own.",
        mixinStandardHelpOptions = true,
        versionProvider = Echelon.Version.class)
final class SimulatorCommand implements Callable<Integer> {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = ".echelon/data/hub",
            description = "Where the kubeconfig file is written (default: ${DEFAULT-VALUE}).")
    private Path data;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "6443",
            description = "The hub API's port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = HubTarget.LOOPBACK,
            description = "The address that the hub API listens on (default: ${DEFAULT-VALUE}). It asks nobody who he is:"
                    + " another one is for containers, whose network nobody else is in.")
    private String host;

    @Mixin
    private SimulatedFleet.Options simulation;

    @Override
    public Integer call() throws Exception {
        Ports.requireFree("--port", port);
        try (Stopping stopping = Stopping.heardOn(System.out);
                SimulatedFleet fleet = SimulatedFleet.start(simulation.read(), data, host, port)) {
            System.out.println("echelon: hub at " + fleet.hub() + " with " + fleet.spokeNames().size()
                    + " spokes; kubeconfig " + fleet.kubeconfig());
            stopping.await();
        }
        return 0;
    }
}
