package dev.echelon.scheduler.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.audit.HubEvent;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.kafka.DeadLetter;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.resource.CguStatus.ClusterState;
import dev.echelon.contract.resource.CguStatus.ManifestWorkState;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.Fleet;
import dev.echelon.scheduler.domain.Progress;
import dev.echelon.scheduler.domain.Spoke;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stores, timers, projections and poison, in the topology. */
class SchedulerTopologyTest {

    private final Bench bench = new Bench(Instant.parse("2026-01-10T08:00:00Z"));
    private final Fleet fleet = Fleet.of("a", "b").withPolicy("p1");

    @AfterEach
    void closeBench() {
        bench.close();
    }

    @Test
    void deadlinesRingByThemselvesAndOnlyOnce() {
        started(fleet.spec().maxConcurrency(1).timeout(60));

        bench.pass(Duration.ofMinutes(30));
        assertThat(told(AuditType.BATCH_TIMED_OUT)).isEmpty();
        bench.pass(Duration.ofSeconds(1));
        assertThat(told(AuditType.BATCH_TIMED_OUT)).hasSize(1);

        bench.pass(Duration.ofMinutes(30));
        assertThat(Bench.states(bench.shown())).last().isEqualTo("TimedOut: Policy remediation took too long");
        long decisions = bench.telemetry.decisions();
        bench.pass(Duration.ofHours(24));
        assertThat(bench.telemetry.decisions()).as("nothing is left to ring").isEqualTo(decisions);
    }

    @Test
    void aSoakEndsByItself() {
        fleet.withSoak("p1", 90);
        started(fleet.spec());
        fleet.with("p1", "a", Compliance.COMPLIANT).with("p1", "b", Compliance.COMPLIANT);
        bench.send(fleet.compliance(bench.now(), "a", "b"));

        bench.pass(Duration.ofSeconds(90));
        assertThat(told(AuditType.COMPLETED)).isEmpty();
        bench.pass(Duration.ofMillis(10));

        assertThat(told(AuditType.COMPLETED)).hasSize(1);
    }

    @Test
    void changesThatAreNoTransitionAreShownTogether() {
        started(fleet.spec().preCaching().enable(false));
        bench.shown();
        for (SpokeState state : List.of(SpokeState.PREPARING_TO_START, SpokeState.STARTING, SpokeState.ACTIVE)) {
            job("a", state);
            job("b", state);
        }
        assertThat(bench.shown()).isEmpty();

        bench.pass(Duration.ofMillis(260));

        List<ClusterGroupUpgrade> shown = bench.shown();
        assertThat(shown).hasSize(1);
        assertThat(shown.getFirst().status().precaching().status()).isEqualTo(Map.of("a", "Active", "b", "Active"));
    }

    @Test
    void anEventAboutOneClusterWritesItsPieceAndTheSmallOneOnly() {
        started(fleet.spec().maxConcurrency(2));
        Map<String, String> before = bench.stored();

        fleet.with("p1", "a", Compliance.COMPLIANT);
        bench.send(fleet.compliance(bench.now(), "a"));

        Map<String, String> after = bench.stored();
        assertThat(after.keySet().stream().filter(key -> !after.get(key).equals(before.get(key))))
                .containsExactlyInAnyOrder(
                        "progress/" + Fleet.CGU.key(), "spokes/" + Fleet.CGU.key() + "|a");
    }

    @Test
    void anEventAboutOneManifestWorkWritesThatClustersPieceOnly() {
        Fleet works = Fleet.of("a", "b").withTemplate("t1");
        bench.send(Fleet.create("c1", works.spec().maxConcurrency(1).timeout(60).build(), bench.now()));
        bench.send(works.snapshot(1, bench.now()));
        Map<String, Object> status = Map.of("manifests", List.of(Map.of("ordinal", 0, "ready", 2.5)));
        works.withWork("a", workOf("a").safeName(), new ObservedWork(false, false, "", status));
        Map<String, String> before = bench.stored();

        bench.send(works.works(bench.now(), "a"));
        Map<String, String> after = bench.stored();
        assertThat(after.keySet().stream().filter(key -> !after.get(key).equals(before.get(key))))
                .containsExactly("spokes/" + Fleet.CGU.key() + "|a");
        long decisions = bench.telemetry.decisions();
        bench.send(works.works(bench.now(), "a"));
        assertThat(bench.telemetry.decisions()).isEqualTo(decisions + 1);
        assertThat(bench.stored()).as("the same again is no news").isEqualTo(after);

        bench.pass(Duration.ofMinutes(31));
        assertThat(bench.shown().getLast().status().clusters())
                .containsExactly(new ClusterState(new ManifestWorkState("t1", status), null, "a", "timedout"));
        works.withWork("b", workOf("b").safeName(), new ObservedWork(true, false, "", Map.of()));
        bench.send(works.works(bench.now(), "b"));
        assertThat(Bench.states(bench.shown()))
                .last()
                .isEqualTo("Completed: All manifestworks rolled out successfully on all clusters");
    }

    @Test
    void theKubernetesEventGoesOutWithTheAuditEvent() {
        started(fleet.spec());

        assertThat(told(AuditType.BATCH_STARTED).getFirst().data().hubEvent())
                .isEqualTo(new HubEvent(
                        "Normal",
                        "CguStarted",
                        "RemediationInBatchStarted",
                        "ClusterGroupUpgrade update-europe-snos: batch index 1 upgrade started",
                        Map.of(
                                "cgu.openshift.io/event-type", "batch",
                                "cgu.openshift.io/batch-clusters", "a,b",
                                "cgu.openshift.io/batch-clusters-count", "2",
                                "cgu.openshift.io/total-clusters-count", "2"),
                        ""));
    }

