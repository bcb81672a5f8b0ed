package dev.echelon.scheduler.domain;

import static dev.echelon.contract.observation.ObservedBlocker.State.FAILED;
import static dev.echelon.contract.observation.ObservedBlocker.State.MISSING;
import static dev.echelon.contract.observation.ObservedBlocker.State.RUNNING;
import static dev.echelon.contract.observation.ObservedBlocker.State.SUCCEEDED;
import static dev.echelon.contract.result.SpokeState.ACTIVE;
import static dev.echelon.contract.result.Workload.BACKUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.ObservedBlocker;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** CGUs that wait for others (contract 9). */
class BlockingStoryTest {

    private static final Map<String, String> PARTIAL = Map.of(Blocking.COMPLETION_MODE, "partial");
    private static final Map<String, String> FILTERING =
            Map.of(Blocking.COMPLETION_MODE, "partial", Blocking.CLUSTER_FILTERING, "true");
    private static final String STARTED = "InProgress: Remediating non-compliant policies";
    private static final String NONE_LEFT = "Failed: No clusters available for remediation after filtering out"
            + " non-completed clusters from blocking CGUs";

    private final Fleet fleet = Fleet.of("a", "b", "c").withPolicy("p1");
    private final Story story = new Story(fleet);

    @Test
    void missingOnesAreNamedBeforeThoseThatAreNotComplete() {
        fleet.withBlocker("w1", RUNNING).withBlocker("w2", MISSING).withBlocker("w3", FAILED).withBlocker("w4", MISSING);
        story.creates(fleet.spec().blockedBy("w4", "w3", "w2", "w1")).seesFleet();
        assertThat(story.seen()).last().isEqualTo("MissingBlockingCR: Missing blocking CRs: [w4 w2]");

        fleet.withBlocker("w2", SUCCEEDED).withBlocker("w4", SUCCEEDED);
        story.seesFleet();
        assertThat(story.seen())
                .last()
                .isEqualTo("IncompleteBlockingCR: Blocking CRs that are not completed: [w3 w1]");
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.Blocked());

