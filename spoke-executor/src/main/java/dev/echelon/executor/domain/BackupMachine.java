package dev.echelon.executor.domain;

import static dev.echelon.executor.domain.BackupObjects.JOB_VIEW;
import static dev.echelon.executor.domain.BackupObjects.NAMESPACE_VIEW;
import static dev.echelon.executor.domain.BackupObjects.VIEWS;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.executor.domain.BackupState.Active;
import dev.echelon.executor.domain.BackupState.Failed;
import dev.echelon.executor.domain.BackupState.PreparingToStart;
import dev.echelon.executor.domain.BackupState.Starting;
import dev.echelon.executor.domain.BackupState.Succeeded;
import dev.echelon.executor.domain.BackupState.TimedOut;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The backup of one spoke (contract 11).
 *
 * <p>Properties kept:
 * <ul>
 *   <li>Errors never change the state; they are looked at again until the hub-side limit of 1200 s ends the backup.
 *   <li>The namespace of an earlier run is gone before the job is asked for. (Upstream does not wait; the new job then
 *       dies with the old namespace.) A namespace that the spoke shows is the new one where the spoke has answered the
 *       delete and a view that was made afterwards shows it. An answer that names no uid is taken at its word. Where a
 *       namespace is shown and the delete gives no sign of life for 20 s, nobody carries it out: then it is not waited
 *       for, as upstream does not.
 *   <li>The namespace and its view are asked for in one go, as upstream does it; what a late delete took with it is
 *       asked for again.
 *   <li>After a success the clean-up is tried until it is done, and the job's view is the last to go, as for the
 *       pre-cache. (Upstream cleans up before the state advances; a crash in between would lose the success, because
 *       the job that shows it is deleted by then.)
 * </ul>
 *
 * @param image of the job; empty where none is configured
 */
public record BackupMachine(Intent.Backup intent, String image) implements JobMachine<BackupState> {

    /** The error that contract 1.8 publishes. */
    static final String NO_IMAGE = "can't find recovery image pull spec in environment";

    private static final Duration LIMIT = Duration.ofSeconds(1200);

    @Override
    public Workload workload() {
        return Workload.BACKUP;
    }

    @Override
    public BackupMachine with(Intent newer) {
        return newer instanceof Intent.Backup backup ? new BackupMachine(backup, image) : this;
    }

    @Override
    public BackupState first() {
        return new PreparingToStart();
    }

    @Override
    public BackupState resume(SpokeState reported, ObservedSpoke spoke) {
        return switch (reported) {
            case PREPARING_TO_START -> new PreparingToStart();
            // Where nothing shows that the job was asked for, what the spoke has may be an earlier run's: prepare once
            // more, which is not reported again.
            case STARTING -> spoke.hasView(JOB_VIEW) || spoke.hasAction(BackupObjects.JOB_ACTION)
                    ? new PreparingToStart().start().cleaned()
                    : new PreparingToStart();
            case ACTIVE -> new Active();
            case SUCCEEDED -> new Succeeded();
            case BACKUP_TIMEOUT -> new TimedOut();
            case UNRECOVERABLE_ERROR -> new Failed();
            case NOT_STARTED, PRECACHE_TIMEOUT ->
                throw new IllegalArgumentException("a backup cannot be " + reported.wire());
        };
    }

    @Override
    public Optional<SpokeState> known() {
        return Optional.ofNullable(intent.known());
    }

    @Override
    public Step<BackupState> waiting(BackupState state, Instant now) {
        return inTime(Step.rest(state), now);
    }

    @Override
    public String jobView() {
        return JOB_VIEW;
    }

    @Override
    public boolean hasLeftOvers(ObservedSpoke spoke) {
        return BackupObjects.hasLeftOvers(spoke);
    }

    @Override
    public Step<BackupState> next(BackupState state, ObservedSpoke spoke, Instant now) {
        return switch (state) {
            case PreparingToStart preparing -> inTime(prepare(preparing), now);
            case Starting starting -> inTime(start(starting, spoke, now), now);
            case Active active -> inTime(active(active, spoke), now);
            case Succeeded succeeded -> hasLeftOvers(spoke)
                    ? Step.to(succeeded, BackupObjects.finish(cluster()))
                    : Step.rest(succeeded);
            case TimedOut timedOut -> Step.rest(timedOut);
            case Failed failed -> Step.rest(failed);
        };
    }

