package dev.echelon.scheduler.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.contract.result.Result.SpokeProgress;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.domain.Lifecycle.BackingUp;
import dev.echelon.scheduler.domain.Lifecycle.BeforeStart;
import dev.echelon.scheduler.domain.Lifecycle.Precaching;
import dev.echelon.scheduler.domain.Lifecycle.Preparing;
import dev.echelon.scheduler.domain.Progress.Tally;
import dev.echelon.scheduler.domain.Spoke.Job;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The two gates before the start that wait for jobs on the spokes: pre-caching (contract 10) and backup (contract 11). How
 * a job comes about is the executor's craft; here only outcomes count.
 */
final class SpokeWork {

    private SpokeWork() {}

    /**
     * Asks the spokes that were not asked yet, and answers with the gate while it is closed. What they have to pull is
     * looked at until it was found good; from then on it is frozen.
     */
    static Optional<BeforeStart> precache(
            Draft draft, FleetSnapshot snapshot, List<ObservedPolicy> policies, List<String> clusters) {
        if (draft.upgrade().groundwork().precacheSpec().isEmpty()) {
            switch (PrecacheSoftware.find(policies, snapshot.precacheInputs(), snapshot.updateGraph())) {
                case PrecacheSoftware.Awaited() -> {
                    return Optional.of(new Preparing());
                }
                case PrecacheSoftware.Incomplete(ConditionReason reason, String value) -> {
                    draft.condition(reason, value);
                    return Optional.of(new Preparing());
                }
                case PrecacheSoftware.Consistent(PrecacheSpec found) -> {
                    draft.emit(new Fact.PrecacheSpecFrozen(found));
                    draft.condition(ConditionReason.PRECACHE_SPEC_VALID);
                }
            }
        }
        PrecacheSpec spec = draft.upgrade().groundwork().precacheSpec().orElseThrow();
        List<String> unasked = clusters.stream()
                .filter(cluster -> draft.spoke(cluster).precache().isEmpty())
                .toList();
        for (String cluster : unasked) {
            String intentId = IntentId.precache(draft.progress().uid(), draft.progress().round(), cluster);
            draft.emit(new Fact.PrecacheRequested(
                    cluster, intentId, draft.now(), draft.progress().clocks().timeout()));
        }
        // Only now is it known how many there are, which the intents say.
        for (String cluster : unasked) {
            // A backup that an earlier version asked for lies under the pre-cache's key: asked again, it has its own.
            draft.spoke(cluster).backup()
                    .filter(job -> !job.state().isFinal())
                    .ifPresent(job -> draft.want(backupIntent(draft, cluster, job)));
            draft.want(precacheIntent(draft, cluster, draft.spoke(cluster).precache().orElseThrow(), spec));
        }
        Tally tally = draft.progress().precache();
        if (tally.open() > 0) {
            draft.recount(ConditionReason.PRECACHE_IN_PROGRESS, tally.open());
            return Optional.of(new Precaching());
        }
        if (tally.allFailed()) {
            draft.condition(ConditionReason.PRECACHE_FAILED);
            return Optional.of(new Precaching());
        }
        if (tally.failed() > 0) {
            draft.condition(ConditionReason.PRECACHE_PARTIAL, tally.failed());
        } else {
            draft.condition(ConditionReason.PRECACHE_COMPLETED);
        }
        return Optional.empty();
    }

    /** As {@link #precache}; {@code Progressing} says beside it that the rollout waits. */
    static Optional<BeforeStart> backUp(Draft draft, List<String> clusters) {
        for (String cluster : clusters) {
            if (draft.spoke(cluster).backup().isEmpty()) {
                String intentId =
                        IntentId.backup(draft.progress().uid(), draft.progress().round(), cluster);
                draft.emit(new Fact.BackupRequested(cluster, intentId, draft.now()));
                draft.want(backupIntent(draft, cluster, draft.spoke(cluster).backup().orElseThrow()));
            }
        }
        Tally tally = draft.progress().backup();
        if (tally.open() > 0) {
            draft.conditions(List.of(
                    condition(draft, ConditionReason.BACKUP_IN_PROGRESS, tally.open()),
                    condition(draft, ConditionReason.NOT_STARTED)));
            return Optional.of(new BackingUp());
        }
        if (tally.allFailed()) {
            draft.conditions(List.of(
                    condition(draft, ConditionReason.BACKUP_FAILED), condition(draft, ConditionReason.NOT_STARTED)));
            return Optional.of(new BackingUp());
        }
        if (tally.failed() > 0) {
            draft.condition(ConditionReason.BACKUP_PARTIAL, tally.failed());
        } else {
            draft.condition(ConditionReason.BACKUP_COMPLETED);
        }
        return Optional.empty();
    }

    /** Those whose job succeeded, in order. */
    static List<String> succeeded(Draft draft, Workload workload, List<String> clusters) {
        return clusters.stream()
                .filter(cluster -> draft.spoke(cluster)
                        .job(workload)
                        .filter(Job::succeeded)
                        .isPresent())
                .toList();
    }