        fleet.withBlocker("w1", SUCCEEDED).withBlocker("w3", SUCCEEDED);
        story.seesFleet();
        assertThat(story.seen()).last().isEqualTo(STARTED);
    }

    @Test
    void theClockOfTheRolloutRunsWhileItIsBlocked() {
        fleet.withBlocker("w1", RUNNING);
        story.creates(fleet.spec().timeout(60).blockedBy("w1")).seesFleet();
        assertThat(story.cgu().status().status().startedAt()).isEqualTo(Story.START);

        story.pass(Duration.ofMinutes(61));
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.Blocked());
        fleet.withBlocker("w1", SUCCEEDED);
        story.seesFleet();

        assertThat(story.seen()).endsWith(STARTED, "TimedOut: Policy remediation took too long");
        assertThat(story.facts(Fact.Started.class)).hasSize(1);
    }

    @Test
    void oneThatIsNotEnabledIsNotBlocked() {
        fleet.withBlocker("w1", MISSING);
        story.creates(fleet.spec().enable(false).blockedBy("w1")).seesFleet();
        assertThat(story.seen()).last().isEqualTo("NotEnabled: Not enabled");

        story.updates(fleet.spec().blockedBy("w1"));
        assertThat(story.seen()).last().isEqualTo("MissingBlockingCR: Missing blocking CRs: [w1]");

        story.updates(fleet.spec().enable(false).blockedBy("w1"));
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.NotEnabled());
    }

    @Test
    void theBackupWaitsForThem() {
        fleet.withBlocker("w1", RUNNING);
        story.creates(fleet.spec().backup().blockedBy("w1")).seesFleet();
        assertThat(story.facts(Fact.BackupRequested.class)).isEmpty();

        fleet.withBlocker("w1", SUCCEEDED);
        story.seesFleet();

        assertThat(story.facts(Fact.BackupRequested.class)).hasSize(3);
        assertThat(story.conditions()).endsWith("Progressing=False NotStarted", "BackupSuceeded=False InProgress");
    }

    @Test
    void oneThatGoesDuringTheBackupBlocksAgain() {
        fleet.withBlocker("w1", SUCCEEDED);
        story.creates(fleet.spec().backup().blockedBy("w1")).seesFleet().job(BACKUP, "a", ACTIVE);

        fleet.withBlocker("w1", MISSING);
        story.seesFleet();
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.Blocked());

        fleet.withBlocker("w1", SUCCEEDED);
        story.seesFleet();
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.BackingUp());
        assertThat(story.facts(Fact.BackupRequested.class)).hasSize(3);
    }

    @Test
    void inPartialModeAnyEndIsAnEnd() {
        fleet.withBlocker("w1", FAILED);
        story.creates(fleet.spec().blockedBy("w1")).seesFleet();
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.Blocked());

        story.updates(fleet.spec().blockedBy("w1").annotations(PARTIAL));

        assertThat(story.seen()).last().isEqualTo(STARTED);
        assertThat(story.cgu().status().remediationPlan()).containsExactly(List.of("a", "b"), List.of("c"));
    }

    @Test
    void onlyClustersThatCompletedInEveryBlockingCguGoOnInTheirOrder() {
        fleet.withBlocker("w1", FAILED, "c", "a").withBlocker("w2", SUCCEEDED, "b", "a", "c");

        story.creates(fleet.spec().maxConcurrency(5).blockedBy("w1", "w2").annotations(FILTERING)).seesFleet();

        assertThat(story.cgu().status().remediationPlan()).containsExactly(List.of("a", "c"));
    }

    @Test
    void anEntryThatIsRepeatedCountsTwice() {
        fleet.withBlocker("w1", SUCCEEDED, "a").withBlocker("w2", SUCCEEDED, "b", "b");

        story.creates(fleet.spec().blockedBy("w1", "w1").annotations(FILTERING)).seesFleet();

        assertThat(story.cgu().status().remediationPlan()).containsExactly(List.of("a"));
    }

    @Test
    void filteringNeedsThePartialModeAndExactlyTrue() {
        fleet.withBlocker("w1", SUCCEEDED, "a");

        story.creates(fleet.spec()
                        .maxConcurrency(5)
                        .blockedBy("w1")
                        .annotations(Map.of(Blocking.COMPLETION_MODE, "partial", Blocking.CLUSTER_FILTERING, "True")))
                .seesFleet();

        assertThat(story.cgu().status().remediationPlan()).containsExactly(List.of("a", "b", "c"));
    }

    @Test
    void whereNoClusterIsLeftTheCguFails() {
        fleet.withBlocker("w1", FAILED, "x");

        story.creates(fleet.spec().blockedBy("w1").annotations(FILTERING)).seesFleet();

        assertThat(story.seen()).last().isEqualTo(NONE_LEFT);
        assertThat(story.conditions()).endsWith("Progressing=False Completed", "Succeeded=False Failed");
        assertThat(story.facts(Fact.ClusterAlreadyCompliant.class)).isEmpty();
    }

    @Test
    void withFilteringAndNothingToDoTheCguFailsToo() {
        for (String cluster : fleet.clusters()) {
            fleet.with("p1", cluster, Compliance.COMPLIANT);
        }
        fleet.withBlocker("w1", SUCCEEDED, "a", "b", "c");

        story.creates(fleet.spec().blockedBy("w1").annotations(FILTERING)).seesFleet();

        assertThat(story.seen()).last().isEqualTo(NONE_LEFT);
    }

    @Test
    void withFilteringAndNoBlockingCrTheCguFailsToo() {
        story.creates(fleet.spec().annotations(FILTERING)).seesFleet();

        assertThat(story.seen()).last().isEqualTo(NONE_LEFT);
    }

    @Test
    void whereNobodyHasLookedAtTheClustersYetItWaits() {
        fleet.withBlocker(new ObservedBlocker("upgrades", "w1", FAILED, null));
        story.creates(fleet.spec().blockedBy("w1")).seesFleet();

        story.updates(fleet.spec().blockedBy("w1").annotations(FILTERING));
        assertThat(story.seen()).last().isEqualTo("IncompleteBlockingCR: Blocking CRs that are not completed: [w1]");

        fleet.withBlocker("w1", FAILED, "b");
        story.seesFleet();
        assertThat(story.cgu().status().remediationPlan()).containsExactly(List.of("b"));
    }

    @Test
    void aSnapshotThatWasMadeForOtherBlockingCrsIsNotDecidedOn() {
        fleet.withBlocker("w1", SUCCEEDED);
        story.creates(fleet.spec().enable(false).blockedBy("w1")).seesFleet();
        FleetSnapshot old = fleet.snapshot(1, story.now());

        story.updates(fleet.spec().blockedBy("w2")).observes(old);
        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.NotEnabled());

        // A watcher that claims to have looked for the new spec but does not show the CGU has not looked at it.
        story.seesFleet();
        assertThat(story.seen()).last().isEqualTo("IncompleteBlockingCR: Blocking CRs that are not completed: [w2]");
    }

    @Test
    void oneThatWaitsForItselfWaitsForEver() {
        fleet.withBlocker(Fleet.CGU.name(), RUNNING);
        story.creates(fleet.spec().timeout(1).blockedBy(Fleet.CGU.name())).seesFleet();

        story.pass(Duration.ofDays(30));

        assertThat(story.lifecycle()).isEqualTo(new Lifecycle.Blocked());
        story.deletes().hubDone();
        assertThat(story.memory().progress()).isEmpty();
    }
}