    private Step<BackupState> prepare(PreparingToStart state) {
        List<Change> changes = new ArrayList<>(SpokeObjects.deleteViews(cluster(), VIEWS));
        changes.addAll(SpokeObjects.deleteActions(cluster(), BackupObjects.CREATE_ACTIONS));
        changes.addAll(BackupObjects.deleteOnSpoke(cluster()));
        return Step.to(state.start(), changes);
    }

    private Step<BackupState> start(Starting state, ObservedSpoke spoke, Instant now) {
        // A job that runs or has ended decides, whatever the namespace's view says.
        if (spoke.view(JOB_VIEW) instanceof ViewAnswer.Found(var job) && JobStatus.of(job) != JobStatus.PENDING) {
            return outcome(state, job, spoke);
        }
        return switch (spoke.view(NAMESPACE_VIEW)) {
            case ViewAnswer.Absent _ -> begin(state, now);
            case ViewAnswer.Pending _ -> Step.rest(state);
            case ViewAnswer.Refused refused -> Step.trouble(state, refused.message());
            case ViewAnswer.NotFound _ -> askForNamespace(state, spoke, now);
            case ViewAnswer.Found(var namespace) -> {
                boolean deleting = BackupObjects.DELETE_ACTIONS.stream().anyMatch(spoke::isWaiting);
                if (isTerminating(namespace)) {
                    yield awaitTermination(state, deleting, now);
                }
                if (state.clean() || !isNamed(namespace)) {
                    yield startJob(state, spoke, now);
                }
                yield deleting ? awaitDeletion(state, spoke, now)
                        : Step.to(deleted(state, spoke), List.of(lookAgain()));
            }
        };
    }

    private Step<BackupState> begin(Starting state, Instant now) {
        Change look = new Change.Ensure(BackupObjects.namespaceView(cluster()));
        if (!state.namespace().isFirst()) {
            return Step.to(state, List.of(look));
        }
        List<Change> changes = new ArrayList<>(BackupObjects.createDependencies(cluster()));
        changes.add(look);
        return Step.to(state.withNamespace(state.namespace().asked(now)), changes);
    }

    private Step<BackupState> askForNamespace(Starting state, ObservedSpoke spoke, Instant now) {
        Asking asking = state.namespace();
        boolean waiting = spoke.isWaiting(BackupObjects.NAMESPACE_ACTION);
        return switch (asking.turn(NAMESPACE_VIEW, waiting, now)) {
            case ASK -> {
                List<Change> changes = new ArrayList<>(
                        SpokeObjects.withdrawWaiting(cluster(), BackupObjects.DELETE_ACTIONS, spoke));
                changes.addAll(BackupObjects.createDependencies(cluster()));
                changes.add(lookAgain());
                yield Step.to(state.cleaned().withNamespace(asking.asked(now)), changes);
            }
            case LOOK -> Step.to(state.withNamespace(asking.lookedAt(NAMESPACE_VIEW)), List.of(lookAgain()));
            case WAIT -> Step.rest(state, asking.again(waiting));
        };
    }

    /** The delete is over, and what the view shows may be from before: it is looked at anew. */
    private static Starting deleted(Starting state, ObservedSpoke spoke) {
        Starting cleaned = state.cleaned();
        return spoke.isWaiting(BackupObjects.NAMESPACE_ACTION)
                ? cleaned
                : cleaned.withNamespace(state.namespace().lookedAt(NAMESPACE_VIEW));
    }

    /** Nothing tells of a namespace's end but the view, whose own refresh takes longer than most namespaces do. */
    private Step<BackupState> awaitTermination(Starting state, boolean deleting, Instant now) {
        Asking old = state.old();
        if (old.isFirst()) {
            return Step.to(state.withOld(old.asked(now)), List.of());
        }
        Instant again = old.again(deleting);
        return now.isBefore(again)
                ? Step.rest(state, again)
                : Step.to(state.withOld(old.asked(now)), List.of(lookAgain()));
    }

    /** The spoke shows a namespace that it is still to delete. */
    private Step<BackupState> awaitDeletion(Starting state, ObservedSpoke spoke, Instant now) {
        if (state.old().isFirst()) {
            return Step.to(state.withOld(state.old().asked(now)), List.of());
        }
        Instant patience = state.old().last().plus(SpokeObjects.DELETES_TAKE);
        return now.isBefore(patience) ? Step.rest(state, patience) : startJob(state.cleaned(), spoke, now);
    }

