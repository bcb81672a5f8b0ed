package dev.echelon.watcher;

import static dev.echelon.watcher.HubObjects.cluster;
import static dev.echelon.watcher.HubObjects.enforcingBinding;
import static dev.echelon.watcher.HubObjects.replica;
import static dev.echelon.watcher.HubObjects.rootPolicy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.kafka.DeadLetter;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.Observation.ComplianceSnapshot;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.TemplateObject;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.watcher.kube.HubManagedCluster;
import dev.echelon.watcher.kube.HubPlacementBinding;
import dev.echelon.watcher.kube.HubPolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The watcher between a hub, which subclasses bring, and a real broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WatcherBehaviours {

    private static final CguId CGU = new CguId("ztp-policies", "update-europe-snos");
    private static final String POLICY = "europe-snos-upgrade-version-412-5";

    private EmbeddedKafka broker;
    private Hub hub;
    private int run;

    private KafkaSettings kafka;
    private Upstairs scheduler;
    private SimpleMeterRegistry metrics;
    private Watcher watcher;

    /** A new hub with the kinds of ACM; {@code data} is an empty folder of its own. */
    abstract Hub startHub(Path data);

    @BeforeAll
    void startHubAndBroker(@TempDir Path directory) throws Exception {
        broker = EmbeddedKafka.builder().directory(directory.resolve("broker")).start();
        hub = startHub(Files.createDirectories(directory.resolve("hub")));
    }

    @AfterAll
    void stopHubAndBroker() {
        if (hub != null) {
            hub.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    @BeforeEach
    void startWatcher() {
        kafka = new KafkaSettings(broker.bootstrapServers(), "run" + run++ + ".", 1, Map.of());
        metrics = new SimpleMeterRegistry();
        watcher = Watcher.start(kafka, hub.client(), metrics, Duration.ofMillis(20), InstantSource.system());
        scheduler = new Upstairs(kafka);
        await("the watcher is ready").atMost(Duration.ofSeconds(60)).until(watcher::isReady);
    }

    @AfterEach
    void stopWatcher() {
        watcher.close();
        scheduler.close();
        hub.client().resources(HubPolicy.class).inAnyNamespace().delete();
        hub.client().resources(HubManagedCluster.class).delete();
        hub.client().resources(HubPlacementBinding.class).inAnyNamespace().delete();
    }

    @Test
    void anUpgradeThatHasNotStartedIsToldWhatTheHubShows() {
        hub.apply(cluster("sno1", Map.of()) + cluster("sno2", Map.of("du-zone", "europe")));
        hub.apply(rootPolicy("ztp-policies", POLICY, "inform", Map.of("sno2", "NonCompliant")));
        hub.apply(replica("sno2", "ztp-policies", POLICY, "inform"));
        scheduler.publish(Upgrades.beforeStart("ztp-policies", CGU.name(), 1, walkthrough()));

        ObservedPolicy policy = scheduler.awaitFleet(
                        CGU, "both clusters and the policy", f -> f.policies().getFirst().root() != null)
                .policies()
                .getFirst();
        assertThat(policy.namespaces()).containsExactly("ztp-policies");
        assertThat(policy.enforced()).isFalse();
        assertThat(policy.root().defect()).isEmpty();
        assertThat(policy.root().objects())
                .containsExactly(new TemplateObject.ClusterVersion(
                        "http://updates.example.com/graph", "stable-4.12", "4.12.5", ""));
        assertThat(policy.root().compliance().nonCompliant()).containsExactly("sno2");
        assertThat(policy.root().compliance().compliant()).isEmpty();

        hub.apply(rootPolicy("ztp-policies", POLICY, "inform", Map.of("sno1", "NonCompliant", "sno2", "Compliant")));

        FleetSnapshot fleet = scheduler.awaitFleet(
                CGU,
                "sno1 non-compliant",
                f -> f.policies().getFirst().root().compliance().nonCompliant().contains("sno1"));
        assertThat(fleet.selection().clusters()).containsExactly("sno1", "sno2");
        assertThat(fleet.selection().missing()).isEmpty();
        assertThat(fleet.uid()).isEqualTo("uid-of-update-europe-snos");
        assertThat(fleet.policies().getFirst().root().compliance().compliant()).containsExactly("sno2");
    }

    @Test
    void aClusterThatAppearsOrIsLabelledIsSelected() {
        hub.apply(cluster("sno2", Map.of("du-zone", "europe")));
        scheduler.publish(Upgrades.beforeStart("ztp-policies", CGU.name(), 1, Upgrades.spec(
                List.of("sno1"), List.of(Upgrades.label("du-zone", "europe")), List.of(POLICY))));

        assertThat(scheduler.awaitFleet(CGU, "something", f -> true).selection().missing()).containsExactly("sno1");

        hub.apply(cluster("sno1", Map.of()) + cluster("sno0", Map.of("du-zone", "europe")));

        scheduler.awaitFleet(CGU, "sno1, sno0 and sno2", f -> f.selection().missing().isEmpty()
                && f.selection().clusters().equals(List.of("sno1", "sno0", "sno2")));

        hub.delete(cluster("sno0", Map.of()));

        scheduler.awaitFleet(CGU, "sno1 and sno2", f -> f.selection().clusters().equals(List.of("sno1", "sno2")));
    }

    @Test
    void anUpgradeInProgressIsToldWhichClustersChanged() {
        hub.apply(cluster("sno1", Map.of()) + cluster("sno2", Map.of()) + cluster("sno3", Map.of()));
        hub.apply(rootPolicy("ztp-policies", POLICY, "inform", Map.of("sno1", "NonCompliant", "sno2", "NonCompliant")));
        hub.apply(rootPolicy("ztp-policies", "second", "inform", Map.of("sno1", "Compliant")));
        scheduler.publish(Upgrades.inProgress(
                "ztp-policies",
                CGU.name(),
                walkthrough(),
                List.of(List.of("sno1"), List.of("sno2")),
                List.of(new PolicyRef(POLICY, "ztp-policies"), new PolicyRef("second", "ztp-policies"))));

        ComplianceSnapshot level = scheduler.awaitCompliance(CGU, "the level of both", s -> s.clusters().size() == 2);
        assertThat(level.clusters().get("sno1"))
                .isEqualTo(Map.of(POLICY, Compliance.NON_COMPLIANT, "second", Compliance.COMPLIANT));

        hub.apply(rootPolicy(
                "ztp-policies",
                POLICY,
                "inform",
                Map.of("sno1", "Compliant", "sno2", "NonCompliant", "sno3", "Compliant")));

        ComplianceSnapshot change = scheduler.awaitCompliance(
                CGU, "sno1 compliant", s -> Compliance.COMPLIANT.equals(s.clusters()
                        .getOrDefault("sno1", Map.of())
                        .get(POLICY)));
        assertThat(change.clusters())
                .isEqualTo(Map.of("sno1", Map.of(POLICY, Compliance.COMPLIANT, "second", Compliance.COMPLIANT)));
    }

    @Test
    void onlyWhatTheRootOrAForeignBindingEnforcesIsEnforced() {
        hub.apply(cluster("sno1", Map.of()));
        hub.apply(rootPolicy("ztp-policies", POLICY, "inform", Map.of("sno1", "NonCompliant")));
        hub.apply(replica("sno1", "ztp-policies", POLICY, "enforce"));
        hub.apply(enforcingBinding("ztp-policies", "ours", POLICY, true));
        scheduler.publish(Upgrades.beforeStart(
                "ztp-policies", CGU.name(), 1, Upgrades.spec(List.of("sno1"), List.of(POLICY))));

        scheduler.awaitFleet(CGU, "not enforced", f -> f.policies().getFirst().root() != null
                && !f.policies().getFirst().enforced());

        hub.apply(enforcingBinding("ztp-policies", "theirs", POLICY, false));

        scheduler.awaitFleet(CGU, "enforced", f -> f.policies().getFirst().enforced());

        hub.delete(enforcingBinding("ztp-policies", "theirs", POLICY, false));

        scheduler.awaitFleet(CGU, "not enforced any more", f -> !f.policies().getFirst().enforced());
    }

    @Test
    void aPoisonRecordGoesToTheDeadLettersAndTheNextOneIsRead() {
        hub.apply(cluster("sno1", Map.of()));
        scheduler.publish("ztp-policies/poison", "{\"spec\":".getBytes(StandardCharsets.UTF_8));
        scheduler.publish("no-slash", "{}".getBytes(StandardCharsets.UTF_8));
        scheduler.publish(Upgrades.beforeStart(
                "ztp-policies", CGU.name(), 1, Upgrades.spec(List.of("sno1"), List.of())));

        scheduler.awaitFleet(CGU, "something", f -> true);
        await("two dead letters").atMost(Duration.ofSeconds(60)).until(() -> scheduler.deadLetters().size() == 2);
        assertThat(scheduler.deadLetters()).extracting(DeadLetter::key).containsExactlyInAnyOrder(
                "ztp-policies/poison", "no-slash");
        assertThat(scheduler.deadLetters()).extracting(DeadLetter::service).containsOnly(Watcher.SERVICE);
        assertThat(watcher.describe()).containsEntry("dead letters", "2");
    }

    @Test
    void aStartTellsEveryUpgradeEverythingAgain() {
        hub.apply(cluster("sno1", Map.of()));
        scheduler.publish(Upgrades.beforeStart(
                "ztp-policies", CGU.name(), 1, Upgrades.spec(List.of("sno1"), List.of())));
        CguId other = new CguId("ztp-policies", "other");
        scheduler.publish(Upgrades.inProgress(
                "ztp-policies", "other", walkthrough(), List.of(List.of("sno1")), List.of()));
        scheduler.awaitFleet(CGU, "the first", f -> true);
        scheduler.awaitCompliance(other, "the first", s -> true);

        watcher.close();
        scheduler.forgetWhatWasObserved();
        watcher = Watcher.start(kafka, hub.client(), metrics, Duration.ofMillis(20), InstantSource.system());

        scheduler.awaitFleet(CGU, "the level again", f -> f.selection().clusters().equals(List.of("sno1")));
        scheduler.awaitCompliance(other, "the level again", s -> s.clusters().containsKey("sno1"));
    }

    @Test
    void aThousandChangesAreToldOnceEachInFewRecords() {
        List<String> fleet = IntStream.range(0, 1_000).mapToObj(i -> "sno" + i).toList();
        Map<String, String> compliance = new TreeMap<>();
        fleet.forEach(cluster -> compliance.put(cluster, "Compliant"));
        hub.apply(rootPolicy("ztp-policies", POLICY, "inform", compliance));
        scheduler.publish(Upgrades.inProgress(
                "ztp-policies",
                CGU.name(),
                Upgrades.spec(fleet, List.of(POLICY)),
                List.of(fleet),
                List.of(new PolicyRef(POLICY, "ztp-policies"))));
        scheduler.awaitCompliance(CGU, "everything compliant", s -> s.clusters().size() == 1_000
                && s.clusters().values().stream().allMatch(Map.of(POLICY, Compliance.COMPLIANT)::equals));
        scheduler.forgetWhatWasObserved();

        int updates = 10;
        for (int update = 0; update < updates; update++) {
            fleet.subList(update * 100, (update + 1) * 100).forEach(cluster -> compliance.put(cluster, "NonCompliant"));
            hub.apply(rootPolicy("ztp-policies", POLICY, "inform", compliance));
        }
        scheduler.awaitCompliance(CGU, "the last cluster", s -> s.clusters().containsKey("sno999"));

        List<Observation> told = scheduler.observations(CGU);
        assertThat(told).hasSizeLessThanOrEqualTo(updates);
        assertThat(told.stream().mapToInt(o -> ((ComplianceSnapshot) o).clusters().size()).sum())
                .as("clusters told of")
                .isEqualTo(1_000);
    }

    @Test
    void requestsToTheHubAreCountedByVerbAndResource() {
        for (String resource : List.of("managedclusters", "policies", "placementbindings")) {
            for (String verb : List.of("list", "watch")) {
                double count = Optional.ofNullable(metrics.find("echelon.hub.requests")
                                .tags("service", "compliance-watcher", "verb", verb, "resource", resource)
                                .counter())
                        .map(counter -> counter.count())
                        .orElse(0.0);
                assertThat(count).as(verb + " " + resource).isEqualTo(1.0);
            }
        }
    }

    private static CguSpec walkthrough() {
        return Upgrades.spec(List.of("sno1", "sno2"), List.of(POLICY));
    }
}
