package dev.echelon.executor.work;

import dev.echelon.contract.CguId;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.executor.domain.LeftOvers;
import dev.echelon.executor.domain.ObservedSpoke;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was reported about one spoke before this process began to work on it, rebuilt from the results. Together with
 * what the hub shows this says where a job is: the hub's objects carry no mark of whose they are (contract 1.7), so
 * that only the report tells an intent that was begun from left-overs of an earlier one, and an intent that was done
 * from one that was never begun.
 */
final class ReportedStates {

    private final Map<Key, Reported> jobs = new HashMap<>();
    private final Map<Workload, Result.SpokeProgress> latest = new EnumMap<>(Workload.class);
    private final Set<Answer> answers = new HashSet<>();

    private record Key(CguId cgu, Workload workload, String intentId) {}

    private record Answer(Class<? extends Result> type, String intentId) {}

    /**
     * @param state the last one reported
     * @param since when the first one was reported
     */
    record Reported(SpokeState state, Instant since) {}

    /** Takes what was reported, in the order of reporting for each CGU. */
    void add(Result result) {
        switch (result) {
            case Result.SpokeProgress progress -> {
                jobs.merge(
                        new Key(progress.cgu(), progress.workload(), progress.intentId()),
                        new Reported(progress.state(), progress.at()),
                        ReportedStates::after);
                if (!isWaiting(progress)) {
                    latest.merge(progress.workload(), progress,
                            (before, now) -> now.at().isBefore(before.at()) ? before : now);
                }
            }
            case Result.SpokeCleaned _,
                    Result.Relabeled _,
                    Result.WorkSettled _,
                    Result.ApprovalsStopped _ ->
                answers.add(new Answer(result.getClass(), result.intentId()));
            case Result.JobProgress _,
                    Result.Enforced _,
                    Result.EnforcementStopped _,
                    Result.Stalled _ -> {}
        }
    }

    /** A final state stays, whatever a process that had lost the spoke without knowing it may have reported late. */
    private static Reported after(Reported before, Reported now) {
        return before.state().isFinal() ? before : new Reported(now.state(), before.since());
    }

    /** What was reported of a job for this intent. */
    Optional<Reported> of(CguId cgu, Workload workload, String intentId) {
        return Optional.ofNullable(jobs.get(new Key(cgu, workload, intentId)));
    }

    /** Whether an intent that is answered once was answered so. */
    boolean isAnswered(Class<? extends Result> type, String intentId) {
        return answers.contains(new Answer(type, intentId));
    }

    /**
     * The report that the job which had the spoke's fixed names last has succeeded; empty where that one did not. Then
     * views that are still there are what is left to clean up of it.
     */
    Optional<Result.SpokeProgress> lastSuccess(Workload workload) {
        return Optional.ofNullable(latest.get(workload)).filter(last -> last.state() == SpokeState.SUCCEEDED);
    }

    /** Whether the clean-up after a success that was reported is not done. */
    boolean hasUnfinished(ObservedSpoke spoke) {
        return Arrays.stream(Workload.values())
                .anyMatch(workload -> lastSuccess(workload).isPresent() && LeftOvers.areLeft(workload, spoke));
    }

    /** In its first state a job does not have the fixed names yet. */
    private static boolean isWaiting(Result.SpokeProgress progress) {
        return switch (progress.workload()) {
            case PRECACHE -> progress.state() == SpokeState.NOT_STARTED;
            case BACKUP -> progress.state() == SpokeState.PREPARING_TO_START;
        };
    }
}
