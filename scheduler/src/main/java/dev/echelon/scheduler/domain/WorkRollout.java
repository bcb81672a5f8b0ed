package dev.echelon.scheduler.domain;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.intent.Intent.Work;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.result.Result;
import dev.echelon.scheduler.domain.Lifecycle.InRollout;
import dev.echelon.scheduler.domain.Spoke.Stage;
import dev.echelon.scheduler.domain.SpokeObjects.CurrentWork;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The manifest works of one cluster (contract 13.2, 13.3): one at a time, in the templates' order. A work that is
 * complete gives way to the next one; the last one stays when the cluster is complete, until works are dropped. Batches
 * and time-outs are the same as for policies, see {@link Remediation}.
 */
final class WorkRollout {

    private WorkRollout() {}

    /** What each cluster gets, named; nothing where the CGU rolls out policies. */
    static List<Work> works(Upgrade upgrade) {
        return upgrade.request().spec().manifestWorkTemplates().stream()
                .map(template -> new Work(
                        template,
                        SafeNames.inClusterNamespaces(
                                upgrade, SafeNames.desiredWorkName(upgrade.id().namespace(), template))))
                .toList();
    }

    /** Gives a cluster its first work, or takes it on at once where the hub has shown it complete already. */
    static void start(Draft draft, String cluster) {
        request(draft, cluster, 0);
        step(draft, cluster, 0);
    }

    /**
     * The hub shows the works of this CGU on a cluster.
     *
     * @param works by name
     */
    static void observe(Draft draft, String cluster, Map<String, ObservedWork> works) {
        Optional<Spoke> spoke = draft.state().spoke(cluster).filter(known -> known.batch() > 0);
        if (spoke.isEmpty() || works.equals(spoke.get().objects().work().seen())) {
            return;
        }
        switch (spoke.get().stage()) {
            case Stage.Waiting _ -> draft.emit(new Fact.WorkObserved(cluster, works, ""));
            case Stage.RollingOut(int index) -> {
                String name = ((InRollout) draft.lifecycle()).rollout().works().get(index).safeName();
                String before = problem(spoke.get().objects().work().seen().get(name));
                String now = problem(works.get(name));
                draft.emit(new Fact.WorkObserved(cluster, works, now.equals(before) ? "" : now));
                step(draft, cluster, index);
            }
            case Stage.InProgress _, Stage.Completed _, Stage.TimedOut _, Stage.WorkTimedOut _ -> {
                // it is done with
            }
        }
    }

    private static String problem(ObservedWork work) {
        return work == null ? "" : work.problem();
    }

    private static void step(Draft draft, String cluster, int from) {
        List<Work> works = ((InRollout) draft.lifecycle()).rollout().works();
        int index = from;
        while (isComplete(draft, cluster, works.get(index))) {
            index++;
            if (index == works.size()) {
                Remediation.complete(draft, cluster);
                return;
            }
            request(draft, cluster, index);
        }
    }

    private static boolean isComplete(Draft draft, String cluster, Work work) {
        ObservedWork seen = draft.spoke(cluster).objects().work().seen().get(work.safeName());
        return seen != null && seen.complete() && !seen.deleting() && seen.problem().isEmpty();
    }

    private static void request(Draft draft, String cluster, int index) {
        Work work = ((InRollout) draft.lifecycle()).rollout().works().get(index);
        draft.emit(new Fact.WorkRequested(cluster, index, work.template()));
        want(draft, cluster, work, index);
    }

    private static void want(Draft draft, String cluster, Work work, int index) {
        Progress progress = draft.progress();
        draft.want(new Intent.RollOutWork(
                progress.id(), IntentId.work(progress.uid(), index, cluster), cluster, work));
    }

    /** The cluster keeps the work that somebody else gave it. */
    static void takeOver(Draft draft, String cluster, int index) {
        want(draft, cluster, ((InRollout) draft.lifecycle()).rollout().works().get(index), index);
    }

    /** The cluster took too long for its batch. */
    static void timeOut(Draft draft, String cluster, int batch, int index) {
        Work work = ((InRollout) draft.lifecycle()).rollout().works().get(index);
        Optional<Map<String, Object>> status = Optional.ofNullable(
                        draft.spoke(cluster).objects().work().seen().get(work.safeName()))
                .map(ObservedWork::status);
        draft.emit(new Fact.WorkTimedOut(cluster, batch, index, work.template(), status));
        leave(draft, cluster);
    }

    /** What is on the cluster stays as it is, and is not made again. */
    static void leave(Draft draft, String cluster) {
        draft.settle(Intent.spokeKey(draft.progress().id(), cluster, Aspect.WORK));
    }

    /** Drops what the cluster has, unless that was asked for already. */
    static void drop(Draft draft, String cluster) {
        CurrentWork work = draft.spoke(cluster).objects().work();
        if (work.present() && work.dropping().isEmpty()) {
            Progress progress = draft.progress();
            String intentId = IntentId.dropWork(progress.uid(), cluster);
            draft.emit(new Fact.WorkDropping(cluster, intentId));
            draft.want(new Intent.RollOutWork(progress.id(), intentId, cluster, null));
        }
    }

    /** As {@link #drop}, on every cluster. */
    static void dropAll(Draft draft) {
        new TreeMap<>(draft.state().spokes()).keySet().forEach(cluster -> drop(draft, cluster));
    }

    /** The deletion of a cluster's works is under way. That a wanted work is there shows in what the hub shows. */
    static void settled(Draft draft, Result.WorkSettled result) {
        boolean awaited = draft.state()
                .spoke(result.cluster())
                .flatMap(spoke -> spoke.objects().work().dropping())
                .filter(result.intentId()::equals)
                .isPresent();
        if (awaited) {
            draft.emit(new Fact.WorkDropped(result.cluster()));
            leave(draft, result.cluster());
        }
    }
}
