package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.intent.Intent.EnforcePolicies;
import dev.echelon.contract.intent.Intent.PolicyPlacement;
import dev.echelon.contract.resource.CguStatus.ClusterState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.Fleet;
import dev.echelon.scheduler.domain.Fact.BatchStarted;
import dev.echelon.scheduler.domain.Fact.ClusterAdvanced;
import dev.echelon.scheduler.domain.Fact.ClusterCompleted;
import dev.echelon.scheduler.domain.Fact.ClusterEnforced;
import dev.echelon.scheduler.domain.Fact.ClusterStarted;
import dev.echelon.scheduler.domain.Fact.ClusterTimedOut;
import dev.echelon.scheduler.domain.Lifecycle.Remediating;
import dev.echelon.scheduler.domain.Spoke.Stage;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What holds after every input, whatever the inputs were. */
final class Invariants {

    private final Story story;
    private final Memory folded = new Memory();
    private final Map<String, Integer> policyIndex = new HashMap<>();
    private final Map<String, Integer> workIndex = new HashMap<>();
    private final Set<String> started = new HashSet<>();
    private final Set<String> done = new HashSet<>();
    private final Set<String> relabels = new HashSet<>();
    private boolean ended;
    private int lastBatch;
    private int seenFacts;

    Invariants(Story story) {
        this.story = story;
    }

    void check() {
        List<Fact> facts = story.facts().subList(seenFacts, story.facts().size());
        seenFacts = story.facts().size();
        facts.forEach(this::followEachCluster);
        foldingTheFactsGivesTheStoredState(facts);
        assertThat(story.told()).extracting(AuditEvent::id).doesNotHaveDuplicates();
        if (story.memory().progress().isPresent()) {
            planIsSound();
            noMoreInProgressThanTheBatchHas();
            onlyThePlanIsEnforced();
            aClusterHasItsCurrentWorkOrNone();
            nothingIsApprovedForAClusterThatIsDoneWith();
            everyJobThatIsOpenIsWanted();
            whatIsShownIsWhatIs();
            everyWaitHasACondition();
        }
    }

