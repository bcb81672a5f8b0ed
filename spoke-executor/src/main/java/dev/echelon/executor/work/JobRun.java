package dev.echelon.executor.work;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.executor.domain.BackupMachine;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.JobMachine;
import dev.echelon.executor.domain.JobReport;
import dev.echelon.executor.domain.JobState;
import dev.echelon.executor.domain.ObservedSpoke;
import dev.echelon.executor.domain.PrecacheMachine;
import dev.echelon.executor.domain.Step;
import dev.echelon.executor.domain.ViewAnswer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One job on one spoke for one intent, under way: asks the machine for the next step, makes its changes and reports the
 * state that was entered, until there is nothing to do but wait. A state is entered when its report is written.
 */
final class JobRun<S extends JobState> {

    private final Setting setting;
    private final Attempt attempt;
    private final String cluster;
    private final Instant since;
    private final ProgressReports reports = new ProgressReports();
    private Wanted wanted;
    private JobMachine<S> machine;
    private S state;
    private boolean announced;

    private JobRun(
            Setting setting, Wanted wanted, String cluster, JobMachine<S> machine,
            Optional<ReportedStates.Reported> reported, Instant since) {
        this.setting = setting;
        this.attempt = new Attempt(setting, wanted.intent());
        this.wanted = wanted;
        this.cluster = cluster;
        this.machine = machine;
        this.since = since;
        this.announced = reported.isPresent();
        this.state = reported
                .map(last -> machine.resume(last.state(), setting.hub().spoke(cluster)))
                .or(() -> machine.known().map(known -> machine.takeOver(known, setting.hub().spoke(cluster))))
                .orElseGet(machine::first);
    }

    /** @param reported what was reported of this intent before; empty for a new one */
    static JobRun<?> of(
            Setting setting, Wanted wanted, Intent.Precache intent, Optional<ReportedStates.Reported> reported) {
        Instant since = reported.map(ReportedStates.Reported::since).orElseGet(setting.clock()::instant);
        return new JobRun<>(setting, wanted, intent.cluster(),
                new PrecacheMachine(intent, since, setting.precacheImage()), reported, since);
    }

    /** @param reported what was reported of this intent before; empty for a new one */
    static JobRun<?> of(
            Setting setting, Wanted wanted, Intent.Backup intent, Optional<ReportedStates.Reported> reported) {
        Instant since = reported.map(ReportedStates.Reported::since).orElseGet(setting.clock()::instant);
        return new JobRun<>(setting, wanted, intent.cluster(),
                new BackupMachine(intent, setting.recoveryImage()), reported, since);
    }

    Wanted wanted() {
        return wanted;
    }

    Workload workload() {
        return machine.workload();
    }

    /** Whether it was its turn already: what lies on the spoke under the fixed names is its own or gone. */
    boolean hasLeftFirstState() {
        return state.published() != machine.first().published();
    }

    /** Whether it holds the spoke's fixed names now: it has left its first state and is not over. */
    boolean hasBegun(ObservedSpoke spoke) {
        return hasLeftFirstState() && !isOver(spoke);
    }

    boolean isSucceeded() {
        return state.published() == SpokeState.SUCCEEDED;
    }

    /** Whether nothing is left to do, the clean-up after a success included. */
    boolean isOver(ObservedSpoke spoke) {
        return state.published().isFinal()
                && (!isSucceeded() || !machine.hasLeftOvers(spoke));
    }

    /**
     * Goes as far as it can.
     *
     * @param turn whether the spoke's fixed names are this intent's now
     * @param stopped whether to leave off, asked between steps
     * @return when to look again although nothing happens; {@link Instant#MAX} for never
     */
    Instant advance(boolean turn, BooleanSupplier stopped) {
        if (!attempt.due()) {
            return attempt.notBefore();
        }
        Instant[] lookAgain = {Instant.MAX};
        boolean went = attempt.run(() -> {
            if (!announced) {
                report(state.published(), "");
                announced = true;
            }
            lookAgain[0] = steps(turn, stopped);
        });
        return went ? lookAgain[0] : attempt.notBefore();
    }

    private Instant steps(boolean turn, BooleanSupplier stopped) {
        while (!stopped.getAsBoolean()) {
            Instant now = setting.clock().instant();
            ObservedSpoke seen = setting.hub().spoke(cluster);
            Step<S> step = turn ? machine.next(state, seen, now) : machine.waiting(state, now);
            if (!step.trouble().isEmpty()) {
                attempt.tell(step.trouble());
            }
            if (step.isRest(state)) {
                return turn ? Instants.earlier(step.lookAgain(), tellProgress()) : step.lookAgain();
            }
            Optional<JobReport.Progress> reached = turn ? progress() : Optional.empty();
            if (!apply(step.changes(), seen, stopped)) {
                continue;
            }
            if (step.next().published() != state.published()) {
                if (step.next().published().isFinal()) {
                    reached.ifPresent(last -> reports.tellLast(last, this::publish));
                }
                report(step.next().published(), step.detail());
            }
            state = step.next();
        }
        return Instant.MAX;
    }

    /** @return whether that was all; where a view was answered meanwhile, the next step is another one */
    private boolean apply(List<Change> changes, ObservedSpoke seen, BooleanSupplier stopped) {
        for (Change change : changes) {
            if (stopped.getAsBoolean() || change instanceof Change.Recreate(var view)
                    && !setting.hub().spoke(cluster).view(view.name()).equals(seen.view(view.name()))) {
                return false;
            }
            setting.hub().apply(change);
        }
        return true;
    }

    /** @return when to look again, because what the job says now is to be told a little later */
    private Instant tellProgress() {
        return state.published() == SpokeState.ACTIVE
                ? progress().map(now -> reports.tell(now, setting.clock().instant(), this::publish)).orElse(Instant.MAX)
                : Instant.MAX;
    }

    private Optional<JobReport.Progress> progress() {
        return setting.hub().spoke(cluster).view(machine.jobView()) instanceof ViewAnswer.Found(var job)
                ? JobReport.of(job).flatMap(JobReport::progress)
                : Optional.empty();
    }

    private void publish(JobReport.Progress progress) {
        setting.results().publish(new Result.JobProgress(
                wanted.intent().cgu(), wanted.intent().id(), setting.clock().instant(), cluster, machine.workload(),
                progress.done(), progress.total(), progress.bytes(), progress.bytesPerSecond(),
                progress.secondsLeft()));
    }

    private void report(SpokeState entered, String detail) {
        System.getLogger(JobRun.class.getName()).log(System.Logger.Level.DEBUG,
                "cluster={0} workload={1} state={2} cgu={3} reason={4}",
                cluster, machine.workload(), entered.wire(), wanted.intent().cgu(), detail);
        setting.results().publish(new Result.SpokeProgress(
                wanted.intent().cgu(), wanted.intent().id(), setting.clock().instant(), cluster, machine.workload(),
                entered, detail));
    }

    /** The intent was written again with the same id: go on by what it says now. */
    void update(Wanted newer) {
        wanted = newer;
        machine = machine.with(newer.intent());
    }
}
