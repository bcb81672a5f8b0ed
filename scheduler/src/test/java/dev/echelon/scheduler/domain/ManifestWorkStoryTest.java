package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Work;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.resource.CguStatus.ClusterProgress;
import dev.echelon.contract.resource.CguStatus.ClusterState;
import dev.echelon.contract.resource.CguStatus.ManifestWorkState;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rollout of manifest works (contract 13). */
class ManifestWorkStoryTest {

    private static final ObservedWork COMPLETE = new ObservedWork(true, false, "", Map.of());
    private static final Map<String, Object> STATUS = Map.of("conditions", List.of(Map.of("type", "Applied")));
    private static final ObservedWork WORKING = new ObservedWork(false, false, "", STATUS);

    private final Fleet fleet = Fleet.of("a", "b", "c").withTemplate("t1").withTemplate("t2");
    private final Story story = new Story(fleet);

    @Test
    void missingTemplatesHoldTheRolloutBack() {
        Fleet lacking = fleet.withoutTemplate("t3").withoutTemplate("t4");
        story.creates(lacking.spec()).seesFleet();
        assertThat(story.seen()).last().isEqualTo("NotAllManifestTemplatesExist: Missing manifest templates: [t3 t4]");

        lacking.withTemplate("t3").withTemplate("t4");
        story.seesFleet();

        assertThat(story.seen()).last().isEqualTo("InProgress: Rolling out manifestworks");
    }

    @Test
    void everyClusterNeedsWorkAndGetsItsFirst() {
        started(fleet.spec().maxConcurrency(2));

        assertThat(story.cgu().status().remediationPlan()).containsExactly(List.of("a", "b"), List.of("c"));
        assertThat(story.work("a")).map(Work::template).contains("t1");
        assertThat(story.work("b")).isEqualTo(story.work("a"));
        assertThat(story.work("c")).isEmpty();
        assertThat(progressOf("a")).isEqualTo(new ClusterProgress(null, 0, null, "InProgress"));
        assertThat(story.intents()).doesNotContainKey(Intent.hubKey(Fleet.CGU));
    }

    @Test
    void namesAreSafeAndShown() {
        started(fleet.spec());

        String name = story.work("a").orElseThrow().safeName();
        assertThat(name).matches("ztp-policies\\.t1-[bcdfghjklmnpqrstvwxz2456789]{5}");
        assertThat(story.cgu().status().safeResourceNames())
                .containsEntry("/ztp-policies.t1", name)
                .containsOnlyKeys("/ztp-policies.t1", "/ztp-policies.t2");
    }

    @Test
    void templatesWinOverPolicies() {
        fleet.withPolicy("p1");

        started(fleet.spec());

        assertThat(story.work("a")).isPresent();
        assertThat(story.cgu().status().managedPoliciesForUpgrade()).isEmpty();
    }

    @Test
    void aClusterGoesOnToTheNextTemplateWhenItsWorkIsComplete() {
        started(fleet.spec());
        story.worksBecome(WORKING, "a");
        assertThat(progressOf("a").manifestWorkIndex()).isZero();

        story.worksBecome(COMPLETE, "a").pass(Duration.ofSeconds(1));

        assertThat(story.work("a")).map(Work::template).contains("t2");
        assertThat(story.work("b")).map(Work::template).contains("t1");
        assertThat(progressOf("a")).isEqualTo(new ClusterProgress(null, 1, null, "InProgress"));
    }

    @Test
    void aWorkThatIsBeingDeletedOrCannotBeJudgedIsNotComplete() {
        started(fleet.spec());

        story.worksBecome(new ObservedWork(true, true, "", Map.of()), "a");
        story.worksBecome(new ObservedWork(true, false, "no JSON", Map.of()), "b");

        assertThat(story.work("a")).map(Work::template).contains("t1");
        assertThat(story.work("b")).map(Work::template).contains("t1");
        assertThat(story.told().getLast().data().message())
                .endsWith("it cannot be told whether the manifest work on cluster b is complete: no JSON");
    }

    @Test
    void aWorkThatTheHubShowedBeforeTheClustersTurnCounts() {
        started(fleet.spec().maxConcurrency(1));
        fleet.withWork("b", story.work("a").orElseThrow().safeName(), COMPLETE);
        story.observes(fleet.works(story.now(), "b"));

        story.worksBecome(COMPLETE, "a").worksBecome(COMPLETE, "a");

        assertThat(progressOf("b")).isEqualTo(new ClusterProgress(null, 1, null, "InProgress"));
    }

    @Test
    void theLastWorkStaysWhenItsClusterIsComplete() {
        started(fleet.spec().maxConcurrency(2));

        story.worksBecome(COMPLETE, "a").worksBecome(COMPLETE, "a").pass(Duration.ofSeconds(1));

        assertThat(progressOf("a")).isEqualTo(new ClusterProgress(null, null, null, "Completed"));
        assertThat(story.intents()).doesNotContainKey(workKey("a"));
        assertThat(story.outcomes()).containsExactly("a complete");
    }

    @Test
    void theWorksOfABatchGoWhenTheNextOneStarts() {
        started(fleet.spec().maxConcurrency(2));

        completed("a", "b");

        assertThat(story.intents()).doesNotContainKey(Intent.hubKey(Fleet.CGU));
        assertThat(story.work("c")).map(Work::template).contains("t1");
        assertThat(wantsNone("a")).isTrue();
        assertThat(wantsNone("b")).isTrue();
        story.workDropped("a");
        assertThat(story.intents()).doesNotContainKey(workKey("a"));
    }

