package dev.echelon.scheduler.domain;

import static dev.echelon.contract.observation.Compliance.COMPLIANT;
import static dev.echelon.contract.observation.Compliance.NON_COMPLIANT;
import static dev.echelon.contract.observation.Compliance.NOT_MATCHED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.resource.CguStatus.ClusterProgress;
import dev.echelon.contract.result.Result;
import dev.echelon.scheduler.Fleet;
import dev.echelon.scheduler.domain.Fact.BatchStarted;
import dev.echelon.scheduler.domain.Fact.ClusterStarted;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batches, policies, the last-batch rule and enforcement (contract 5.3, 7). */
class RolloutStoryTest {

    private final Fleet fleet = Fleet.of("a", "b", "c").withPolicy("p1").withPolicy("p2");
    private final Story story = new Story(fleet);

    @Test
    void nextBatchWaitsUntilEveryClusterComplies() {
        started(fleet.spec());
        story.complies("p1", "a", "b").complies("p2", "a");
        assertThat(batches()).containsExactly(List.of("a", "b"));

        story.complies("p2", "b");

        assertThat(batches()).containsExactly(List.of("a", "b"), List.of("c"));
        assertThat(story.enforced("p1")).containsExactly("c");
        assertThat(story.enforced("p2")).isEmpty();
    }

    @Test
    void aChainOfStepsHappensInOneDecision() {
        started(fleet.spec().policies("p1").maxConcurrency(1));

        story.complies("p1", "a");

        assertThat(story.lastFacts())
                .extracting(fact -> fact.getClass().getSimpleName())
                .containsExactly(
                        "ComplianceChanged",
                        "ClusterCompleted",
                        "BatchCompleted",
                        "BatchStarted",
                        "ClusterStarted",
                        "ClusterEnforced",
                        "EnforcementIssued",
                        "Shown");
    }

    @Test
    void aClusterStaysInThePlacementsOfThePoliciesBefore() {
        started(fleet.spec());

        story.complies("p1", "a").pass(Duration.ofSeconds(1));

        assertThat(story.enforced("p1")).containsExactly("a", "b");
        assertThat(story.enforced("p2")).containsExactly("a");
        assertThat(story.cgu().status().status().currentBatchRemediationProgress())
                .containsEntry("a", new ClusterProgress(null, null, 1, "InProgress"))
                .containsEntry("b", new ClusterProgress(null, null, 0, "InProgress"));
    }

    @Test
    void policiesThatAClusterCompliesWithOrThatDoNotMatchItArePassedOver() {
        fleet.with("p1", "a", NOT_MATCHED).with("p1", "b", COMPLIANT);

        started(fleet.spec());

        assertThat(story.enforced("p1")).isEmpty();
        assertThat(story.enforced("p2")).containsExactly("a", "b");
    }

    @Test
    void clustersThatReachAPolicyTogetherMakeOneIntent() {
        started(fleet.spec().maxConcurrency(3));
        story.pass(Duration.ofSeconds(1));
        long before = revision();

        story.complies("p1", "a").complies("p1", "b").complies("p1", "c");
        assertThat(story.enforced("p2")).containsExactly("a");
        story.pass(Duration.ofSeconds(1));

        assertThat(story.enforced("p2")).containsExactly("a", "b", "c");
        assertThat(story.facts(Fact.EnforcementIssued.class)).hasSize(3);
        assertThat(revision()).isEqualTo(before + 3);
    }

    @Test
    void clustersAreInAPlacementInTheOrderInWhichTheyCame() {
        started(fleet.spec().maxConcurrency(3));

        story.complies("p1", "c").pass(Duration.ofSeconds(1));
        story.complies("p1", "b", "a").pass(Duration.ofSeconds(1));

        assertThat(story.enforced("p1")).containsExactly("a", "b", "c");
        assertThat(story.enforced("p2")).containsExactly("c", "a", "b");
    }

    @Test
    void clustersThatCompleteAtOnceAreListedInThePlansOrder() {
        Fleet unsorted = Fleet.of("c", "a", "b").withPolicy("p1");
        Story all = new Story(unsorted).creates(unsorted.spec().maxConcurrency(3)).seesFleet();

        all.complies("p1", "a", "b", "c");

        assertThat(all.outcomes()).containsExactly("c complete", "a complete", "b complete");
    }

    @Test
    void aCompleteClusterIsNotTouchedAgainWhileItsBatchRuns() {
        started(fleet.spec().policies("p1"));
        story.complies("p1", "a");

        story.becomes("p1", NON_COMPLIANT, "a").pass(Duration.ofSeconds(1));

        assertThat(story.facts(ClusterStarted.class)).extracting(ClusterStarted::cluster).containsExactly("a", "b");
        assertThat(story.outcomes()).containsExactly("a complete");
    }

