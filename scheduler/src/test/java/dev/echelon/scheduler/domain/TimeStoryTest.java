package dev.echelon.scheduler.domain;

import static dev.echelon.contract.observation.Compliance.COMPLIANT;
import static dev.echelon.contract.observation.Compliance.NON_COMPLIANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.Fleet;
import dev.echelon.scheduler.domain.Fact.BatchStarted;
import dev.echelon.scheduler.domain.Fact.BatchTimedOut;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time-outs, canaries and soak (contract 7.4, 7.5, 7.6). */
class TimeStoryTest {

    private static final Duration A_MOMENT = Duration.ofMillis(1);

    private final Fleet fleet = Fleet.of("a", "b", "c").withPolicy("p1");
    private final Story story = new Story(fleet);

    @Test
    void theRolloutEndsWhenItsTimeIsOverAndNotAMomentEarlier() {
        started(fleet.spec().maxConcurrency(3).timeout(60));

        story.pass(Duration.ofMinutes(60));
        assertThat(story.conditions()).last().isEqualTo("Progressing=True InProgress");

        story.pass(A_MOMENT);
        assertThat(story.seen()).last().isEqualTo("TimedOut: Policy remediation took too long");
        assertThat(story.conditions())
                .containsExactly(
                        "ClustersSelected=True ClusterSelectionCompleted",
                        "Validated=True ValidationCompleted",
                        "Progressing=False TimedOut",
                        "Succeeded=False TimedOut");
        assertThat(story.outcomes()).containsExactly("a timedout p1", "b timedout p1", "c timedout p1");
    }

    @Test
    void aBatchThatTakesTooLongIsLeftBehindAndStaysEnforced() {
        started(fleet.spec().maxConcurrency(2).timeout(60));
        story.complies("p1", "a");

        story.pass(Duration.ofMinutes(30).plus(A_MOMENT));

        assertThat(story.facts(BatchTimedOut.class)).extracting(BatchTimedOut::clusters).containsExactly(List.of("b"));
        assertThat(story.outcomes()).containsExactly("a complete", "b timedout p1");
        assertThat(story.enforced("p1")).containsExactly("a", "b", "c");
        assertThat(story.conditions()).last().isEqualTo("Progressing=True InProgress");
    }

    @Test
    void aLeftClusterThatRecoversInTimeLetsTheRolloutSucceed() {
        started(fleet.spec().maxConcurrency(2).timeout(60));
        story.complies("p1", "a").pass(Duration.ofMinutes(31)).complies("p1", "c");
        assertThat(story.conditions()).last().isEqualTo("Progressing=True InProgress");

        story.complies("p1", "b");

        assertThat(story.conditions()).last().isEqualTo("Succeeded=True Completed");
        assertThat(story.outcomes()).containsExactly("a complete", "b timedout p1", "c complete");
    }

    @Test
    void aLeftClusterThatDoesNotRecoverEndsInATimeOut() {
        started(fleet.spec().maxConcurrency(2).timeout(60));

        story.complies("p1", "a").pass(Duration.ofMinutes(31)).complies("p1", "c").pass(Duration.ofMinutes(30));

        assertThat(story.seen()).last().isEqualTo("TimedOut: Policy remediation took too long");
    }

    @Test
    void abortEndsTheRolloutAtTheFirstBatchThatTimesOut() {
        started(fleet.spec().maxConcurrency(2).timeout(60).abortOnBatchTimeout());

        story.pass(Duration.ofMinutes(31));

        assertThat(story.seen()).last().isEqualTo("TimedOut: Policy remediation took too long on some clusters");
        assertThat(story.facts(BatchStarted.class)).hasSize(1);
        assertThat(story.cgu().status().status().currentBatch()).isEqualTo(1);
    }

    @Test
    void canaryTimeoutStopsTheUpgrade() {
        started(fleet.spec().canaries("c").maxConcurrency(2).timeout(60));
        assertThat(story.facts(BatchStarted.class)).extracting(BatchStarted::clusters).containsExactly(List.of("c"));

        story.pass(Duration.ofMinutes(31));

        assertThat(story.seen()).last().isEqualTo("TimedOut: Policy remediation took too long on canary clusters");
        assertThat(story.outcomes()).containsExactly("c timedout p1");
    }

    @Test
    void aCompliantCanaryDoesNotMakeAnOrdinaryBatchACanary() {
        fleet.with("p1", "c", COMPLIANT);
        started(fleet.spec().canaries("c").maxConcurrency(1).timeout(60));

        story.pass(Duration.ofMinutes(31));

        assertThat(story.facts(BatchStarted.class)).extracting(BatchStarted::batch).containsExactly(1, 2);
    }

    @Test
    void aLongerTimeoutIsHonouredWhileTheRolloutRuns() {
        started(fleet.spec().maxConcurrency(3).timeout(60));
        story.pass(Duration.ofMinutes(59)).updates(fleet.spec().maxConcurrency(3).timeout(120));

        story.pass(Duration.ofMinutes(60));
        assertThat(story.conditions()).last().isEqualTo("Progressing=True InProgress");

        story.pass(Duration.ofMinutes(2));
        assertThat(story.conditions()).last().isEqualTo("Succeeded=False TimedOut");
    }

    @Test
    void aShorterTimeoutEndsTheRolloutAtOnceWhenItIsOverAlready() {
        started(fleet.spec().maxConcurrency(3).timeout(60));

        story.pass(Duration.ofMinutes(30)).updates(fleet.spec().maxConcurrency(3).timeout(20));

        assertThat(story.conditions()).last().isEqualTo("Succeeded=False TimedOut");
    }