    private Change lookAgain() {
        return new Change.Recreate(BackupObjects.namespaceView(cluster()));
    }

    private Step<BackupState> startJob(Starting state, ObservedSpoke spoke, Instant now) {
        return switch (spoke.view(JOB_VIEW)) {
            case ViewAnswer.Pending _, ViewAnswer.Found _ -> Step.rest(state);
            case ViewAnswer.Refused refused -> Step.trouble(state, refused.message());
            case ViewAnswer.Absent _ -> state.job().isFirst()
                    ? awaitJob(state, spoke, now)
                    : Step.to(state, List.of(new Change.Ensure(BackupObjects.jobView(cluster()))));
            case ViewAnswer.NotFound _ -> awaitJob(state, spoke, now);
        };
    }

    private Step<BackupState> awaitJob(Starting state, ObservedSpoke spoke, Instant now) {
        if (image.isEmpty()) {
            return Step.trouble(state, NO_IMAGE);
        }
        Asking asking = state.job();
        boolean waiting = spoke.isWaiting(BackupObjects.JOB_ACTION);
        Change look = new Change.Recreate(BackupObjects.jobView(cluster()));
        return switch (asking.turn(JOB_VIEW, waiting, now)) {
            case ASK -> Step.to(state.cleaned().withJob(asking.asked(now)),
                    List.of(look, BackupObjects.createJob(cluster(), image)));
            case LOOK -> Step.to(state.withJob(asking.lookedAt(JOB_VIEW)), List.of(look));
            case WAIT -> Step.rest(state, asking.again(waiting));
        };
    }

    private Step<BackupState> active(Active state, ObservedSpoke spoke) {
        return switch (spoke.view(JOB_VIEW)) {
            case ViewAnswer.Absent _ ->
                Step.to(state, List.of(new Change.Ensure(BackupObjects.jobView(cluster()))));
            case ViewAnswer.Pending _ -> Step.rest(state);
            case ViewAnswer.NotFound _ ->
                Step.trouble(state, "job " + BackupObjects.AGENT + " not found on cluster " + cluster());
            case ViewAnswer.Refused refused -> Step.trouble(state, refused.message());
            case ViewAnswer.Found(var job) -> outcome(state, job, spoke);
        };
    }

    private Step<BackupState> outcome(BackupState state, Map<String, Object> job, ObservedSpoke spoke) {
        return switch (JobStatus.of(job)) {
            case PENDING -> Step.rest(state);
            case ACTIVE -> {
                if (!(state instanceof Active)) {
                    yield Step.to(new Active(), List.of());
                }
                yield spoke.available()
                        ? Step.rest(state)
                        : Step.trouble(state, SpokeObjects.unavailable(cluster()));
            }
            // Nothing is cleaned up before this is reported: the clean-up deletes the job, the only proof of the
            // success.
            case SUCCEEDED -> Step.to(new Succeeded(), List.of());
            case DEADLINE_EXCEEDED -> Step.end(new TimedOut(), List.of(),
                    "job " + BackupObjects.AGENT + " exceeded its deadline");
            case BACKOFF_LIMIT_EXCEEDED -> Step.end(new Failed(), List.of(),
                    JobReport.whyFailed(BackupObjects.AGENT, JobReport.of(job)));
            case UNKNOWN_FAILURE -> Step.trouble(state,
                    "job " + BackupObjects.AGENT + " failed for a reason that is not known");
        };
    }

    /** The hub-side limit: what would not be final after it is a timeout. */
    private Step<BackupState> inTime(Step<BackupState> step, Instant now) {
        Instant deadline = intent.startedAt().plus(LIMIT);
        if (step.next().published().isFinal()) {
            return step;
        }
        return now.isBefore(deadline)
                ? step.noLaterThan(deadline)
                : Step.end(new TimedOut(), List.of(), "the backup did not end within " + LIMIT.toSeconds() + " seconds"
                        + (step.trouble().isEmpty() ? "" : ": " + step.trouble()));
    }

    private static boolean isTerminating(Map<String, Object> namespace) {
        return Trees.map(namespace.get("metadata")).get("deletionTimestamp") != null
                || "Terminating".equals(Trees.map(namespace.get("status")).get("phase"));
    }

    private static boolean isNamed(Map<String, Object> namespace) {
        return Trees.map(namespace.get("metadata")).get("uid") != null;
    }

    private String cluster() {
        return intent.cluster();
    }
}
