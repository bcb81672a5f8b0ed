package dev.echelon.standalone;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
            description = "The hub API's port on loopback (default: ${DEFAULT-VALUE}).")
    private int port;

    @Mixin
    private SimulatedFleet.Options simulation;

    @Override
    public Integer call() throws Exception {
        Ports.requireFree("--port", port);
        SimulatedFleet fleet = SimulatedFleet.start(simulation.read(), data, port);
        Runtime.getRuntime().addShutdownHook(new Thread(fleet::close, "simulator-shutdown"));
        System.out.println("echelon: hub at " + fleet.hub() + " with " + fleet.spokeNames().size()
                + " spokes; kubeconfig " + fleet.kubeconfig());
        new CountDownLatch(1).await();
        return 0;
    }
}
