package dev.echelon.executor.domain;

import static dev.echelon.executor.domain.PrecacheObjects.DEPENDENCY_VIEWS;
import static dev.echelon.executor.domain.PrecacheObjects.JOB_VIEW;
import static dev.echelon.executor.domain.PrecacheObjects.NAMESPACE_VIEW;
import static dev.echelon.executor.domain.PrecacheObjects.VIEWS;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.executor.domain.PrecacheState.Active;
import dev.echelon.executor.domain.PrecacheState.Failed;
import dev.echelon.executor.domain.PrecacheState.NotStarted;
import dev.echelon.executor.domain.PrecacheState.PreparingToStart;
import dev.echelon.executor.domain.PrecacheState.Starting;
import dev.echelon.executor.domain.PrecacheState.Succeeded;
import dev.echelon.executor.domain.PrecacheState.TimedOut;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pre-cache of one spoke (contract 10.4).
 *
 * <p>Properties kept:
 * <ul>
 *   <li>No answer yet (a view without conditions, a job without status) is never an error.
 *   <li>A delete that the spoke has not carried out is waited for before anything is created, so that it does not
 *       delete what was just made. One that gives no sign of life for 20 s nobody carries out: it stays, as upstream
 *       leaves it.
 *   <li>After a success the job's view is the last to go: while it is there the clean-up is not done, and a restart
 *       sees that.
 *   <li>A spoke whose job cannot be created within the CGU's timeout ends as PrecacheTimeout.
 *   <li>A spoke that is away for a moment while its job runs loses nothing by it.
 * </ul>
 *
 * @param since when the spoke's pre-cache was asked for, from which the timeout counts
 * @param image of the job; empty where none is configured
 */
