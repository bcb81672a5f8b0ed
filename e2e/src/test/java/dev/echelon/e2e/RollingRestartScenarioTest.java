package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.CguId;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.GeneratedFleet;
import dev.echelon.standalone.client.KubeHttp;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two replicas of each service, and a rollout during which every one of them is restarted, one after the other, in an
 * order and in a way (SIGTERM, SIGKILL) that the seed says. A client goes on reading through whichever API is there.
 */
@FirstLane
class RollingRestartScenarioTest {

    private static final int CLUSTERS = 30;
    private static final int MAX_CONCURRENCY = 2;
    private static final UnbrokenRollout EXPECTED = new UnbrokenRollout(CLUSTERS, MAX_CONCURRENCY);
    private static final List<String> SERVICES =
            List.of("cgu-api", "scheduler", "spoke-executor", "compliance-watcher");
    private static final GeneratedFleet FLEET = new GeneratedFleet("fleet", CLUSTERS);
    private static final String LAST = FLEET.spoke(CLUSTERS);
    private static final List<String> POLICIES = FLEET.policies("policy", 2);
    private static final CguId CGU = new CguId("fleet", "rolling");
    private static final String CGUS = "/apis/ran.openshift.io/v1alpha1/namespaces/fleet/clustergroupupgrades";
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    @TempDir
    private Path folder;

    @Test
    void aRolloutSurvivesTheRestartOfEveryReplicaWithNothingLostAndNothingDoneTwice() throws Exception {
        long seed = Long.getLong("echelon.seed", System.nanoTime());
        System.out.println("RollingRestartScenarioTest: -Dechelon.seed=" + seed);
        Random random = new Random(seed);
        List<Replica> replicas = new ArrayList<>();
        try (EmbeddedKafka kafka = EmbeddedKafka.builder().directory(folder.resolve("kafka")).start();
                // Clusters that take their time, so that each restart finds the rollout under way.
                Simulator simulator = Simulator.start(
                        FLEET.scenario(POLICIES).instantly(false).atSpeed(0.5), HubTarget.own())) {
            // However slow the restarts are, the rollout outlasts them.
            simulator.spoke(LAST).neverComply(POLICIES.getLast());
            Path kubeconfig = folder.resolve("hub.kubeconfig");
            simulator.writeKubeconfig(kubeconfig);
            KubeHttp hub = new KubeHttp(URI.create(simulator.hubUrl()));
            Map<String, String> configuration = Map.of(
                    "echelon.kafka.bootstrap-servers", kafka.bootstrapServers(),
                    "echelon.leader-election.namespace", "default",
                    "kubeconfig", kubeconfig.toString());
            for (String service : SERVICES) {
                for (String number : List.of("1", "2")) {
                    replicas.add(new Replica(service, service + "-" + number, folder, configuration).launch());
                }
            }
            replicas.forEach(Replica::awaitReady);
            assertOneLeads(replicas, "cgu-api");
            assertOneLeads(replicas, "compliance-watcher");
            await("the hub to have evaluated the policies").atMost(Duration.ofSeconds(60)).until(() -> hub.get(
                            "/apis/policy.open-cluster-management.io/v1/namespaces/fleet/policies/policy-2")
                    .path("status").path("status").size() == CLUSTERS);

            new KubeHttp(replicas.getFirst().url()).create(CGUS, FLEET.cgu(CGU.name(), POLICIES, MAX_CONCURRENCY));
            for (Replica replica : shuffled(replicas, random)) {
                await("the rollout to have begun; seed " + seed).atMost(PATIENCE)
                        .until(() -> !cgu(replicas).path("status").path("status").path("startedAt").isMissingNode());
                boolean graceful = random.nextInt(3) > 0;
                System.out.println((graceful ? "stopping " : "killing ") + replica.name());
                if (graceful) {
                    replica.stop();
                } else {
                    replica.kill();
                }
                replica.launch();
                replica.awaitReady();
            }
            assertThat(cgu(replicas).path("status").path("status").has("completedAt"))
                    .as("the rollout ended before the restarts did; seed %s", seed).isFalse();
            simulator.spoke(LAST).heal();
            await("the rollout to end; seed " + seed).atMost(PATIENCE)
                    .until(() -> cgu(replicas).path("status").path("status").has("completedAt"));

            EXPECTED.assertEndedWell(cgu(replicas));
            EXPECTED.assertStory(AuditLog.of(kafka.bootstrapServers(), CGU));
            assertOneLeads(replicas, "cgu-api");
            assertOneLeads(replicas, "compliance-watcher");
        } finally {
            for (Replica replica : replicas) {
                replica.close();
            }
        }
    }

    /** First one replica of each service, in a random order, then the others. */
    private static List<Replica> shuffled(List<Replica> replicas, Random random) {
        List<Replica> all = new ArrayList<>(replicas);
        Collections.shuffle(all, random);
        List<Replica> firsts = new ArrayList<>();
        for (Replica replica : all) {
            if (firsts.stream().noneMatch(one -> one.service().equals(replica.service()))) {
                firsts.add(replica);
            }
        }
        all.removeAll(firsts);
        firsts.addAll(all);
        return firsts;
    }

    private static JsonNode cgu(List<Replica> replicas) throws Exception {
        for (Replica replica : replicas) {
            if (replica.service().equals("cgu-api") && replica.status("/q/health/ready") == 200) {
                return new KubeHttp(replica.url()).get(CGUS + "/" + CGU.name());
            }
        }
        throw new AssertionError("no cgu-api is ready, and one was not restarted");
    }

    private static void assertOneLeads(List<Replica> replicas, String service) {
        await("one replica of " + service + " to lead").atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            int leaders = 0;
            for (Replica replica : replicas) {
                if (replica.service().equals(service)) {
                    String leads = "echelon_leader{service=\"" + service + "\"} 1.0";
                    leaders += replica.get("/q/metrics").contains(leads) ? 1 : 0;
                }
            }
            assertThat(leaders).isEqualTo(1);
        });
    }
}