    private void followEachCluster(Fact fact) {
        switch (fact) {
            case Fact.Created _ -> {
                relabels.clear();
                ended = false;
                started.clear();
                done.clear();
                policyIndex.clear();
                workIndex.clear();
                lastBatch = 0;
            }
            case Fact.Adopted adopted -> adopted.spokes().forEach((cluster, spoke) -> {
                int current =
                        switch (adopted.progress().lifecycle()) {
                            case Remediating state -> state.batch();
                            case Lifecycle.BetweenBatches state -> state.done();
                            case Lifecycle _ -> 0;
                        };
                lastBatch = current;
                if (spoke.batch() > 0 && spoke.batch() <= current && !(spoke.stage() instanceof Stage.Waiting)) {
                    started.add(cluster);
                    switch (spoke.stage()) {
                        case Stage.InProgress(int index, _) -> policyIndex.put(cluster, index);
                        case Stage.RollingOut(int index) -> workIndex.put(cluster, index);
                        case Stage _ -> done.add(cluster);
                    }
                }
            });
            case BatchStarted(int batch, _, _, _) -> {
                assertThat(batch).as("batches start in order, each once").isEqualTo(lastBatch + 1);
                lastBatch = batch;
            }
            case ClusterStarted(String cluster, int batch) -> {
                assertThat(started.add(cluster)).as("%s is started once", cluster).isTrue();
                assertThat(batch).isEqualTo(lastBatch);
                policyIndex.put(cluster, 0);
            }
            case ClusterAdvanced(String cluster, int index, _) -> {
                assertThat(done).doesNotContain(cluster);
                assertThat(index).as("%s never goes back", cluster).isGreaterThan(policyIndex.put(cluster, index));
            }
            case ClusterEnforced(String cluster, int index) -> {
                assertThat(done).as("a cluster that is done with is not touched").doesNotContain(cluster);
                assertThat(index).as("%s is enforced where it works", cluster).isEqualTo(policyIndex.get(cluster));
            }
            case ClusterCompleted(String cluster, _) ->
                assertThat(done.add(cluster)).as("%s ends once", cluster).isTrue();
            case Fact.Completed _, Fact.TimedOut _, Fact.Failed _, Fact.DeletionRequested _ -> ended = true;
            case Fact.RelabelRequested(String cluster, String intentId) -> {
                assertThat(ended).as("%s is touched after the end", cluster).isFalse();
                assertThat(relabels.add(intentId)).as("%s is asked for once", intentId).isTrue();
                if (intentId.equals(IntentId.labelsBefore(Fleet.UID, cluster))) {
                    assertThat(started).as("%s is relabeled before it starts", cluster).doesNotContain(cluster);
                } else {
                    assertThat(outcome(cluster)).as("%s is complete", cluster).contains("complete");
                }
            }
            case Fact.Finished _, Fact.Deleted _ ->
                assertThat(story.intents().keySet())
                        .as("intents that are open at the end")
                        .noneMatch(key -> key.contains("|labels-"));
            case ClusterTimedOut(String cluster, _, _, _) ->
                assertThat(done.add(cluster)).as("%s ends once", cluster).isTrue();
            case Fact.WorkRequested(String cluster, int index, _) -> {
                assertThat(started).contains(cluster);
                assertThat(done).as("a cluster that is done with gets no work").doesNotContain(cluster);
                int before = workIndex.getOrDefault(cluster, -1);
                assertThat(index).as("%s gets its works in order", cluster).isEqualTo(before + 1);
                workIndex.put(cluster, index);
            }
            case Fact.WorkTimedOut(String cluster, _, _, _, _) ->
                assertThat(done.add(cluster)).as("%s ends once", cluster).isTrue();
            case Fact.ApprovalsRequested(String cluster, _) ->
                assertThat(done).as("nothing is approved on a cluster that is done with").doesNotContain(cluster);
            case Fact _ -> {
                // says nothing of a cluster's way
            }
        }
    }

    private List<String> outcome(String cluster) {
        return story.facts().stream()
                .map(Fact::outcome)
                .flatMap(Optional::stream)
                .filter(entry -> entry.name().equals(cluster))
                .map(ClusterState::state)
                .toList();
    }

    private void foldingTheFactsGivesTheStoredState(List<Fact> facts) {
        WorkingCopy copy = new WorkingCopy(folded);
        for (Fact fact : facts) {
            copy.fold(fact);
            if (fact instanceof Fact.Deleted) {
                folded.store(copy);
                copy = new WorkingCopy(folded);
            }
        }
        folded.store(copy);
        assertThat(folded).isEqualTo(story.memory());
    }

    private void planIsSound() {
        Upgrade upgrade = story.memory().upgrade().orElseThrow();
        List<List<String>> plan = upgrade.groundwork().plan();
        assertThat(RemediationPlan.clusters(plan)).doesNotHaveDuplicates();
        int concurrency = Math.max(1, upgrade.groundwork().concurrency());
        assertThat(plan).allSatisfy(batch -> assertThat(batch.size()).isBetween(1, concurrency));
    }

    private void noMoreInProgressThanTheBatchHas() {
        List<String> inProgress = story.memory().spokes().entrySet().stream()
                .filter(entry -> entry.getValue().stage().isOpen())
                .map(Map.Entry::getKey)
                .toList();
        if (story.lifecycle() instanceof Remediating batch) {
            List<String> clusters =
                    story.memory().upgrade().orElseThrow().groundwork().plan().get(batch.batch() - 1);
            assertThat(clusters).containsAll(inProgress);
            assertThat(batch.open()).isEqualTo(inProgress.size());
            assertThat(batch.lagging()).isEqualTo(story.memory().spokes().values().stream()
                    .filter(spoke -> spoke.batch() > 0 && spoke.batch() < batch.batch())
                    .mapToInt(spoke -> Remediation.laggards(spoke, batch.rollout().policies()))
                    .sum());
        }
    }

