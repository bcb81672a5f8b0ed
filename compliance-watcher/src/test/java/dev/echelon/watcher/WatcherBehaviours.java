package dev.echelon.watcher;

import static dev.echelon.watcher.HubObjects.cluster;
import static dev.echelon.watcher.HubObjects.configMap;
import static dev.echelon.watcher.HubObjects.enforcingBinding;
import static dev.echelon.watcher.HubObjects.placement;
import static dev.echelon.watcher.HubObjects.precachingConfig;
import static dev.echelon.watcher.HubObjects.replica;
import static dev.echelon.watcher.HubObjects.rootPolicy;
import static dev.echelon.watcher.HubObjects.template;
import static dev.echelon.watcher.HubObjects.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.kafka.DeadLetter;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.Observation.ComplianceSnapshot;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import dev.echelon.contract.observation.Observation.WorkSnapshot;
import dev.echelon.contract.observation.ObservedBlocker;
import dev.echelon.contract.observation.ObservedBlocker.State;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.ObservedTemplate;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.observation.PlatformRequest;
import dev.echelon.contract.observation.PrecacheInputs;
import dev.echelon.contract.observation.TemplateObject;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguSpec.BlockingCr;
import dev.echelon.contract.resource.CguSpec.ConfigRef;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.hubclient.Leadership;
import dev.echelon.watcher.graph.GraphServer;
import dev.echelon.watcher.kube.HubManagedCluster;
import dev.echelon.watcher.kube.HubManifestWork;
import dev.echelon.watcher.kube.HubManifestWorkReplicaSet;
import dev.echelon.watcher.kube.HubPlacement;
import dev.echelon.watcher.kube.HubPlacementBinding;
import dev.echelon.watcher.kube.HubPolicy;
import dev.echelon.watcher.kube.HubPreCachingConfig;
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
        // A reader that closes waits for its last question to the broker.
        Map<String, String> quick = Map.of("fetch.max.wait.ms", "50");
        kafka = new KafkaSettings(broker.bootstrapServers(), "run" + run++ + ".", 1, quick);
        metrics = new SimpleMeterRegistry();
        watcher = start(Leadership.alone(Watcher.SERVICE, metrics));
        scheduler = new Upstairs(kafka);
        await("the watcher is ready").atMost(Duration.ofSeconds(60)).until(watcher::isReady);
    }

    private Watcher start(Leadership leadership) {
        return Watcher.start(
                kafka,
                hub.client(),
                leadership,
                metrics,
                Duration.ofMillis(20),
                Graphs.quick(),
                InstantSource.system());
    }

    @AfterEach
    void stopWatcher() {
        watcher.close();
        scheduler.close();
        hub.client().resources(HubPolicy.class).inAnyNamespace().delete();
        hub.client().resources(HubManagedCluster.class).delete();
        hub.client().resources(HubPlacementBinding.class).inAnyNamespace().delete();
        hub.client().resources(HubPlacement.class).inAnyNamespace().delete();
        hub.client().resources(HubManifestWork.class).inAnyNamespace().delete();
        hub.client().resources(HubManifestWorkReplicaSet.class).inAnyNamespace().delete();
        hub.client().resources(HubPreCachingConfig.class).inAnyNamespace().delete();
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
        assertThat(watcher.describe()).containsEntry("dead-letters", "2");
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
        watcher = start(Leadership.alone(Watcher.SERVICE, metrics));

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
        assertThat(told).filteredOn(ComplianceSnapshot.class::isInstance).hasSizeLessThanOrEqualTo(updates);
        assertThat(told.stream()
                        .filter(ComplianceSnapshot.class::isInstance)
                        .mapToInt(o -> ((ComplianceSnapshot) o).clusters().size())
                        .sum())
                .as("clusters told of")
                .isEqualTo(1_000);
    }

    @Test
    void anUpgradeThatWaitsForAnotherIsToldOfItsEnd() {
        CguId blocked = new CguId("ztp-policies", "blocked");
        CguSpec any = Upgrades.spec(List.of("sno1"), List.of());
        scheduler.publish(Upgrades.annotated(
                Upgrades.beforeStart(
                        "ztp-policies",
                        blocked.name(),
                        1,
                        Upgrades.blockedBy(any, new BlockingCr(CGU.name(), CGU.namespace()))),
                Map.of(
                        "ran.openshift.io/blocking-cgu-completion-mode", "partial",
                        "ran.openshift.io/blocking-cgu-cluster-filtering", "true")));
        scheduler.awaitFleet(blocked, "a blocker that is missing", f -> blocker(f).state() == State.MISSING);

        scheduler.publish(Upgrades.beforeStart("ztp-policies", CGU.name(), 1, any));
        scheduler.awaitFleet(blocked, "a blocker that runs", f -> blocker(f).state() == State.RUNNING);

        scheduler.publish(Upgrades.timedOut("ztp-policies", CGU.name(), any, List.of("sno1"), List.of("sno2")));
        assertThat(blocker(scheduler.awaitFleet(
                                blocked, "a blocker that failed", f -> blocker(f).state() == State.FAILED))
                        .completed())
                .containsExactly("sno1");

        scheduler.delete(CGU);
        scheduler.awaitFleet(blocked, "a blocker that is gone", f -> blocker(f).state() == State.MISSING);
    }

    @Test
    void theInputsOfPreCachingAreFollowed() {
        hub.apply(configMap("ztp-policies", "another", "1 GB"));
        scheduler.publish(Upgrades.beforeStart(
                "ztp-policies",
                CGU.name(),
                1,
                Upgrades.precaching(Upgrades.spec(List.of(), List.of()), new ConfigRef("trimmed", ""))));
        PrecacheInputs none = scheduler.awaitFleet(CGU, "something", f -> true).precacheInputs();
        assertThat(none).isEqualTo(new PrecacheInputs(
                "PreCachingConfig.ran.openshift.io \"trimmed\" not found", null, Map.of()));

        hub.apply(precachingConfig("ztp-policies", "trimmed", "30 GB"));
        hub.apply(configMap("ztp-policies", "cluster-group-upgrade-overrides", "20 GB"));

        PrecacheInputs inputs = scheduler.awaitFleet(
                        CGU,
                        "config and overrides",
                        f -> f.precacheInputs().config() != null && !f.precacheInputs().overrides().isEmpty())
                .precacheInputs();
        assertThat(inputs.error()).isEmpty();
        assertThat(inputs.overrides()).isEqualTo(Map.of("precache.spaceRequired", "20 GB"));
        assertThat(inputs.config().spaceRequired()).isEqualTo("30 GB");
        assertThat(inputs.config().additionalImages()).containsExactly("quay.io/example/one@sha256:aaaa");
        assertThat(inputs.config().excludePrecachePatterns()).containsExactly("aws");
        assertThat(inputs.config().overrides().operatorsPackagesAndChannels()).containsExactly("ptp-operator:stable");

        hub.apply(precachingConfig("ztp-policies", "trimmed", "40 GB"));
        hub.delete(configMap("ztp-policies", "cluster-group-upgrade-overrides", "20 GB"));

        scheduler.awaitFleet(CGU, "other inputs", f -> f.precacheInputs().overrides().isEmpty()
                && f.precacheInputs().config() != null
                && f.precacheInputs().config().spaceRequired().equals("40 GB"));
    }

    @Test
    void aRolloutOfWorksIsToldOfItsTemplatesAndThenOfItsWorks() {
        CguSpec spec = Upgrades.works(List.of("sno1"), List.of("t"));
        scheduler.publish(Upgrades.beforeStart("ztp-policies", CGU.name(), 1, spec));
        scheduler.awaitFleet(
                CGU, "no template", f -> f.templates().equals(List.of(new ObservedTemplate("t", false, 0))));
        hub.apply(template("ztp-policies", "t"));
        scheduler.awaitFleet(
                CGU, "the template", f -> f.templates().equals(List.of(new ObservedTemplate("t", true, 2))));

        scheduler.publish(Upgrades.inProgress(
                "ztp-policies", CGU.name(), spec, List.of(List.of("sno1"), List.of("sno2")), List.of()));
        scheduler.awaitWorks(
                CGU, "the whole plan", s -> s.clusters().equals(Map.of("sno1", Map.of(), "sno2", Map.of())));

        hub.apply(work("sno1", "w", CGU.namespace(), CGU.name(), null));
        scheduler.awaitWorks(CGU, "a new work", s -> Map.of("w", new ObservedWork(false, false, "", Map.of()))
                .equals(s.clusters().get("sno1")));
        hub.apply(work("sno1", "w", CGU.namespace(), CGU.name(), "False"));
        scheduler.awaitWorks(CGU, "a work with status", s -> isWork(s, false) && s.clusters().get("sno1")
                        .get("w").status().get("manifests") instanceof List<?> manifests && manifests.size() == 2);
        hub.apply(work("sno1", "w", CGU.namespace(), CGU.name(), "True"));
        scheduler.awaitWorks(CGU, "a complete work", s -> isWork(s, true));

        hub.delete(work("sno1", "w", CGU.namespace(), CGU.name(), null));
        scheduler.awaitWorks(CGU, "no work any more", s -> s.clusters().equals(Map.of("sno1", Map.of())));
    }

    @Test
    void anUpgradeInProgressIsToldOfPlacementsThatCannotSelect() {
        scheduler.publish(Upgrades.inProgress(
                "ztp-policies",
                CGU.name(),
                walkthrough(),
                List.of(List.of("sno1")),
                List.of(new PolicyRef(POLICY, "ztp-policies"))));
        scheduler.awaitPlacements(CGU, "nothing wrong", s -> s.unsatisfied().isEmpty());

        hub.apply(placement("ztp-policies", "p", CGU.namespace(), CGU.name(), false, "no set"));
        scheduler.awaitPlacements(CGU, "one that cannot", s -> s.unsatisfied()
                .equals(List.of(new UnsatisfiedPlacement("ztp-policies", "p", "no set"))));
        scheduler.forgetWhatWasObserved();

        hub.apply(placement("ztp-policies", "p", CGU.namespace(), CGU.name(), true, "all well"));
        scheduler.awaitPlacements(CGU, "nothing wrong any more", s -> s.unsatisfied().isEmpty());
    }

    @Test
    void theUpdateGraphIsAskedForTheImageOfAVersion() throws Exception {
        try (GraphServer graph = new GraphServer()) {
            graph.answer(503, "");
            hub.apply(cluster("sno1", Map.of()));
            hub.apply(rootPolicy("ztp-policies", POLICY, "inform", graph.url(), Map.of("sno1", "NonCompliant")));
            hub.apply(replica("sno1", "ztp-policies", POLICY, "inform"));
            scheduler.publish(Upgrades.beforeStart(
                    "ztp-policies", CGU.name(), 1, Upgrades.spec(List.of("sno1"), List.of(POLICY))));
            PlatformRequest request = new PlatformRequest(graph.url(), "stable-4.12", "4.12.5");

            scheduler.awaitFleet(CGU, "the error", f -> f.updateGraph().equals(List.of(new GraphAnswer(
                    request,
                    null,
                    "error response from update graph url " + graph.url() + "?channel=stable-4.12: 503"))));
            graph.answer(200, "{\"nodes\": [{\"version\": \"4.12.5\", \"payload\": \"quay.io/release\"}]}");
            scheduler.awaitFleet(CGU, "the image", f -> f.updateGraph()
                    .equals(List.of(new GraphAnswer(request, "quay.io/release", null))));
        }
    }

    private static ObservedBlocker blocker(FleetSnapshot fleet) {
        return fleet.blockers().getFirst();
    }

    private static boolean isWork(WorkSnapshot snapshot, boolean complete) {
        ObservedWork work = snapshot.clusters().getOrDefault("sno1", Map.of()).get("w");
        return work != null && work.complete() == complete && !work.status().isEmpty();
    }

    @Test
    void requestsToTheHubAreCountedByVerbAndResource() {
        for (String resource : List.of(
                "managedclusters",
                "policies",
                "placementbindings",
                "placements",
                "precachingconfigs",
                "configmaps",
                "manifestworkreplicasets",
                "manifestworks")) {
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
