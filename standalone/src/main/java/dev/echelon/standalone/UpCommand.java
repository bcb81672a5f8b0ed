package dev.echelon.standalone;

import dev.echelon.embeddedkafka.EmbeddedKafka;
import io.fabric8.kubernetes.client.Config;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code echelon up}: everything in one process until it is told to stop. */
@Command(
        name = "up",
        description = "Runs the four services and a Kafka broker in one process, against a hub or the simulator.",
        mixinStandardHelpOptions = true,
        versionProvider = Echelon.Version.class,
        footer = {
            "",
            "Stop it with Ctrl-C. Started again with the same --data, the rollouts on a real",
            "hub go on where they were. The simulated hub keeps nothing: it begins anew,",
            "while the rollouts of before stay as they ended. Delete the --data folder, too,",
            "to start over. A hub that is away is waited for.",
            "",
            "Examples:",
            "  ./echelon up                      against the simulated walkthrough fleet",
            "  ./echelon up --scenario fleet     against a larger simulated fleet",
            "  ./echelon up --hub-kubeconfig hub.kubeconfig --data /var/lib/echelon"
        })
final class UpCommand implements Callable<Integer> {

    @Option(
            names = "--hub-kubeconfig",
            paramLabel = "FILE",
            description = "The hub to work on. Without it, a simulated hub is started.")
    private Path hubKubeconfig;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = ".echelon/data",
            description = "Where the broker and the services keep their data (default: ${DEFAULT-VALUE}).")
    private Path data;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            description = "The API's port on loopback (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--tls-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "The API's port with TLS on loopback (default: a free one; it is printed).")
    private int tlsPort;

    @Option(
            names = "--kafka-port",
            paramLabel = "N",
            defaultValue = "0",
            description = "The broker's port on loopback (default: a free one; it is printed).")
    private int kafkaPort;

    @Mixin
    private SimulatedFleet.Options simulation;

    private final PrintStream out = System.out;

    @Override
    public Integer call() throws Exception {
        try (Stopping stopping = Stopping.heardOn(out)) {
            return up(stopping);
        }
    }

    private int up(Stopping stopping) throws Exception {
        if (EmbeddedKafka.isRunningOn(data.resolve("kafka"))) {
            throw new IllegalArgumentException("--data: another ./echelon up runs on " + data
                    + "; stop that one, or give this one a folder and a port of its own (--data DIR --port N)");
        }
        Ports.requireFree("--port", port);
        if (tlsPort != 0) {
            Ports.requireFree("--tls-port", tlsPort);
        }
        Stack stack = new Stack(data, true, port, tlsPort, kafkaPort, out);
        if (hubKubeconfig == null) {
            boolean usedBefore = Files.exists(data.resolve("kafka"));
            return stack.withSimulatedHub(simulation.read(), running -> {
                if (usedBefore) {
                    out.println("echelon: ClusterGroupUpgrades of an earlier run are still there as they ended, but the"
                            + " simulated hub began anew; to start over, stop, delete " + data + " and start again");
                }
                return untilStopped(running, stopping);
            });
        }
        if (!Files.isReadable(hubKubeconfig)) {
            throw new IllegalArgumentException("--hub-kubeconfig: there is no readable file " + hubKubeconfig);
        }
        out.println("echelon: hub " + hubUrl());
        return stack.withHub(hubKubeconfig, running -> untilStopped(running, stopping));
    }

    /** Without this, a file of another kind would silently mean whatever hub the client takes by default. */
    private String hubUrl() {
        Config config;
        try {
            config = Config.fromKubeconfig(hubKubeconfig.toFile());
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("--hub-kubeconfig: " + hubKubeconfig + " is no kubeconfig file", e);
        }
        if (config.getCurrentContext() == null) {
            throw new IllegalArgumentException("--hub-kubeconfig: " + hubKubeconfig + " is no kubeconfig file, or its"
                    + " current-context names none of its contexts");
        }
        return config.getMasterUrl();
    }

    private int untilStopped(Stack.Running running, Stopping stopping) throws InterruptedException {
        Addresses.print(out, running);
        out.println("echelon: stop with Ctrl-C");
        stopping.await();
        return 0;
    }
}
