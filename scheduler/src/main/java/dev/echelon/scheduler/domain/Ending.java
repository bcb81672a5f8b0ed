package dev.echelon.scheduler.domain;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.resource.CguStatus.ClusterState;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.domain.Lifecycle.CleanUp;
import dev.echelon.scheduler.domain.Lifecycle.Deleting;
import dev.echelon.scheduler.domain.Lifecycle.InRollout;
import dev.echelon.scheduler.domain.Lifecycle.Settling;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * How a CGU ends (contract 6.4, 7.5), what is cleaned up then (10.7), and how it is deleted (14).
 *
 * <p>The outcome shows at once. {@code completedAt} follows when nothing of the CGU enforces any more, all that has to go
 * from single spokes, and from the hub for them, is answered for, and labels and annotations are as they were asked for.
 * A deleted CGU stays until all of its left-overs are gone.
 */
final class Ending {

    private Ending() {}

    static void completed(Draft draft) {
        boolean works = ofWorks(draft);
        ConditionReason succeeded = works ? ConditionReason.SUCCEEDED_WORKS : ConditionReason.SUCCEEDED;
        end(
                draft,
                new Fact.Completed(succeeded.with(), total(draft)),
                works ? ConditionReason.PROGRESS_WORKS_COMPLETED : ConditionReason.PROGRESS_COMPLETED,
                succeeded);
    }

    /** There was nothing to do. */
    static void alreadyCompliant(Draft draft) {
        end(
                draft,
                new Fact.Completed(ConditionReason.SUCCEEDED_ALREADY.with(), total(draft)),
                ConditionReason.PROGRESS_COMPLETED,
                ConditionReason.SUCCEEDED_ALREADY);
    }

    /** @param where empty for the whole rollout, else what follows the message */
    static void timedOut(Draft draft, String where) {
        boolean works = ofWorks(draft);
        ConditionReason succeeded = works ? ConditionReason.WORKS_TIMED_OUT : ConditionReason.TIMED_OUT;
        end(
                draft,
                new Fact.TimedOut(succeeded.with(where), timedOutClusters(draft), total(draft)),
                works ? ConditionReason.PROGRESS_WORKS_TIMED_OUT : ConditionReason.PROGRESS_TIMED_OUT,
                succeeded,
                where);
    }

    /** @param why in brackets, as it follows the message */
    static void noneLeft(Draft draft, String why) {
        end(
                draft,
                new Fact.Failed(ConditionReason.NONE_LEFT.with(why), timedOutClusters(draft), total(draft)),
                ConditionReason.PROGRESS_NONE_LEFT,
                ConditionReason.NONE_LEFT,
                why);
    }

    private static void end(
            Draft draft, Fact outcome, ConditionReason progressing, ConditionReason succeeded, Object... values) {
        draft.emit(outcome);
        draft.conditions(List.of(
                Conditions.of(progressing, draft.now(), values), Conditions.of(succeeded, draft.now(), values)));
        settle(draft);
    }

    /**
     * Goes on with one whose outcome somebody else has written, and nothing more. Its end is told here, because it is
     * told when the clean-up begins.
     */
    static void resume(Draft draft, Condition succeeded) {
        List<String> timedOut = timedOutClusters(draft);
        draft.emit(
                succeeded.isTrue()
                        ? new Fact.Completed(succeeded.message(), total(draft))
                        : succeeded.reason().equals(ConditionReason.TIMED_OUT.reason())
                                ? new Fact.TimedOut(succeeded.message(), timedOut, total(draft))
                                : new Fact.Failed(succeeded.message(), timedOut, total(draft)));
        settle(draft);
    }

    private static void settle(Draft draft) {
        boolean deletes = draft.upgrade().request().spec().deletesObjects();
        boolean enforcement = draft.progress().enforcement().present();
        if (deletes) {
            WorkRollout.dropAll(draft);
        }
        Map<String, Spoke> spokes = toClean(draft, deletes);
        draft.emit(new Fact.SettlingBegan(
                new CleanUp(enforcement, cleanUps(spokes) + objectsAwaited(draft) + relabels(draft)), !deletes));
        cleanSpokes(draft, spokes);
        if (enforcement && deletes) {
            Enforcing.stop(draft);
        } else {
            Enforcing.issue(draft);
        }
    }

