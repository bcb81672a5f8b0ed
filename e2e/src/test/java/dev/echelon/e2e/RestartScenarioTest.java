package dev.echelon.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.CguId;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.GeneratedFleet;
import dev.echelon.standalone.client.KubeHttp;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Broker and services die together, by SIGKILL, ten times during a rollout over fifty clusters, each time when a random
 * number of clusters complies. The hub lives on, as a real one would.
 */
@SecondLane
class RestartScenarioTest {

    private static final int CLUSTERS = 50;
    private static final int MAX_CONCURRENCY = 4;
    private static final UnbrokenRollout EXPECTED = new UnbrokenRollout(CLUSTERS, MAX_CONCURRENCY);
    private static final int KILLS = 10;
    private static final GeneratedFleet FLEET = new GeneratedFleet("fleet", CLUSTERS);
    private static final List<String> POLICIES = FLEET.policies("policy", 2);
    private static final CguId CGU = new CguId("fleet", "survivor");
    private static final String CGUS = "/apis/ran.openshift.io/v1alpha1/namespaces/fleet/clustergroupupgrades";
    private static final String LAST_POLICY =
            "/apis/policy.open-cluster-management.io/v1/namespaces/fleet/policies/policy-2";

    @TempDir
    private Path folder;

    @Test
    void aRolloutSurvivesTenKillsWithNothingLostAndNothingDoneTwice() throws Exception {
        long seed = Long.getLong("echelon.seed", System.nanoTime());
        System.out.println("RestartScenarioTest: -Dechelon.seed=" + seed);
        Random random = new Random(seed);
        Set<Integer> killWhenCompliant = new TreeSet<>();
        while (killWhenCompliant.size() < KILLS) {
            killWhenCompliant.add(random.nextInt(CLUSTERS));
        }
        try (Simulator simulator = Simulator.start(FLEET.scenario(POLICIES), HubTarget.own())) {
            Path kubeconfig = folder.resolve("hub.kubeconfig");
            simulator.writeKubeconfig(kubeconfig);
            KubeHttp hub = new KubeHttp(URI.create(simulator.hubUrl()));
            await("the hub to have evaluated the last policy")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> hub.get(LAST_POLICY).path("status").path("status").size() == CLUSTERS);

            try (EchelonProcess echelon = EchelonProcess.start(
                    folder.resolve("data"), Map.of(), "--hub-kubeconfig", kubeconfig.toString())) {
                KubeHttp api = echelon.client();
                api.create(CGUS, FLEET.cgu(CGU.name(), POLICIES, MAX_CONCURRENCY));
                for (int compliant : killWhenCompliant) {
                    await("more than " + compliant + " clusters to comply; seed " + seed)
                            .atMost(Duration.ofSeconds(120))
                            .pollInterval(Duration.ofMillis(5))
                            .until(() -> compliantClusters(hub) > compliant);
                    echelon.kill();
                    echelon.launch();
                    echelon.awaitReady();
                }
                await("the rollout to end; seed " + seed)
                        .atMost(Duration.ofSeconds(180))
                        .until(() -> api.get(CGUS + "/" + CGU.name())
                                .path("status").path("status").has("completedAt"));

                EXPECTED.assertEndedWell(api.get(CGUS + "/" + CGU.name()));
                EXPECTED.assertStory(AuditLog.of(echelon.bootstrapServers(), CGU));
            }
        }
    }

    private static long compliantClusters(KubeHttp hub) throws Exception {
        long compliant = 0;
        for (JsonNode entry : hub.get(LAST_POLICY).path("status").path("status")) {
            compliant += entry.path("compliant").asText().equals("Compliant") ? 1 : 0;
        }
        return compliant;
    }
}
