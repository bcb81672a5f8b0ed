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
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two replicas of each service, and a rollout during which every one of them is restarted, in an order that the seed
 * says: of each service first the one that is at work, by SIGKILL, then the one that took over, by SIGTERM. A client
 * goes on reading through whichever API is there.
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
            await("the rollout to have begun; seed " + seed).atMost(PATIENCE)
                    .until(() -> !cgu(replicas).path("status").path("status").path("startedAt").isMissingNode());
            List<Replica> killed = new ArrayList<>();
            for (String service : shuffled(SERVICES, random)) {
                Replica replica = atWork(replicas, service, random);
                killed.add(replica);
                System.out.println("killing " + replica.name());
                replica.kill();
                start(replica);
                assertThat(hasEnded(replicas)).as("outlasts the SIGKILL of %s; seed %s", replica.name(), seed).isFalse();
            }
            for (Replica replica : shuffled(replicas, random)) {
                if (!killed.contains(replica)) {
                    System.out.println("stopping " + replica.name());
                    replica.stop();
                    start(replica);
                }
            }
            assertThat(cgu(replicas).path("status").path("status").has("completedAt"))
                    .as("the rollout ended before the restarts did; seed %s", seed).isFalse();
            simulator.spoke(LAST).heal();
            await("the rollout to end; seed " + seed).atMost(PATIENCE)
                    .until(() -> hasEnded(replicas));

            EXPECTED.assertEndedWell(cgu(replicas));
            EXPECTED.assertStory(AuditLog.of(kafka.bootstrapServers(), CGU));
            await("the hub to have been told; seed " + seed).atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> EXPECTED.assertToldOnTheHub(events(hub)));
            assertOneLeads(replicas, "cgu-api");
            assertOneLeads(replicas, "compliance-watcher");
        } finally {
            for (Replica replica : replicas) {
                replica.close();
            }
        }
    }

    private static void start(Replica replica) throws IOException {
        replica.launch();
        replica.awaitReady();
    }

    private static <T> List<T> shuffled(List<T> all, Random random) {
        List<T> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    /** The replica of this service that has the rollout in its hands, or any where several share it. */
    private static Replica atWork(List<Replica> replicas, String service, Random random) {
        Pattern has = Pattern.compile(switch (service) {
            case "cgu-api", "compliance-watcher" -> "echelon_leader\\{[^}]*} 1\\.0";
            case "scheduler" -> "echelon_scheduler_cgus\\{[^}]*} 1\\.0";
            case "spoke-executor" -> "echelon_executor_intents [1-9]";
            case String other -> throw new IllegalArgumentException(other);
        });
        return await("a replica of " + service + " to be at work").atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(
                        () -> {
                            for (Replica replica : shuffled(replicas, random)) {
                                if (replica.service().equals(service)
                                        && has.matcher(replica.get("/q/metrics")).find()) {
                                    return Optional.of(replica);
                                }
                            }
                            return Optional.<Replica>empty();
                        },
                        Optional::isPresent)
                .orElseThrow();
    }

    private static boolean hasEnded(List<Replica> replicas) throws Exception {
        return cgu(replicas).path("status").path("status").has("completedAt");
    }

    private static List<JsonNode> events(KubeHttp hub) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        hub.get("/apis/events.k8s.io/v1/namespaces/fleet/events").path("items").forEach(events::add);
        events.removeIf(event -> !event.path("regarding").path("name").asText().equals(CGU.name()));
        return events;
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
