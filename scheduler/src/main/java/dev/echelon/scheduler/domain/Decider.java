package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.Observation.ComplianceSnapshot;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.Observation.PlacementSnapshot;
import dev.echelon.contract.observation.Observation.WorkSnapshot;
import dev.echelon.contract.result.Result;
import dev.echelon.scheduler.domain.Input.Answered;
import dev.echelon.scheduler.domain.Input.Asked;
import dev.echelon.scheduler.domain.Input.Observed;
import dev.echelon.scheduler.domain.Input.TimePassed;
import dev.echelon.scheduler.domain.Lifecycle.BeforeStart;
import dev.echelon.scheduler.domain.Lifecycle.Deleting;
import dev.echelon.scheduler.domain.Lifecycle.InRollout;
import dev.echelon.scheduler.domain.Lifecycle.Settling;

/**
 * Decides what happens next to a ClusterGroupUpgrade.
 *
 * <p>Promises:
 *
 * <ul>
 *   <li>The answer depends on the arguments only. The same input on the same state at the same moment gives the same.
 *   <li>State changes only by folding the facts of the answer, in order.
 *   <li>An input that was delivered before, or that is about a namesake of the past, an older spec or an intent that was
 *       superseded, gives no facts.
 *   <li>What an input about one cluster costs does not depend on how many clusters there are, but for the steps that
 *       concern them all: a pass before the start, the start of a batch, the end, and showing the resource.
 * </ul>
 */
public final class Decider {

    private Decider() {}

    /** Decides; {@code view} is of the CGU that the input is about. */
    public static Decision decide(StateView view, Input input, Moment moment) {
        Draft draft = new Draft(view, moment);
        switch (input) {
            case Asked(var command) -> Commands.answer(draft, command);
            case Observed(var observation) -> observed(draft, observation);
            case Answered(var result) -> answered(draft, result);
            case TimePassed(_, var cluster) ->
                cluster.ifPresentOrElse(name -> clusterTime(draft, name), () -> upgradeTime(draft));
        }
        if (draft.state().progress().isPresent()) {
            Enforcing.issue(draft);
            Ending.conclude(draft);
            draft.showTheRest();
        }
        return draft.decision();
    }

    private static void observed(Draft draft, Observation observation) {
        if (draft.state().progress().isEmpty()) {
            return;
        }
        switch (observation) {
            case FleetSnapshot snapshot when snapshot.uid().equals(draft.progress().uid()) -> {
                switch (draft.lifecycle()) {
                    case BeforeStart _ -> Preparation.observe(draft, snapshot);
                    case InRollout _ -> Remediation.observe(draft, snapshot);
                    case Settling _, Lifecycle.Finished _, Deleting _ -> {
                        // nothing that the hub shows matters any more
                    }
                }
            }
            case ComplianceSnapshot snapshot when snapshot.uid().equals(draft.progress().uid()) -> {
                if (draft.lifecycle() instanceof InRollout) {
                    Remediation.observe(draft, snapshot);
                }
            }
            case WorkSnapshot snapshot when snapshot.uid().equals(draft.progress().uid()) -> {
                if (draft.lifecycle() instanceof InRollout) {
                    Remediation.observe(draft, snapshot);
                }
            }
            case PlacementSnapshot snapshot when snapshot.uid().equals(draft.progress().uid()) -> {
                switch (draft.lifecycle()) {
                    case BeforeStart _ -> PlacementCheck.observe(draft, snapshot);
                    case InRollout _ -> Remediation.observe(draft, snapshot);
                    case Settling _, Lifecycle.Finished _, Deleting _ -> {
                        // nothing that the hub shows matters any more
                    }
                }
            }
            case FleetSnapshot _, ComplianceSnapshot _, WorkSnapshot _, PlacementSnapshot _ -> {
                // of a deleted namesake
            }
        }
    }

    private static void answered(Draft draft, Result result) {
        boolean ours = draft.state()
                .progress()
                .filter(progress -> IntentId.uid(result.intentId()).filter(progress.uid()::equals).isPresent())
                .isPresent();
        if (!ours) {
            return;
        }
        switch (result) {
            case Result.SpokeProgress progress -> SpokeWork.progressed(draft, progress);
            case Result.SpokeCleaned cleaned -> Ending.cleaned(draft, cleaned);
            case Result.Enforced enforced -> Enforcing.confirmed(draft, enforced);
            case Result.EnforcementStopped stopped -> Enforcing.stopped(draft, stopped);
            case Result.Stalled stalled -> stalled(draft, stalled);
            case Result.JobProgress report -> JobReports.reported(draft, report);
            case Result.WorkSettled settled -> WorkRollout.settled(draft, settled);
            case Result.ApprovalsStopped stopped -> InstallPlans.stopped(draft, stopped);
            case Result.Relabeled relabeled -> Actions.done(draft, relabeled);
        }
    }

    private static void stalled(Draft draft, Result.Stalled result) {
        Progress.Stall stall = new Progress.Stall(result.at(), result.intentId() + ": " + result.reason());
        if (draft.progress().book().stall().isFollowedBy(stall)) {
            draft.emit(new Fact.IntentStalled(result.intentId(), result.at(), result.reason()));
        }
    }

    private static void upgradeTime(Draft draft) {
        if (draft.state().progress().isEmpty()) {
            return;
        }
        switch (draft.lifecycle()) {
            case BeforeStart _ -> Preparation.checkTime(draft);
            case InRollout _ -> Remediation.checkTime(draft);
            case Settling _, Lifecycle.Finished _, Deleting _ -> {
                // only what is to be shown can be due
            }
        }
    }

    private static void clusterTime(Draft draft, String cluster) {
        if (draft.state().progress().isEmpty()) {
            return;
        }
        switch (draft.lifecycle()) {
            case BeforeStart _ -> SpokeWork.checkTime(draft, cluster);
            case InRollout _ -> Remediation.checkTime(draft, cluster);
            case Settling _, Lifecycle.Finished _, Deleting _ -> {
                // its jobs and soaks do not matter any more
            }
        }
    }
}