public record PrecacheMachine(Intent.Precache intent, Instant since, String image)
        implements JobMachine<PrecacheState> {

    /** The error that contract 1.8 publishes. */
    static final String NO_IMAGE = "PRECACHE_IMG environment variable is not set";

    /** What the CGU has where it names no timeout (contract 1.2). */
    private static final int DEFAULT_TIMEOUT_MINUTES = 240;

    @Override
    public Workload workload() {
        return Workload.PRECACHE;
    }

    @Override
    public PrecacheMachine with(Intent newer) {
        return newer instanceof Intent.Precache precache ? new PrecacheMachine(precache, since, image) : this;
    }

    @Override
    public PrecacheState first() {
        return new NotStarted();
    }

    @Override
    public PrecacheState resume(SpokeState reported, ObservedSpoke spoke) {
        return switch (reported) {
            case NOT_STARTED -> new NotStarted();
            case PREPARING_TO_START -> new PreparingToStart();
            case STARTING -> new PreparingToStart().start();
            case ACTIVE -> new Active();
            case SUCCEEDED -> new Succeeded();
            case PRECACHE_TIMEOUT -> new TimedOut();
            case UNRECOVERABLE_ERROR -> new Failed();
            case BACKUP_TIMEOUT -> throw new IllegalArgumentException("a pre-cache cannot be " + reported.wire());
        };
    }

    /** A running job whose view is gone is looked at anew, where a job of our own would have failed by then. */
    @Override
    public PrecacheState takeOver(SpokeState known, ObservedSpoke spoke) {
        return known == SpokeState.ACTIVE && !spoke.hasView(JOB_VIEW)
                ? new PreparingToStart().start()
                : resume(known, spoke);
    }

    @Override
    public Optional<SpokeState> known() {
        return Optional.ofNullable(intent.known());
    }

    @Override
    public Step<PrecacheState> waiting(PrecacheState state, Instant now) {
        return inTime(Step.rest(state), now);
    }

    @Override
    public String jobView() {
        return JOB_VIEW;
    }

    @Override
    public boolean hasLeftOvers(ObservedSpoke spoke) {
        return PrecacheObjects.hasLeftOvers(spoke);
    }

    @Override
    public Step<PrecacheState> next(PrecacheState state, ObservedSpoke spoke, Instant now) {
        return switch (state) {
            case NotStarted notStarted -> inTime(prepare(notStarted), now);
            case PreparingToStart preparing -> inTime(awaitDeletion(preparing, spoke, now), now);
            case Starting starting -> inTime(start(starting, spoke, now), now);
            case Active active -> active(active, spoke, now);
            case Succeeded succeeded -> cleanUp(succeeded, spoke);
            case TimedOut timedOut -> Step.rest(timedOut);
            case Failed failed -> Step.rest(failed);
        };
    }

    private Step<PrecacheState> prepare(NotStarted state) {
        List<Change> changes = new ArrayList<>(SpokeObjects.deleteViews(cluster(), VIEWS));
        changes.addAll(SpokeObjects.deleteActions(cluster(), PrecacheObjects.CREATE_ACTIONS));
        changes.addAll(PrecacheObjects.deleteOnSpoke(cluster()));
        changes.add(new Change.Ensure(PrecacheObjects.namespaceView(cluster())));
        return Step.to(state.prepare(), changes);
    }

    private Step<PrecacheState> awaitDeletion(PreparingToStart state, ObservedSpoke spoke, Instant now) {
        return switch (spoke.view(NAMESPACE_VIEW)) {
            case ViewAnswer.Absent _ ->
                Step.to(state, List.of(new Change.Ensure(PrecacheObjects.namespaceView(cluster()))));
            case ViewAnswer.Pending _ -> Step.rest(state);
            case ViewAnswer.Found _ -> Step.rest(state);
            case ViewAnswer.NotFound _ -> awaitDeletes(state, spoke, now);
            case ViewAnswer.Refused refused -> error(state, refused.message());
        };
    }

    private Step<PrecacheState> awaitDeletes(PreparingToStart state, ObservedSpoke spoke, Instant now) {
        if (PrecacheObjects.DELETE_ACTIONS.stream().noneMatch(spoke::isWaiting)) {
            return Step.to(state.start(), List.of());
        }
        if (state.goneSince().isEmpty()) {
            return Step.to(new PreparingToStart(Optional.of(now)), List.of());
        }
        Instant patience = state.goneSince().get().plus(SpokeObjects.DELETES_TAKE);
        return now.isBefore(patience) ? Step.rest(state, patience) : Step.to(state.start(), List.of());
    }

    private Step<PrecacheState> start(Starting state, ObservedSpoke spoke, Instant now) {
        // A job that runs or has ended decides, whatever the other views say: after a crash they may be gone already.
        if (spoke.view(JOB_VIEW) instanceof ViewAnswer.Found(var job) && JobStatus.of(job) != JobStatus.PENDING) {
            return outcome(state, job, spoke, now);
        }
        List<String> absent = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        boolean pending = false;
        for (String view : DEPENDENCY_VIEWS) {
            switch (spoke.view(view)) {
                case ViewAnswer.Absent _ -> absent.add(view);
                case ViewAnswer.NotFound _ -> missing.add(view);
                case ViewAnswer.Pending _ -> pending = true;
                case ViewAnswer.Found _ -> {}
                case ViewAnswer.Refused refused -> {
                    return error(state, refused.message());
                }
            }
        }
        if (!absent.isEmpty() || !missing.isEmpty()) {
            return awaitDependencies(state, absent, missing, spoke, now);
        }
        return pending ? Step.rest(state) : startJob(state, spoke, now);
    }

    private Step<PrecacheState> awaitDependencies(
            Starting state, List<String> absent, List<String> missing, ObservedSpoke spoke, Instant now) {
        Asking asking = state.dependencies();
        Instant again = Instant.MAX;
        boolean ask = asking.isFirst();
        List<String> look = new ArrayList<>();
        for (String view : missing) {
            boolean waiting = spoke.isWaiting(PrecacheObjects.makerOf(view));
            switch (asking.turn(view, waiting, now)) {
                case ASK -> ask = true;
                case LOOK -> look.add(view);
                case WAIT -> {
                    Instant due = asking.again(waiting);
                    again = due.isBefore(again) ? due : again;
                }
            }
        }
        List<Change> changes = new ArrayList<>();
        absent.forEach(view -> changes.add(new Change.Ensure(dependencyView(view))));
        if (ask) {
            changes.addAll(0, PrecacheObjects.createDependencies(cluster(), intent.spec()));
            if (!asking.isFirst()) {
                missing.forEach(view -> changes.add(new Change.Recreate(dependencyView(view))));
            }
            return Step.to(state.withDependencies(asking.asked(now)), changes);
        }
        Asking looked = asking;
        for (String view : look) {
            changes.add(new Change.Recreate(dependencyView(view)));
            looked = looked.lookedAt(view);
        }
        return changes.isEmpty() ? Step.rest(state, again) : Step.to(state.withDependencies(looked), changes);
    }

    private Step<PrecacheState> startJob(Starting state, ObservedSpoke spoke, Instant now) {
        return switch (spoke.view(JOB_VIEW)) {
            case ViewAnswer.Absent _ ->
                Step.to(state, List.of(
                        new Change.Ensure(PrecacheObjects.jobView(cluster(), intent.clusters()))));
            case ViewAnswer.Pending _, ViewAnswer.Found _ -> Step.rest(state);
            case ViewAnswer.NotFound _ -> image.isEmpty() ? withoutImage(state) : awaitJob(state, spoke, now);
            case ViewAnswer.Refused refused -> error(state, refused.message());
        };
    }

    private Step<PrecacheState> awaitJob(Starting state, ObservedSpoke spoke, Instant now) {
        Asking asking = state.job();
        boolean waiting = spoke.isWaiting(PrecacheObjects.JOB_ACTION);
        Change look = new Change.Recreate(PrecacheObjects.jobViewMadeWithJob(cluster()));
        return switch (asking.turn(JOB_VIEW, waiting, now)) {
            case ASK -> Step.to(state.withJob(asking.asked(now)),
                    List.of(look, PrecacheObjects.createJob(cluster(), timeoutMinutes(), image)));
            case LOOK -> Step.to(state.withJob(asking.lookedAt(JOB_VIEW)), List.of(look));
            case WAIT -> Step.rest(state, asking.again(waiting));
        };
    }

    private Step<PrecacheState> active(Active state, ObservedSpoke spoke, Instant now) {
        return switch (spoke.view(JOB_VIEW)) {
            case ViewAnswer.Absent _ -> {
                // While the CGU is not enabled an error is retried: here, by looking again.
                List<Change> lookAgain =
                        List.of(new Change.Ensure(PrecacheObjects.jobView(cluster(), intent.clusters())));
                yield intent.enabled()
                        ? error(state, "ManagedClusterView " + JOB_VIEW + " of cluster " + cluster() + " not found")
                        : Step.to(state, lookAgain);
            }
            case ViewAnswer.Pending _ -> await(state, spoke, now);
            case ViewAnswer.NotFound _ ->
                error(state, "job " + PrecacheObjects.JOB + " not found on cluster " + cluster());
            case ViewAnswer.Refused refused -> error(state, refused.message());
            case ViewAnswer.Found(var job) -> outcome(state, job, spoke, now);
        };
    }

    /**
     * Nothing is known but that the job ran. What a cluster that is away was seen to do is old news, and nobody tells
     * of its end: an error, once it lasts longer than between two of upstream's looks.
     */
    private Step<PrecacheState> await(Active state, ObservedSpoke spoke, Instant now) {
        if (spoke.available()) {
            return Step.to(new Active(), List.of());
        }
        if (state.awaySince().isEmpty()) {
            return Step.to(new Active(Optional.of(now)), List.of());
        }
        Instant patience = state.awaySince().get().plus(Retry.LONGEST);
        return now.isBefore(patience)
                ? Step.rest(state, patience)
                : error(state, SpokeObjects.unavailable(cluster()));
    }

    private Step<PrecacheState> outcome(
            PrecacheState state, Map<String, Object> job, ObservedSpoke spoke, Instant now) {
        List<Change> dropDependencies = SpokeObjects.deleteViews(cluster(), DEPENDENCY_VIEWS);
        Optional<JobReport> report = JobReport.of(job);
        return switch (JobStatus.of(job)) {
            case PENDING -> state instanceof Active active ? await(active, spoke, now) : Step.rest(state);
            case ACTIVE -> {
                if (state instanceof Active active) {
                    yield await(active, spoke, now);
                }
                List<Change> changes = new ArrayList<>(dropDependencies);
                changes.addAll(SpokeObjects.deleteViews(cluster(), List.of(NAMESPACE_VIEW)));
                yield Step.to(new Active(), changes);
            }
            case SUCCEEDED -> Step.to(new Succeeded(), dropDependencies);
            case DEADLINE_EXCEEDED -> Step.end(new TimedOut(), dropDependencies,
                    "job " + PrecacheObjects.JOB + " did not end within " + timeoutMinutes() + " minutes"
                            + report.flatMap(JobReport::progress).map(PrecacheMachine::reached).orElse(""));
            case BACKOFF_LIMIT_EXCEEDED -> Step.end(new Failed(), dropDependencies,
                    JobReport.whyFailed(PrecacheObjects.JOB, report));
            case UNKNOWN_FAILURE ->
                error(state, "job " + PrecacheObjects.JOB + " failed for a reason that is not known");
        };
    }

    private static String reached(JobReport.Progress progress) {
        return "; " + progress.done() + " of " + progress.total() + " images were there";
    }

    private Step<PrecacheState> cleanUp(Succeeded state, ObservedSpoke spoke) {
        return hasLeftOvers(spoke) ? Step.to(state, PrecacheObjects.finish(cluster())) : Step.rest(state);
    }

    /** The error rule: final at once when the CGU is enabled, else the state stays and is looked at again. */
    private Step<PrecacheState> error(PrecacheState state, String message) {
        return intent.enabled()
                ? Step.end(new Failed(), SpokeObjects.deleteViews(cluster(), DEPENDENCY_VIEWS), message)
                : Step.trouble(state, message);
    }

    /** Falls under the error rule, and is told as trouble in both cases: it is the hub's operator who has to act. */
    private Step<PrecacheState> withoutImage(Starting state) {
        Step<PrecacheState> step = error(state, NO_IMAGE);
        return new Step<>(step.next(), step.changes(), step.detail(), NO_IMAGE, step.lookAgain());
    }

    /** Ends a pre-cache whose job could not be created in time, unless this very step creates or ends it. */
    private Step<PrecacheState> inTime(Step<PrecacheState> step, Instant now) {
        Instant deadline = since.plus(Duration.ofMinutes(timeoutMinutes()));
        return switch (step.next()) {
            case NotStarted _, PreparingToStart _, Starting _ -> now.isBefore(deadline)
                    ? step.noLaterThan(deadline)
                    : Step.end(new TimedOut(), SpokeObjects.deleteViews(cluster(), DEPENDENCY_VIEWS),
                            "job " + PrecacheObjects.JOB + " could not be created within " + timeoutMinutes()
                                    + " minutes" + (step.trouble().isEmpty() ? "" : ": " + step.trouble()));
            case Active _, Succeeded _, TimedOut _, Failed _ -> step;
        };
    }

    private HubObject dependencyView(String name) {
        return PrecacheObjects.dependencyView(cluster(), name, intent.clusters());
    }

    private String cluster() {
        return intent.cluster();
    }

    private int timeoutMinutes() {
        return intent.timeoutMinutes() > 0 ? intent.timeoutMinutes() : DEFAULT_TIMEOUT_MINUTES;
    }
}