    /** Begins the deletion; the command is answered with the version that shows it. */
    static void delete(Draft draft, String commandId) {
        boolean enforcement = draft.progress().enforcement().present();
        InstallPlans.giveUp(draft);
        WorkRollout.dropAll(draft);
        Map<String, Spoke> spokes = toClean(draft, true);
        draft.emit(new Fact.DeletionRequested(
                draft.now(),
                new CleanUp(enforcement, cleanUps(spokes) + objectsAwaited(draft) + relabels(draft))));
        draft.show(commandId);
        cleanSpokes(draft, spokes);
        if (enforcement) {
            Enforcing.stop(draft);
        }
    }

    /** Asks for the left-overs of one job on one spoke to go, and for the job to be left off where it is under way. */
    static void cleanSpoke(Draft draft, String cluster, Workload workload) {
        String intentId = IntentId.clean(draft.progress().uid(), workload, draft.progress().round(), cluster);
        draft.emit(new Fact.CleaningRequested(cluster, workload, intentId));
        SpokeWork.settle(draft, cluster, workload);
        draft.want(new Intent.CleanSpoke(
                draft.progress().id(),
                intentId,
                cluster,
                workload == Workload.PRECACHE,
                workload == Workload.BACKUP));
    }

    static void cleaned(Draft draft, Result.SpokeCleaned result) {
        for (Workload workload : Workload.values()) {
            boolean awaited = draft.state()
                    .spoke(result.cluster())
                    .flatMap(spoke -> spoke.cleaning(workload))
                    .filter(result.intentId()::equals)
                    .isPresent();
            if (awaited) {
                draft.emit(new Fact.SpokeCleaned(result.cluster(), workload));
                SpokeWork.settle(draft, result.cluster(), workload);
            }
        }
    }

    /** Closes what has nothing left to wait for. */
    static void conclude(Draft draft) {
        switch (draft.lifecycle()) {
            case Settling(_, CleanUp cleanUp) when cleanUp.done() -> {
                draft.emit(new Fact.Finished(draft.now()));
                draft.urgent();
            }
            case Deleting(_, CleanUp cleanUp) when cleanUp.done() ->
                draft.emit(new Fact.Deleted(draft.progress().id()));
            case Lifecycle _ -> {
                // goes on, or waits
            }
        }
    }

    /**
     * Spokes whose clean-up the end has to wait for: always those where a job that nobody waits for any more still runs
     * (its cluster has left the plan) or a clean-up is under way, the others where left-overs are to be removed.
     */
    private static Map<String, Spoke> toClean(Draft draft, boolean leftOvers) {
        Map<String, Spoke> spokes = new TreeMap<>(draft.state().spokes());
        spokes.values().removeIf(spoke -> !spoke.hasOpenIntent() && !(leftOvers && spoke.needsCleaning()));
        return spokes;
    }

    /** How many answers are awaited about what is on the hub for single clusters. */
    private static int objectsAwaited(Draft draft) {
        return draft.state().spokes().values().stream()
                .map(Spoke::objects)
                .mapToInt(objects -> (objects.work().dropping().isPresent() ? 1 : 0)
                        + (objects.approvals().stopping().isPresent() ? 1 : 0))
                .sum();
    }

    private static boolean ofWorks(Draft draft) {
        return draft.lifecycle() instanceof InRollout state && state.rollout().ofWorks();
    }

    private static int total(Draft draft) {
        return RemediationPlan.clusters(draft.upgrade().groundwork().plan()).size();
    }

    private static List<String> timedOutClusters(Draft draft) {
        return Projection.outcomes(draft.state().spokes()).stream()
                .filter(entry -> entry.state().equals("timedout"))
                .map(ClusterState::name)
                .toList();
    }

    /** How many changes of labels and annotations are still under way: they are carried out, whatever the end is. */
    private static int relabels(Draft draft) {
        return draft.state().spokes().values().stream()
                .mapToInt(spoke -> spoke.relabels().size())
                .sum();
    }

    private static void cleanSpokes(Draft draft, Map<String, Spoke> spokes) {
        spokes.forEach((cluster, spoke) -> spoke.toClean().forEach(workload -> cleanSpoke(draft, cluster, workload)));
    }

    /** How many clean-ups are under way there, or are going to be. */
    private static int cleanUps(Map<String, Spoke> spokes) {
        return spokes.values().stream()
                .mapToInt(spoke -> spoke.toClean().size()
                        + (int) Stream.of(Workload.values())
                                .filter(workload -> spoke.cleaning(workload).isPresent())
                                .count())
                .sum();
    }
}