    @Test
    void theRolloutIsCompleteOnlyWhenTheBatchesBeforeTheLastComplyStill() {
        started(fleet.spec().policies("p1"));
        story.complies("p1", "a", "b").becomes("p1", NON_COMPLIANT, "a");

        story.complies("p1", "c");
        assertThat(story.conditions()).last().isEqualTo("Progressing=True InProgress");
        assertThat(story.facts(Fact.BatchCompleted.class)).hasSize(2);

        story.complies("p1", "a");
        assertThat(story.conditions()).last().isEqualTo("Succeeded=True Completed");
    }

    @Test
    void theEndWaitsForTheHubAndThenClearsTheBatch() {
        started(fleet.spec().policies("p1").maxConcurrency(3));
        story.complies("p1", "a", "b", "c");
        assertThat(story.cgu().status().status().currentBatch()).isEqualTo(1);
        assertThat(story.cgu().status().status().completedAt()).isNull();
        assertThat(story.hubIntent()).isInstanceOf(Intent.StopEnforcing.class);

        story.hubDone();

        assertThat(story.cgu().status().status().currentBatch()).isNull();
        assertThat(story.cgu().status().status().currentBatchRemediationProgress()).isEmpty();
        assertThat(story.cgu().status().status().completedAt()).isEqualTo(story.now());
        assertThat(story.cgu().status().placements()).isEmpty();
        assertThat(story.cgu().status().safeResourceNames()).isEmpty();
        assertThat(story.intents()).isEmpty();
        assertThat(story.outcomes()).containsExactly("a complete", "b complete", "c complete");
    }

    @Test
    void objectsThatAreKeptAreEmptiedAtTheEnd() {
        started(fleet.spec().policies("p1").maxConcurrency(3).keepObjects());

        story.complies("p1", "a", "b", "c").pass(Duration.ofSeconds(1));
        assertThat(story.enforced("p1")).isEmpty();
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Settling.class);

        story.hubDone();
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Finished.class);
        assertThat(story.cgu().status().placements()).hasSize(1);
    }

    @Test
    void anAnswerToAnEarlierRevisionDoesNotEndTheCleanUp() {
        started(fleet.spec().policies("p1").maxConcurrency(3).keepObjects());
        long early = revision();
        story.pass(Duration.ofSeconds(1)).complies("p1", "a", "b", "c").pass(Duration.ofSeconds(1));

        story.answers(new Result.Enforced(
                Fleet.CGU, story.hubIntent().id(), story.now(), early, List.of("x"), List.of("x")));

        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Settling.class);
    }

    @Test
    void whereEveryClusterCompliesThereIsNothingToDo() {
        fleet.with("p1", "a", COMPLIANT).with("p1", "b", COMPLIANT).with("p1", "c", NOT_MATCHED);

        started(fleet.spec().policies("p1"));

        assertThat(story.seen())
                .last()
                .isEqualTo("Completed: All clusters already compliant with the specified managed policies");
        assertThat(story.cgu().status().remediationPlan()).isEmpty();
        assertThat(story.outcomes()).containsExactly("a complete", "b complete", "c complete");
    }

    @Test
    void whatTheWatcherShowsBeforeItSeesTheStartCounts() {
        started(fleet.spec().policies("p1").maxConcurrency(3));
        fleet.with("p1", "a", COMPLIANT).with("p1", "b", COMPLIANT).with("p1", "c", COMPLIANT);

        story.seesFleet();

        assertThat(story.conditions()).last().isEqualTo("Succeeded=True Completed");
    }

    @Test
    void placementsShowWhatTheHubHas() {
        story.creates(fleet.spec().enable(false)).seesFleet();
        assertThat(story.cgu().status().safeResourceNames()).isEmpty();

        story.hubDone();

        List<String> names = ((Intent.EnforcePolicies) story.hubIntent())
                .placements().stream().map(Intent.PolicyPlacement::safeName).sorted().toList();
        assertThat(story.cgu().status().placements()).isEqualTo(names);
        assertThat(story.cgu().status().safeResourceNames())
                .containsKey("ztp-policies/update-europe-snos-p1-placement")
                .hasSize(2);
    }

    private void started(Fleet.Spec spec) {
        story.creates(spec).seesFleet();
    }

    private List<List<String>> batches() {
        return story.facts(BatchStarted.class).stream().map(BatchStarted::clusters).toList();
    }

    private long revision() {
        return ((Intent.EnforcePolicies) story.hubIntent()).revision();
    }
}
