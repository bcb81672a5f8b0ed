package dev.echelon.scheduler.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.Headers;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The walkthrough: two clusters, one policy, pre-cache, backup, enabled later. */
class WalkthroughTopologyTest {

    private static final String POLICY = "europe-snos-upgrade-version-412-5";

    private final Bench bench = new Bench(Instant.parse("2026-01-10T08:00:00Z"));
    private final Fleet fleet = Fleet.of("sno1", "sno2").withPolicy(POLICY);

    @AfterEach
    void closeBench() {
        bench.close();
    }

    @Test
    void everyConditionOfTheWalkthroughIsSeenInOrder() {
        Fleet.Spec spec = fleet.spec().preCaching().backup().enable(false);

        bench.send(Fleet.create("c1", spec.build(), bench.now()));
        bench.send(fleet.snapshot(1, bench.now()));
        assertThat(Bench.states(bench.shown()))
                .containsExactly(
                        "ClusterSelectionCompleted: All selected clusters are valid",
                        "ValidationCompleted: Completed validation",
                        "PrecacheSpecIsWellFormed: Precaching spec is valid and consistent",
                        "InProgress: Precaching in progress for 2 clusters");

        bench.pass(Duration.ofMinutes(10));
        jobs(Workload.PRECACHE, "sno1", SpokeState.PREPARING_TO_START, SpokeState.STARTING, SpokeState.ACTIVE);
        jobs(Workload.PRECACHE, "sno2", SpokeState.PREPARING_TO_START, SpokeState.STARTING, SpokeState.ACTIVE);
        jobs(Workload.PRECACHE, "sno1", SpokeState.SUCCEEDED);
        bench.pass(Duration.ofSeconds(1));
        jobs(Workload.PRECACHE, "sno2", SpokeState.SUCCEEDED);
        assertThat(Bench.states(bench.shown()))
                .containsExactly(
                        "InProgress: Precaching in progress for 2 clusters",
                        "InProgress: Precaching in progress for 1 clusters",
                        "PrecachingCompleted: Precaching is completed for all clusters",
                        "NotEnabled: Not enabled");

        bench.pass(Duration.ofMinutes(5));
        bench.send(Fleet.update("c2", spec.enable(true).build(), bench.now()));
        jobs(Workload.BACKUP, "sno1", SpokeState.STARTING, SpokeState.ACTIVE, SpokeState.SUCCEEDED);
        bench.pass(Duration.ofSeconds(1));
        jobs(Workload.BACKUP, "sno2", SpokeState.STARTING, SpokeState.ACTIVE, SpokeState.SUCCEEDED);
        assertThat(Bench.states(bench.shown()))
                .containsExactly(
                        "NotEnabled: Not enabled",
                        "InProgress: Backup in progress for 2 clusters",
                        "InProgress: Backup in progress for 1 clusters",
                        "BackupCompleted: Backup is completed for all clusters",
                        "InProgress: Remediating non-compliant policies");

        bench.pass(Duration.ofMinutes(20));
        Intent.EnforcePolicies enforce = (Intent.EnforcePolicies) bench.hubIntent();
        assertThat(enforce.placements().getFirst().clusters()).containsExactly("sno1", "sno2");
        bench.send(new Result.Enforced(
                Fleet.CGU,
                enforce.id(),
                bench.now(),
                enforce.revision(),
                List.of(enforce.placements().getFirst().safeName()),
                List.of(enforce.placements().getFirst().safeName())));
        fleet.with(POLICY, "sno1", Compliance.COMPLIANT).with(POLICY, "sno2", Compliance.COMPLIANT);
        bench.send(fleet.compliance(bench.now(), "sno1", "sno2"));
        bench.send(new Result.EnforcementStopped(Fleet.CGU, bench.hubIntent().id(), bench.now()));

        List<ClusterGroupUpgrade> last = bench.shown();
        assertThat(Bench.states(last))
                .containsExactly(
                        "InProgress: Remediating non-compliant policies",
                        "Completed: All clusters are compliant with all the managed policies");
        assertThat(last.getLast().status().conditions())
                .extracting(Condition::type)
                .containsExactly(
                        "ClustersSelected",
                        "Validated",
                        "PrecacheSpecValid",
                        "PrecachingSuceeded",
                        "BackupSuceeded",
                        "Progressing",
                        "Succeeded");
        assertThat(last.getLast().status().status().completedAt()).isEqualTo(bench.now());
        assertThat(last.getLast().status().status().currentBatch()).isNull();
        assertThat(last.getLast().status().placements()).isEmpty();
        assertThat(bench.intents()).isEmpty();
        assertThat(bench.deadLetters()).isEmpty();
    }

    @Test
    void answersNameTheVersionThatShowsTheCommand() {
        bench.send(Fleet.create("c1", fleet.spec().enable(false).build(), bench.now()));

        TestRecord<String, byte[]> version = bench.records(Topic.CGUS).getFirst();
        List<AuditEvent> told = bench.told();
        assertThat(new String(version.headers().lastHeader(Headers.COMMAND_ID).value()))
                .isEqualTo("c1");
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().auditType()).isEqualTo(AuditType.COMMAND_ACCEPTED);
        assertThat(told.getFirst().data().details())
                .isEqualTo(Map.of(
                        "resourceVersion",
                        dev.echelon.contract.Json.read(version.value(), ClusterGroupUpgrade.class)
                                .metadata()
                                .resourceVersion(),
                        "created",
                        "true"));
    }

    private void jobs(Workload workload, String cluster, SpokeState... states) {
        Intent.Aspect aspect = workload == Workload.PRECACHE ? Intent.Aspect.PRECACHE : Intent.Aspect.BACKUP;
        for (SpokeState state : states) {
            String intentId = bench.spokeIntent(cluster, aspect).id();
            bench.send(new Result.SpokeProgress(Fleet.CGU, intentId, bench.now(), cluster, workload, state, ""));
        }
    }
}
