package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.echelon.hubfixture.RealHub;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.ScenarioReader;
import dev.echelon.standalone.client.KubeHttp;
import dev.echelon.standalone.demo.Walkthrough;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The walkthrough that {@code ./echelon demo} shows, through all services as a process, on both kinds of hub. */
@FirstLane
class WalkthroughScenarioTest {

    private static final Map<String, String> IMAGES = Map.of(
            "PRECACHE_IMG", "registry.example.com/pre-cache:test", "RECOVERY_IMG",
                    "registry.example.com/recovery:test");

    @TempDir
    private Path folder;

    @Test
    void theWalkthroughComesTrueOnTheSimulatedHub() throws Exception {
        try (Simulator simulator =
                Simulator.start(ScenarioReader.shipped("walkthrough").atSpeed(10), HubTarget.own())) {
            Path kubeconfig = folder.resolve("hub.kubeconfig");
            simulator.writeKubeconfig(kubeconfig);
            walk(simulator, kubeconfig, new KubeHttp(URI.create(simulator.hubUrl())));
        }
    }

    @Test
    void theWalkthroughComesTrueOnARealApiServer() throws Exception {
        RealHub.missing().ifPresent(reason -> System.out.println("skipped: " + reason));
        assumeTrue(RealHub.missing().isEmpty(), () -> RealHub.missing().orElseThrow());
        try (RealHub hub = RealHub.start(Files.createDirectory(folder.resolve("hub"))).withHubCrds().withEchelonCrds();
                Simulator simulator = Simulator.start(
                        ScenarioReader.shipped("walkthrough").atSpeed(10), HubTarget.at(hub.kubeconfig()))) {
            walk(simulator, hub.kubeconfig(), HubAccess.asAdministrator(hub));
        }
    }

    private void walk(Simulator simulator, Path kubeconfig, KubeHttp hub) throws Exception {
        Map<String, KubeHttp> spokes = new TreeMap<>();
        for (String spoke : new String[] {"sno1", "sno2"}) {
            spokes.put(spoke, new KubeHttp(URI.create(simulator.spokeUrl(spoke))));
        }
        try (EchelonProcess echelon = EchelonProcess.start(
                folder.resolve("data"), IMAGES, "--hub-kubeconfig", kubeconfig.toString())) {
            new Walkthrough(
                            new PrintStream(Files.newOutputStream(folder.resolve("walkthrough.txt")), true),
                            false,
                            echelon.client(),
                            hub,
                            spokes,
                            echelon.bootstrapServers(),
                            Duration.ofSeconds(120))
                    .run();

            assertThat(Files.readString(folder.resolve("walkthrough.txt")))
                    .contains("BackupCompleted   Backup is completed for all clusters")
                    .contains("cgu.completed  ");
            assertMirrored(hub);
        }
    }

    /** What came by REST stands on the hub as well, with its status. */
    private static void assertMirrored(KubeHttp hub) throws Exception {
        var mirrored =
                hub.get("/apis/ran.openshift.io/v1alpha1/namespaces/ztp-policies/clustergroupupgrades/update-europe-snos");
        var conditions = mirrored.path("status").path("conditions");
        assertThat(conditions.get(conditions.size() - 1).path("reason").asText()).isEqualTo("Completed");
    }
}