    @Test
    void whatCannotBeReadOrIsMisaddressedIsBuriedAndNothingChanges() {
        bench.raw(Topic.COMMANDS, "x/y", "{no json".getBytes(StandardCharsets.UTF_8));
        bench.raw(Topic.RESULTS, "x/y", null);
        bench.raw(Topic.OBSERVATIONS, "x/y", "{\"schemaVersion\":99}".getBytes(StandardCharsets.UTF_8));
        bench.raw(
                Topic.COMMANDS,
                "x/y",
                Json.write(Fleet.create("c1", fleet.spec().build(), bench.now())));

        List<DeadLetter> letters = bench.deadLetters();
        assertThat(letters).extracting(DeadLetter::topic)
                .containsExactly(
                        "echelon.commands", "echelon.results", "echelon.observations", "echelon.commands");
        assertThat(letters.get(0).reason()).startsWith("IllegalArgumentException: not a CommandRecord");
        assertThat(letters.get(1).reason()).contains("found a tombstone");
        assertThat(letters.get(2).reason()).contains("schemaVersion: found 99, this version reads 1 to 1");
        assertThat(letters.get(3).reason()).contains("found key 'x/y' on a record of " + Fleet.CGU);
        assertThat(bench.telemetry.deadLetters()).isEqualTo(4);
        assertThat(bench.stored()).isEmpty();

        bench.send(Fleet.create("c2", fleet.spec().build(), bench.now()));
        assertThat(bench.shown()).hasSize(1);
    }

    @Test
    void aDeletedCguLeavesTombstonesAndAnEmptyStore() {
        started(fleet.spec().preCaching().enable(false));
        job("a", SpokeState.SUCCEEDED);
        bench.send(Fleet.delete("d1", bench.now()));
        bench.send(new Result.EnforcementStopped(Fleet.CGU, bench.hubIntent().id(), bench.now()));
        bench.send(new Result.SpokeCleaned(
                Fleet.CGU, bench.spokeIntent("b", Intent.Aspect.PRECACHE).id(), bench.now(), "b"));

        List<TestRecord<String, byte[]>> versions = bench.records(Topic.CGUS);
        assertThat(versions.getLast().value()).isNull();
        assertThat(Json.read(versions.get(versions.size() - 2).value(), ClusterGroupUpgrade.class)
                        .metadata()
                        .deletionTimestamp())
                .isEqualTo(bench.now());
        assertThat(bench.intents()).isEmpty();
        assertThat(bench.stored().keySet()).containsExactlyInAnyOrder("answers/c1", "answers/d1");
        assertThat(told(AuditType.DELETED)).hasSize(1);
        assertThat(bench.telemetry.cgusByState()).isEmpty();
    }

    @Test
    void theStoredPiecesAreSmallAndApart() {
        started(fleet.spec());

        KeyValueStore<String, Progress> progress = bench.driver.getKeyValueStore(Stores.PROGRESS);
        KeyValueStore<String, Spoke> spokes = bench.driver.getKeyValueStore(Stores.SPOKES);
        assertThat(StateJson.write(progress.get(Fleet.CGU.key()))).hasSizeLessThan(3000);
        assertThat(StateJson.write(spokes.get(Fleet.CGU.key() + "|a"))).hasSizeLessThan(500);
        assertThat(bench.telemetry.cgusByState()).isEqualTo(Map.of("Remediating", 1L));
    }

    @Test
    void aGateThatNobodyPassesIsCountedAtOnce() {
        started(fleet.spec().preCaching().enable(false));
        job("a", SpokeState.UNRECOVERABLE_ERROR);
        assertThat(bench.telemetry.failedGates()).isZero();

        job("b", SpokeState.PRECACHE_TIMEOUT);

        assertThat(bench.telemetry.failedGates()).isEqualTo(1);
    }

    @Test
    void intentsAreKeyedBySpokeAndByHub() {
        started(fleet.spec().preCaching().enable(false));

        assertThat(bench.intents())
                .containsOnlyKeys(
                        Intent.hubKey(Fleet.CGU),
                        Intent.spokeKey(Fleet.CGU, "a", Intent.Aspect.PRECACHE),
                        Intent.spokeKey(Fleet.CGU, "b", Intent.Aspect.PRECACHE));
    }

    private void started(Fleet.Spec spec) {
        bench.send(Fleet.create("c1", spec.build(), bench.now()));
        bench.send(fleet.snapshot(1, bench.now()));
    }

    private Intent.Work workOf(String cluster) {
        Intent intent = bench.intents().get(Intent.spokeKey(Fleet.CGU, cluster, Intent.Aspect.WORK));
        return ((Intent.RollOutWork) intent).work();
    }

    private void job(String cluster, SpokeState state) {
        bench.send(new Result.SpokeProgress(
                Fleet.CGU, Fleet.UID + "/precache/1/" + cluster, bench.now(), cluster, Workload.PRECACHE, state, ""));
    }

    private List<AuditEvent> told(AuditType type) {
        return bench.told().stream().filter(event -> event.auditType() == type).toList();
    }
}