    @Test
    void aClusterSoaksForTheWholeTimeAndGoesOnByItself() {
        fleet.withPolicy("p2").withSoak("p1", 90);
        started(fleet.spec().maxConcurrency(3));
        story.complies("p1", "a").pass(Duration.ofSeconds(90));
        assertThat(progressOf("a").policyIndex()).isZero();
        assertThat(progressOf("a").firstCompliantAt()).isEqualTo(Story.START);

        story.pass(A_MOMENT);

        assertThat(progressOf("a").policyIndex()).isEqualTo(1);
        assertThat(progressOf("a").firstCompliantAt()).isNull();
        assertThat(story.enforced("p1")).contains("a");
    }

    @Test
    void aSoakThatIsEditedUnderWayLastsAsLongAsThePolicySaysNow() {
        fleet.withPolicy("p2").withSoak("p1", 90);
        started(fleet.spec().maxConcurrency(3));
        story.complies("p1", "a").pass(Duration.ofSeconds(60));

        fleet.withSoak("p1", 120);
        story.observes(fleet.compliance(story.now(), "b"));
        story.pass(Duration.ofSeconds(60));
        assertThat(progressOf("a").policyIndex()).isZero();
        assertThat(progressOf("a").firstCompliantAt()).isEqualTo(Story.START);
        story.pass(A_MOMENT);
        assertThat(progressOf("a").policyIndex()).isEqualTo(1);

        story.complies("p1", "b").pass(Duration.ofSeconds(60));
        fleet.withSoak("p1", 30);
        story.observes(fleet.compliance(story.now(), "c")).pass(Duration.ofSeconds(1));
        assertThat(progressOf("b").policyIndex()).isEqualTo(1);
    }

    @Test
    void aPolicyThatIsGoneKeepsItsSoak() {
        fleet.withPolicy("p2").withSoak("p1", 90);
        started(fleet.spec().maxConcurrency(3));
        story.complies("p1", "a");

        story.observes(new Observation.ComplianceSnapshot(
                Fleet.CGU, Fleet.UID, story.now(), Map.of("a", Map.of("p2", NON_COMPLIANT)), Map.of()));
        story.pass(Duration.ofSeconds(90));
        assertThat(progressOf("a").policyIndex()).isZero();
        story.pass(A_MOMENT);

        assertThat(progressOf("a").policyIndex()).isEqualTo(1);
    }

    @Test
    void becomingNonCompliantRestartsTheSoak() {
        fleet.withSoak("p1", 90);
        started(fleet.spec().maxConcurrency(3));
        story.complies("p1", "a").pass(Duration.ofSeconds(60)).becomes("p1", NON_COMPLIANT, "a");
        assertThat(progressOf("a").firstCompliantAt()).isNull();

        story.complies("p1", "a").pass(Duration.ofSeconds(60));
        assertThat(progressOf("a").state()).isEqualTo("InProgress");

        story.pass(Duration.ofSeconds(31));
        assertThat(progressOf("a").state()).isEqualTo("Completed");
    }

    @Test
    void aPolicyThatTheClusterCompliedWithBeforeIsSoakedAndEnforcedToo() {
        fleet.withPolicy("p2").withSoak("p1", 90).with("p1", "a", COMPLIANT);
        started(fleet.spec().maxConcurrency(3));

        assertThat(progressOf("a").policyIndex()).isZero();
        assertThat(story.enforced("p1")).contains("a");
    }

    @Test
    void aSoakOfZeroCostsAMoment() {
        fleet.withSoak("p1", 0);
        started(fleet.spec().maxConcurrency(3));
        story.complies("p1", "a", "b", "c");
        assertThat(story.conditions()).last().isEqualTo("Progressing=True InProgress");

        story.pass(A_MOMENT);

        assertThat(story.conditions()).last().isEqualTo("Succeeded=True Completed");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE})
    void withANegativeTimeTheRolloutTimesOutAsSoonAsItBegins(int minutes) {
        story.creates(fleet.spec().maxConcurrency(2).timeout(minutes)).seesFleet();

        assertThat(story.seen())
                .endsWith(
                        "InProgress: Remediating non-compliant policies",
                        "TimedOut: Policy remediation took too long");
        assertThat(story.outcomes()).isEmpty();
        assertThat(story.facts(Fact.ClusterEnforced.class)).isEmpty();
    }

    @Test
    void withAnAbsurdTimeTheRolloutJustGoesOn() {
        story.creates(fleet.spec().maxConcurrency(Integer.MIN_VALUE).timeout(Integer.MAX_VALUE).preCaching())
                .seesFleet();
        for (String cluster : fleet.clusters()) {
            story.job(Workload.PRECACHE, cluster, SpokeState.ACTIVE, SpokeState.SUCCEEDED);
        }

        story.pass(Duration.ofDays(3650)).complies("p1", fleet.clusters().toArray(String[]::new));

        assertThat(story.cgu().status().remediationPlan()).containsExactly(fleet.clusters());
        assertThat(story.seen()).last().isEqualTo("Completed: All clusters are compliant with all the managed policies");
    }

    @Test
    void withANegativeTimeNoPrecacheJobCanStart() {
        story.creates(fleet.spec().timeout(-5).preCaching()).seesFleet().pass(A_MOMENT);

        assertThat(story.conditions()).endsWith("Progressing=False Completed", "Succeeded=False Failed");
    }

    private void started(Fleet.Spec spec) {
        story.creates(spec).seesFleet();
    }

    private dev.echelon.contract.resource.CguStatus.ClusterProgress progressOf(String cluster) {
        return story.cgu().status().status().currentBatchRemediationProgress().get(cluster);
    }
}
