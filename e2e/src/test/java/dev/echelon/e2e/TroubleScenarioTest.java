package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.Scenario;
import dev.echelon.simulator.scenario.Scenario.SpokeSpec;
import dev.echelon.simulator.scenario.ScenarioReader;
import dev.echelon.standalone.client.KubeHttp;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A spoke that fails takes only itself out; a CGU that is deleted while it runs leaves nothing behind. */
@SecondLane
class TroubleScenarioTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String POLICY = "europe-snos-upgrade-version-412-5";
    private static final String CGUS = "/apis/ran.openshift.io/v1alpha1/namespaces/ztp-policies/clustergroupupgrades";
    private static final String PLACEMENTS =
            "/apis/cluster.open-cluster-management.io/v1beta1/namespaces/ztp-policies/placements"
                    + "?labelSelector=openshift-cluster-group-upgrades%2FclusterGroupUpgrade";
    private static final Map<String, String> EUROPE = Map.of("du-zone", "europe", "logicalGroup", "active");

    @TempDir
    private static Path folder;

    private static Simulator simulator;
    private static EchelonProcess echelon;
    private static KubeHttp api;
    private static KubeHttp hub;

    @BeforeAll
    static void startWithSixSpokes() throws Exception {
        Scenario walkthrough = ScenarioReader.shipped("walkthrough").atSpeed(20);
        SpokeSpec model = walkthrough.clusters().getFirst();
        List<SpokeSpec> spokes = new ArrayList<>();
        for (String name : List.of("alpha", "bravo", "charlie", "delta", "echo", "foxtrot")) {
            Map<String, String> labels = new HashMap<>(EUROPE);
            labels.put("name", name);
            // Installed long ago: no automatic ClusterGroupUpgrade.
            labels.put("ztp-done", "");
            spokes.add(new SpokeSpec(name, labels, model.version(), model.bandwidth(), name + ".example.lab"));
        }
        simulator = Simulator.start(
                new Scenario(
                        "trouble",
                        walkthrough.seed(),
                        walkthrough.speed(),
                        false,
                        spokes,
                        walkthrough.manifests(),
                        walkthrough.releases(),
                        walkthrough.durations(),
                        List.of()),
                HubTarget.own());
        Path kubeconfig = folder.resolve("hub.kubeconfig");
        simulator.writeKubeconfig(kubeconfig);
        echelon = EchelonProcess.start(
                folder.resolve("data"),
                Map.of("PRECACHE_IMG", "registry.example.com/p:1", "RECOVERY_IMG", "registry.example.com/r:1"),
                "--hub-kubeconfig",
                kubeconfig.toString());
        api = echelon.client();
        hub = new KubeHttp(URI.create(simulator.hubUrl()));
        await("the policy to cover all spokes").atMost(PATIENCE).until(() -> hub.get(
                        "/apis/policy.open-cluster-management.io/v1/namespaces/ztp-policies/policies/" + POLICY)
                .path("status").path("status").size() == spokes.size());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (echelon != null) {
            echelon.close();
        }
        if (simulator != null) {
            simulator.close();
        }
    }

    @Test
    void aSpokeThatFailsIsLeftOutAndTheOthersGoOn() throws Exception {
        simulator.spoke("bravo").failJob("pre-cache", Duration.ofSeconds(2));
        simulator.spoke("charlie").exceedDeadline("backup-agent", Duration.ofSeconds(2));

        api.create(CGUS, cgu("partial", "alpha, bravo, charlie", "preCaching: true", "backup: true"));

        await("the rollout to end").atMost(PATIENCE).untilAsserted(() -> assertThat(
                        api.get(CGUS + "/partial").path("status").toString())
                .contains("completedAt"));
        JsonNode status = api.get(CGUS + "/partial").path("status");
        assertThat(condition(status, "PrecachingSuceeded").path("reason").asText()).isEqualTo("PartiallyDone");
        assertThat(condition(status, "PrecachingSuceeded").path("message").asText())
                .isEqualTo("Precaching failed for 1 clusters");
        assertThat(condition(status, "BackupSuceeded").path("message").asText())
                .isEqualTo("Backup failed for 1 clusters");
        assertThat(status.path("precaching").path("status").path("bravo").asText()).isEqualTo("UnrecoverableError");
        assertThat(status.path("backup").path("status").path("charlie").asText()).isEqualTo("BackupTimeout");
        assertThat(status.path("precaching").path("failures").path("bravo").asText()).isNotEmpty();
        assertThat(status.path("backup").path("failures").path("charlie").asText()).isNotEmpty();
        assertThat(status.path("remediationPlan").toString()).isEqualTo("[[\"alpha\"]]");
        assertThat(condition(status, "Succeeded").path("status").asText()).isEqualTo("True");
        assertThat(simulator.spoke("alpha").version()).isEqualTo("4.12.5");
        assertThat(simulator.spoke("bravo").version()).isEqualTo("4.12.3");
        assertThat(simulator.spoke("charlie").version()).isEqualTo("4.12.3");
    }

    @Test
    void aCguThatIsDeletedWhileItRunsLeavesNothingOnTheHub() throws Exception {
        for (String spoke : List.of("delta", "echo", "foxtrot")) {
            simulator.spoke(spoke).neverComply();
        }
        api.create(CGUS, cgu("unwanted", "delta, echo, foxtrot", "preCaching: false", "backup: false"));
        await("the first batch to be enforced").atMost(PATIENCE).until(() -> {
            JsonNode placements = hub.get(PLACEMENTS + "%3Dunwanted").path("items");
            return placements.size() == 1 && placements.toString().contains("\"delta\"");
        });

        api.delete(CGUS + "/unwanted");

        await("the CGU to be gone from the API").atMost(PATIENCE).until(() -> api.find(CGUS + "/unwanted").isEmpty());
        await("the CGU to be gone from the hub").atMost(PATIENCE).until(() -> hub.find(CGUS + "/unwanted").isEmpty());
        assertThat(hub.get(PLACEMENTS + "%3Dunwanted").path("items")).isEmpty();
    }

    private static JsonNode condition(JsonNode status, String type) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        throw new AssertionError("no condition " + type + " in " + status.path("conditions"));
    }

    private static String cgu(String name, String clusters, String preCaching, String backup) {
        return """
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata:
                  name: %s
                  namespace: ztp-policies
                spec:
                  clusters: [%s]
                  %s
                  %s
                  managedPolicies: [%s]
                  remediationStrategy:
                    maxConcurrency: 2
                    timeout: 20
                """
                .formatted(name, clusters, preCaching, backup, POLICY);
    }
}