    /** The jobs are not wanted any more: their left-overs are removed, and the gate is open. */
    static void cancel(Draft draft, Workload workload) {
        Progress progress = draft.progress();
        boolean nothingToCancel = progress.tally(workload).asked() == 0
                && (workload == Workload.BACKUP
                        || Conditions.find(progress.conditions(), ConditionReason.Type.PRECACHE_SPEC_VALID)
                                .isEmpty());
        if (nothingToCancel) {
            return;
        }
        Map<String, Spoke> spokes = new TreeMap<>(draft.state().spokes());
        draft.emit(new Fact.WorkCancelled(workload));
        spokes.forEach((cluster, spoke) -> spoke.job(workload).ifPresent(job -> {
            if (!job.succeeded()) {
                Ending.cleanSpoke(draft, cluster, workload);
            }
            draft.emit(new Fact.JobDropped(cluster, workload));
        }));
        draft.show("");
    }

    /** The terms of pre-caching changed while it is under way (contract 10.4, error rule, and the job's deadline). */
    static void reissuePrecache(Draft draft) {
        if (draft.progress().precache().open() == 0) {
            return;
        }
        PrecacheSpec spec = draft.upgrade().groundwork().precacheSpec().orElseThrow();
        new TreeMap<>(draft.state().spokes()).forEach((cluster, spoke) -> spoke.precache()
                .filter(job -> !job.state().isFinal())
                .ifPresent(job -> draft.want(precacheIntent(draft, cluster, job, spec))));
    }

    /** Jobs that somebody else began go on from where they are. */
    static void takeOver(Draft draft) {
        new TreeMap<>(draft.state().spokes()).forEach((cluster, spoke) -> spoke.backup()
                .filter(job -> !job.state().isFinal())
                .ifPresent(job -> draft.want(backupIntent(draft, cluster, job))));
        reissuePrecache(draft);
    }

    /** Neither a job of this kind nor a clean-up after one is wanted of the spoke, until one is asked for again. */
    static void settle(Draft draft, String cluster, Workload workload) {
        CguId id = draft.progress().id();
        draft.settle(Intent.spokeKey(id, cluster, aspect(workload)));
        if (workload == Workload.BACKUP && !draft.spoke(cluster).isWorkedOn(Workload.PRECACHE)) {
            // An earlier version kept its intents about backups there.
            draft.settle(Intent.spokeKey(id, cluster, Aspect.PRECACHE));
        }
    }

    /** A spoke's job entered a state. A state that is not ahead of the known one is old news. */
    static void progressed(Draft draft, SpokeProgress result) {
        boolean news = draft.state()
                .spoke(result.cluster())
                .filter(spoke -> spoke.cleaning(result.workload()).isEmpty())
                .flatMap(spoke -> spoke.job(result.workload()))
                .filter(job -> job.intentId().equals(result.intentId()))
                .filter(job -> rank(result.state()) > rank(job.state()))
                .isPresent();
        if (news) {
            progress(draft, result.cluster(), result.workload(), result.state(), result.detail());
        }
    }

    /** The spoke's time to get its pre-cache job running is over (decision on row 15). */
    static void checkTime(Draft draft, String cluster) {
        Spoke spoke = draft.spoke(cluster);
        if (spoke.deadline().filter(draft.now()::isAfter).isPresent()) {
            progress(
                    draft,
                    cluster,
                    Workload.PRECACHE,
                    SpokeState.PRECACHE_TIMEOUT,
                    "no pre-cache job runs " + draft.progress().clocks().timeout().toMinutes()
                            + " minutes after it was asked for");
        }
    }

    private static void progress(Draft draft, String cluster, Workload workload, SpokeState state, String detail) {
        SpokeState before = draft.spoke(cluster).job(workload).orElseThrow().state();
        draft.emit(new Fact.SpokeProgressed(cluster, workload, before, state, detail));
        if (!state.isFinal()) {
            return;
        }
        settle(draft, cluster, workload);
        int open = draft.progress().tally(workload).open();
        if (draft.lifecycle() instanceof BeforeStart gate) {
            if (open == 0) {
                Preparation.pass(draft);
            } else if (gate instanceof Precaching && workload == Workload.PRECACHE) {
                draft.recount(ConditionReason.PRECACHE_IN_PROGRESS, open);
            } else if (gate instanceof BackingUp && workload == Workload.BACKUP) {
                draft.recount(ConditionReason.BACKUP_IN_PROGRESS, open);
            }
        }
    }

    private static Intent precacheIntent(Draft draft, String cluster, Job job, PrecacheSpec spec) {
        return new Intent.Precache(
                draft.progress().id(),
                job.intentId(),
                cluster,
                spec,
                Math.toIntExact(draft.progress().clocks().timeout().toMinutes()),
                draft.progress().clocks().enabledAt().isPresent(),
                draft.progress().precache().asked(),
                job.state() == SpokeState.NOT_STARTED ? null : job.state());
    }

    private static Intent.Backup backupIntent(Draft draft, String cluster, Job job) {
        return new Intent.Backup(
                draft.progress().id(),
                job.intentId(),
                cluster,
                job.requestedAt(),
                job.state() == SpokeState.PREPARING_TO_START ? null : job.state());
    }

    private static Aspect aspect(Workload workload) {
        return switch (workload) {
            case PRECACHE -> Aspect.PRECACHE;
            case BACKUP -> Aspect.BACKUP;
        };
    }

    private static Condition condition(Draft draft, ConditionReason reason, Object... values) {
        return Conditions.of(reason, draft.now(), values);
    }

    private static int rank(SpokeState state) {
        return switch (state) {
            case NOT_STARTED -> 0;
            case PREPARING_TO_START -> 1;
            case STARTING -> 2;
            case ACTIVE -> 3;
            case SUCCEEDED, PRECACHE_TIMEOUT, BACKUP_TIMEOUT, UNRECOVERABLE_ERROR -> 4;
        };
    }
}