    @Test
    void theEndWaitsUntilTheLastWorksGo() {
        started(fleet.spec().maxConcurrency(2));
        completed("a", "b");
        completed("c");
        assertThat(story.conditions())
                .endsWith("Progressing=False Completed", "Succeeded=True Completed");
        assertThat(story.seen())
                .last()
                .isEqualTo("Completed: All manifestworks rolled out successfully on all clusters");

        story.workDropped("a").workDropped("c");
        assertThat(story.cgu().status().status().completedAt()).isNull();

        story.workDropped("b");
        assertThat(story.cgu().status().status().completedAt()).isNotNull();
        assertThat(story.cgu().status().safeResourceNames()).isEmpty();
        assertThat(story.intents()).isEmpty();
    }

    @Test
    void worksStayWhereObjectsAreKeptUntilTheDeletion() {
        started(fleet.spec().maxConcurrency(3).keepObjects());
        completed("a", "b", "c");
        assertThat(story.lifecycle()).isInstanceOf(Lifecycle.Finished.class);
        assertThat(story.intents()).isEmpty();
        assertThat(story.cgu().status().safeResourceNames()).hasSize(2);

        story.deletes();

        assertThat(wantsNone("a") && wantsNone("b") && wantsNone("c")).isTrue();
        story.workDropped("a").workDropped("b").workDropped("c");
        assertThat(story.memory().progress()).isEmpty();
        assertThat(story.intents()).isEmpty();
    }

    @Test
    void aDeletionUnderWayDropsAllWorks() {
        started(fleet.spec().maxConcurrency(2));

        story.deletes();

        assertThat(wantsNone("a") && wantsNone("b")).isTrue();
        story.workDropped("a").workDropped("b");
        assertThat(story.memory().progress()).isEmpty();
    }

    @Test
    void timedOutClustersShowTheirWorkAsItWasSeenLast() {
        started(fleet.spec().maxConcurrency(2).timeout(60));
        story.worksBecome(WORKING, "a");

        story.pass(Duration.ofMinutes(31));

        assertThat(story.cgu().status().clusters())
                .containsExactly(
                        new ClusterState(new ManifestWorkState("t1", STATUS), null, "a", "timedout"),
                        new ClusterState(new ManifestWorkState("t1", null), null, "b", "timedout"));
        assertThat(story.work("c")).map(Work::template).contains("t1");
    }

    @Test
    void theRolloutSucceedsAlthoughAnEarlierBatchTimedOut() {
        started(fleet.spec().maxConcurrency(2).timeout(60));
        story.pass(Duration.ofMinutes(31));

        completed("c");

        assertThat(story.conditions()).last().isEqualTo("Succeeded=True Completed");
        assertThat(story.outcomes()).containsExactly("a timedout t1", "b timedout t1", "c complete");
    }

    @Test
    void theWholeTimeOutHasItsOwnWords() {
        started(fleet.spec().maxConcurrency(3).timeout(60));

        story.pass(Duration.ofMinutes(61));

        assertThat(story.seen()).last().isEqualTo("TimedOut: Manifestwork rollout took too long");
        assertThat(story.conditions()).endsWith("Progressing=False TimedOut", "Succeeded=False TimedOut");
    }

    @Test
    void canariesAndAbortHaveTheirOwnWords() {
        started(fleet.spec().canaries("c").timeout(60));
        story.pass(Duration.ofMinutes(31));
        assertThat(story.seen()).last().isEqualTo("TimedOut: Manifestwork rollout took too long on canary clusters");

        Story aborted = new Story(fleet)
                .creates(fleet.spec().maxConcurrency(1).timeout(60).abortOnBatchTimeout())
                .seesFleet()
                .pass(Duration.ofMinutes(31));
        assertThat(aborted.seen()).last().isEqualTo("TimedOut: Manifestwork rollout took too long on some clusters");
    }

    @Test
    void aTimedOutClustersWorkIsLeftAloneWhereObjectsAreKept() {
        started(fleet.spec().maxConcurrency(2).timeout(60).keepObjects());

        story.pass(Duration.ofMinutes(31));

        assertThat(story.intents()).doesNotContainKeys(workKey("a"), workKey("b"));
    }

    @Test
    void preCachingHasNothingToGoBy() {
        story.creates(fleet.spec().preCaching()).seesFleet();

        assertThat(story.seen())
                .last()
                .isEqualTo("PrecacheSpecIncomplete: Precaching spec is incomplete: inconsistent precaching"
                        + " configuration: no software spec provided");
    }

    private void started(Fleet.Spec spec) {
        story.creates(spec).seesFleet();
    }

    /** Both works of each cluster become complete. */
    private void completed(String... clusters) {
        story.worksBecome(COMPLETE, clusters).worksBecome(COMPLETE, clusters);
    }

    private boolean wantsNone(String cluster) {
        return story.intents().get(workKey(cluster)) instanceof Intent.RollOutWork(_, _, _, Work work) && work == null;
    }

    private static String workKey(String cluster) {
        return Intent.spokeKey(Fleet.CGU, cluster, Intent.Aspect.WORK);
    }

    private ClusterProgress progressOf(String cluster) {
        return story.cgu().status().status().currentBatchRemediationProgress().get(cluster);
    }
}