    private void onlyThePlanIsEnforced() {
        if (story.intents().get(Intent.hubKey(Fleet.CGU))
                instanceof EnforcePolicies enforce) {
            List<String> clusters =
                    enforce.placements().stream().map(PolicyPlacement::clusters).flatMap(List::stream).toList();
            assertThat(started).containsAll(clusters);
            if (!(story.lifecycle() instanceof Lifecycle.InRollout)
                    && !story.progress().enforcement().behind()) {
                assertThat(clusters).isEmpty();
            }
        }
    }

    private void aClusterHasItsCurrentWorkOrNone() {
        if (!(story.lifecycle() instanceof Lifecycle.InRollout state)) {
            return;
        }
        story.memory().spokes().forEach((cluster, spoke) -> {
            if (spoke.stage() instanceof Stage.RollingOut(int index)) {
                assertThat(story.work(cluster)).contains(state.rollout().works().get(index));
            } else {
                assertThat(story.work(cluster)).as("work that %s is to have", cluster).isEmpty();
            }
        });
    }

    private void nothingIsApprovedForAClusterThatIsDoneWith() {
        story.memory().spokes().forEach((cluster, spoke) -> {
            if (!(story.lifecycle() instanceof Lifecycle.InRollout) || !spoke.stage().isOpen()) {
                assertThat(story.approvals(cluster).filter(intent -> !intent.subscriptions().isEmpty()))
                        .as("approvals on %s", cluster)
                        .isEmpty();
            }
        });
    }

    private void everyJobThatIsOpenIsWanted() {
        story.memory().spokes().forEach((cluster, spoke) -> {
            for (Workload workload : Workload.values()) {
                Optional<String> wanted = spoke.cleaning(workload).or(() -> spoke.job(workload)
                        .filter(job -> !job.state().isFinal() && !spoke.cleaned())
                        .map(Spoke.Job::intentId));
                Aspect aspect = workload == Workload.PRECACHE ? Aspect.PRECACHE : Aspect.BACKUP;
                Optional<String> found = Optional.ofNullable(
                                story.intents().get(Intent.spokeKey(Fleet.CGU, cluster, aspect)))
                        .map(Intent::id);
                // One that was taken over after its start does not ask again for a job that nobody waits for.
                if (story.lifecycle() instanceof Lifecycle.BeforeStart || found.isPresent()) {
                    assertThat(found).as("what is wanted of %s on %s", workload, cluster).isEqualTo(wanted);
                }
            }
        });
    }

    private void whatIsShownIsWhatIs() {
        if (!story.progress().book().dirty()) {
            assertThat(story.shown().getLast()).isEqualTo(story.cgu());
        }
    }

    private void everyWaitHasACondition() {
        boolean looked = story.memory().upgrade().orElseThrow().groundwork().snapshot().isPresent()
                || story.lifecycle() instanceof Lifecycle.InRollout;
        if (looked) {
            assertThat(story.progress().conditions()).isNotEmpty();
        }
        String state = story.conditions().isEmpty() ? "" : String.join(" ", story.conditions());
        switch (story.lifecycle()) {
            case Lifecycle.Blocked _ ->
                assertThat(state).containsPattern("Progressing=False (Missing|Incomplete)BlockingCR");
            case Lifecycle.NotEnabled _ -> assertThat(state).contains("Progressing=False NotEnabled");
            case Lifecycle.Precaching _ -> assertThat(state).contains("PrecachingSuceeded=False");
            case Lifecycle.BackingUp _ ->
                assertThat(state).contains("BackupSuceeded=False", "Progressing=False NotStarted");
            case Remediating _ -> assertThat(state).contains("Progressing=True");
            case Lifecycle.Settling _, Lifecycle.Finished _ -> assertThat(state).contains("Succeeded=");
            case Lifecycle.Preparing _, Lifecycle.BetweenBatches _, Lifecycle.Deleting _ -> {
                // has not looked yet, or shows what it showed before
            }
        }
    }
}
