package dev.echelon.scheduler.domain;

import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.domain.Fact.*;
import dev.echelon.scheduler.domain.Lifecycle.BetweenBatches;
import dev.echelon.scheduler.domain.Lifecycle.CleanUp;
import dev.echelon.scheduler.domain.Lifecycle.Deleting;
import dev.echelon.scheduler.domain.Lifecycle.InRollout;
import dev.echelon.scheduler.domain.Lifecycle.LastBatch;
import dev.echelon.scheduler.domain.Lifecycle.Preparing;
import dev.echelon.scheduler.domain.Lifecycle.Remediating;
import dev.echelon.scheduler.domain.Lifecycle.Rollout;
import dev.echelon.scheduler.domain.Lifecycle.Settling;
import dev.echelon.scheduler.domain.Progress.Book;
import dev.echelon.scheduler.domain.Progress.Clocks;
import dev.echelon.scheduler.domain.Progress.Enforcement;
import dev.echelon.scheduler.domain.Progress.Stall;
import dev.echelon.scheduler.domain.Progress.Tally;
import dev.echelon.scheduler.domain.Spoke.Job;
import dev.echelon.scheduler.domain.Spoke.Outcome;
import dev.echelon.scheduler.domain.Spoke.Soak;
import dev.echelon.scheduler.domain.Spoke.Stage;
import dev.echelon.scheduler.domain.SpokeObjects.Approvals;
import dev.echelon.scheduler.domain.SpokeObjects.CurrentWork;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The next state after a fact, piece by piece. Nothing here judges or decides: a fact that cannot follow is a
 * {@link BrokenLogException}.
 */
final class Evolution {

    private Evolution() {}

    static Upgrade firstUpgrade(Created fact) {
        return new Upgrade(
                fact.id(),
                fact.uid(),
                fact.at(),
                Optional.empty(),
                Upgrade.Request.first(fact.labels(), fact.annotations(), fact.spec()),
                Upgrade.Groundwork.NONE,
                Upgrade.HubObjects.NONE);
    }

    static Progress firstProgress(Created fact) {
        Clocks clocks = new Clocks(Duration.ZERO, Optional.empty(), Optional.empty(), Optional.empty());
        return new Progress(
                fact.id(),
                fact.uid(),
                new Preparing(),
                List.of(),
                set(clocks, fact.spec(), fact.at()),
                Tally.NONE,
                Tally.NONE,
                1,
                Actions.afterCompletion(fact.spec()),
                Enforcement.NONE,
                Book.EMPTY.revised());
    }

    static Upgrade evolve(Upgrade upgrade, OfUpgrade fact) {
        Upgrade.Groundwork ground = upgrade.groundwork();
        return switch (fact) {
            case Changed(_, var labels, var annotations, var spec) ->
                upgrade.with(upgrade.request().changed(labels, annotations, spec));
            case DeletionRequested(Instant at, _) -> upgrade.deletionAsked(at);
            case Adopted adopted -> adopted.upgrade();
            case FleetObserved(var snapshot) -> upgrade.with(ground.withSnapshot(Optional.of(snapshot)));
            case ConcurrencyComputed(int concurrency) -> upgrade.with(ground.withConcurrency(concurrency));
            case PoliciesClassified(var forUpgrade, var before, var content) ->
                upgrade.with(ground.withPolicies(forUpgrade, before, content));
            case PlanChanged(var plan) -> upgrade.with(ground.withPlan(plan));
            case PlacementsNamed(var placements) -> upgrade.with(named(upgrade.objects(), placements));
            case PrecacheSpecFrozen(var spec) -> upgrade.with(ground.withPrecacheSpec(Optional.of(spec)));
            case WorkCancelled(Workload workload) ->
                workload == Workload.PRECACHE ? upgrade.with(ground.withPrecacheSpec(Optional.empty())) : upgrade;
            case RolloutBegan _ -> upgrade.with(ground.withSnapshot(Optional.empty()));
            case ObjectsNamed(var safeNames) -> upgrade.with(upgrade.objects().named(safeNames));
            case PlacementsObserved(var unsatisfied) -> upgrade.with(upgrade.objects().with(unsatisfied));
            case Created _, Deleted _ -> throw broken(upgrade.id(), fact, "the CGU exists already or still");
        };
    }

    static Progress evolve(Progress progress, Fact fact) {
        Progress next =
                switch (fact) {
                    case OfWhole whole -> evolveWhole(progress, whole);
                    case OfCluster single -> evolveCounters(progress, single);
                    case OfCommand _ -> progress;
                };
        Book book = next.book();
        book = isVisible(fact) ? book.revised() : book;
        book = fact.outcome().isPresent() ? book.withOutcome() : book;
        book = AuditTrail.type(fact).isPresent() ? book.withTold() : book;
        return book.equals(next.book()) ? next : next.with(book);
    }

    static Spoke evolve(Spoke spoke, OfCluster fact, Progress progress) {
        Spoke next =
                switch (fact) {
                    case PrecacheRequested(_, String intentId, Instant at, Duration startLimit) ->
                        spoke.asked(
                                Workload.PRECACHE,
                                new Job(SpokeState.NOT_STARTED, intentId, at, Optional.of(at.plus(startLimit))));
                    case BackupRequested(_, String intentId, Instant at) ->
                        spoke.asked(
                                Workload.BACKUP,
                                new Job(SpokeState.PREPARING_TO_START, intentId, at, Optional.empty()));
                    case JobDropped(_, Workload workload) -> spoke.withJob(workload, Optional.empty());
                    case SpokeProgressed(_, Workload workload, _, SpokeState state, String detail) ->
                        spoke.withJob(
                                workload,
                                Optional.of(spoke.job(workload)
                                        .orElseThrow(() -> broken(progress.id(), fact, "no such job was asked for"))
                                        .in(state, detail)));
                    case ClusterAlreadyCompliant _ -> spoke;
                    case ClusterPlanned(_, int batch, var compliance) -> spoke.planned(batch, compliance);
                    case ComplianceChanged(_, var compliance, _) -> spoke.withCompliance(compliance);
                    case ClusterStarted _ ->
                        spoke.in(
                                expect(progress, Remediating.class, fact).rollout().ofWorks()
                                        ? new Stage.RollingOut(0)
                                        : new Stage.InProgress(0, Optional.empty()));
                    case ClusterAdvanced(_, int policyIndex, _) -> {
                        if (inProgress(spoke, fact, progress).policyIndex() >= policyIndex) {
                            throw broken(progress.id(), fact, "it works at policy " + spoke.stage());
                        }
                        yield spoke.in(new Stage.InProgress(policyIndex, Optional.empty()));
                    }
                    case ClusterEnforced(_, int policyIndex) ->
                        spoke.withEnforced(with(spoke.enforced(), policyIndex))
                                .with(spoke.objects().placedSince(policyIndex, progress.enforcement().issued()));
                    case SoakStarted(_, Instant since, Instant until) ->
                        spoke.in(new Stage.InProgress(
                                inProgress(spoke, fact, progress).policyIndex(), Optional.of(new Soak(since, until))));
                    case SoakInterrupted _ ->
                        spoke.in(new Stage.InProgress(
                                inProgress(spoke, fact, progress).policyIndex(), Optional.empty()));
                    case ClusterCompleted _ -> {
                        if (!spoke.stage().isOpen()) {
                            throw broken(progress.id(), fact, "the cluster is " + spoke.stage());
                        }
                        yield spoke.in(new Stage.Completed());
                    }
                    case ClusterTimedOut(_, _, int policyIndex, _) -> {
                        inProgress(spoke, fact, progress);
                        yield spoke.in(new Stage.TimedOut(policyIndex));
                    }
                    case RelabelRequested(_, String intentId) -> spoke.relabeling(intentId);
                    case ClusterRelabeled(_, String intentId, _) -> spoke.relabeled(intentId);
                    case CleaningRequested(_, Workload workload, String intentId) -> spoke.cleaning(workload, intentId);
                    case SpokeCleaned(_, Workload workload) -> spoke.cleanedUp(workload);
                    case JobProgressed(var report) ->
                        spoke.withJob(
                                report.workload(),
                                spoke.job(report.workload()).map(job -> job.reported(report.at())));
                    case WorkRequested(_, int workIndex, _) -> {
                        if (rollingOut(spoke, fact, progress).workIndex() > workIndex) {
                            throw broken(progress.id(), fact, "the cluster is " + spoke.stage());
                        }
                        CurrentWork current = spoke.objects().work();
                        yield spoke.in(new Stage.RollingOut(workIndex))
                                .with(spoke.objects().with(new CurrentWork(true, current.seen(), Optional.empty())));
                    }
                    case WorkObserved(_, var works, _) -> {
                        CurrentWork current = spoke.objects().work();
                        yield spoke.with(spoke.objects()
                                .with(new CurrentWork(current.present(), works, current.dropping())));
                    }
                    case WorkTimedOut(_, _, int workIndex, _, _) -> {
                        rollingOut(spoke, fact, progress);
                        yield spoke.in(new Stage.WorkTimedOut(workIndex));
                    }
                    case WorkDropping(_, String intentId) ->
                        spoke.with(spoke.objects().with(new CurrentWork(true, Map.of(), Optional.of(intentId))));
                    case WorkDropped _ -> spoke.with(spoke.objects().with(CurrentWork.NONE));
                    case ApprovalsRequested _, ApprovalsStopping _, ApprovalsStopped _ ->
                        spoke.with(spoke.objects().with(approvals(spoke.objects().approvals(), fact)));
                };
        return fact.outcome()
                .map(entry -> next.withOutcomes(with(
                        next.outcomes(), new Outcome(progress.book().outcomes(), entry))))
                .orElse(next);
    }

    private static Progress evolveWhole(Progress progress, OfWhole fact) {
        return switch (fact) {
            case Changed(Instant at, _, _, var spec) ->
                progress.with(set(progress.clocks(), spec, at)).with(Actions.afterCompletion(spec));
            case Adopted adopted -> adopted.progress();
            case RolloutSeen(var soaks) -> {
                InRollout state = expect(progress, InRollout.class, fact);
                yield progress.in(with(state, state.rollout().seen(soaks)));
            }
            case Shown(Instant at, long version, _) -> progress.with(progress.book().shown(version, at));
            case DeletionRequested(_, CleanUp cleanUp) ->
                progress.with(progress.enforcement().dropped()).in(new Deleting(progress.lifecycle(), cleanUp));
            case ConditionsSet(var conditions, _) -> {
                List<Condition> list = progress.conditions();
                for (Condition condition : conditions) {
                    list = Conditions.set(list, condition);
                }
                yield progress.with(list);
            }
            case ConditionRecounted(Condition condition) ->
                progress.with(Conditions.set(progress.conditions(), condition));
            case WorkCancelled(Workload workload) -> cancelled(progress, workload);
            case HeldAt(var gate) -> progress.in(expect(progress, Lifecycle.BeforeStart.class, fact, gate));
            case Started(Instant at, _, _) -> progress.with(progress.clocks().started(at));
            case RolloutBegan(Rollout rollout) ->
                progress.in(expect(
                        progress, Lifecycle.BeforeStart.class, fact, new BetweenBatches(rollout, 0, 0)));
            case BatchStarted(int batch, Instant at, var clusters, _) -> {
                BetweenBatches state = expect(progress, BetweenBatches.class, fact);
                if (batch != state.done() + 1) {
                    throw broken(progress.id(), fact, "batch " + state.done() + " was the last that ran");
                }
                yield progress.in(new Remediating(state.rollout(), batch, at, clusters.size(), state.lagging()));
            }
            case BatchCompleted(int batch, _, _, int lagging) -> afterBatch(progress, fact, batch, lagging);
            case BatchTimedOut(int batch, _, _, _, int lagging, _, boolean goesOn) ->
                goesOn ? afterBatch(progress, fact, batch, lagging) : progress;
            case PlacementsNamed _ -> progress.with(progress.enforcement().renamed());
            case EnforcementConfirmed(var placements, var bindings) ->
                progress.with(progress.enforcement().confirmed(placements, bindings));
            case EnforcementIssued(Instant at) -> progress.with(progress.enforcement().issued(at));
            case EnforcementStopping() -> progress.with(progress.enforcement().stopping());
            case EnforcementStopped() ->
                progress.with(progress.enforcement().stopped()).in(withoutEnforcement(progress.lifecycle()));
            case EnforcementEmptied() -> progress.in(withoutEnforcement(progress.lifecycle()));
            case IntentStalled(String intentId, Instant at, String stall) ->
                progress.with(progress.book().with(new Stall(at, intentId + ": " + stall)));
            case SettlingBegan(CleanUp cleanUp, boolean keepsObjects) ->
                progress.with(
                                keepsObjects && cleanUp.enforcement()
                                        ? progress.enforcement().changed()
                                        : progress.enforcement().dropped())
                        .in(new Settling(lastBatch(progress.lifecycle()), cleanUp));
            case Fact.Finished(Instant at) -> {
                Settling settling = expect(progress, Settling.class, fact);
                if (!settling.cleanUp().done()) {
                    throw broken(progress.id(), fact, "the clean-up waits for " + settling.cleanUp());
                }
                yield progress.in(new Lifecycle.Finished(at));
            }
            case FleetObserved _,
                    ConcurrencyComputed _,
                    PoliciesClassified _,
                    PlanChanged _,
                    PrecacheSpecFrozen _,
                    ObjectsNamed _,
                    PlacementsObserved _,
                    Completed _,
                    TimedOut _,
                    Failed _ -> progress;
            case Created _, Deleted _ -> throw broken(progress.id(), fact, "the CGU exists already or still");
        };
    }

    private static Progress evolveCounters(Progress progress, OfCluster fact) {
        return switch (fact) {
            case PrecacheRequested _ ->
                progress.with(Workload.PRECACHE, progress.precache().oneMore());
            case BackupRequested(_, _, Instant at) ->
                progress.with(Workload.BACKUP, progress.backup().oneMore())
                        .with(progress.clocks().backupStarted(at));
            case SpokeProgressed(_, Workload workload, _, SpokeState state, _) ->
                state.isFinal()
                        ? progress.with(
                                workload, progress.tally(workload).oneLess(state == SpokeState.SUCCEEDED))
                        : progress;
            case ComplianceChanged(_, _, int change) ->
                change == 0 ? progress : progress.in(lagging(expect(progress, InRollout.class, fact), change));
            case ClusterEnforced _ -> progress.with(progress.enforcement().changed());
            case ClusterCompleted _ -> {
                Remediating state = expect(progress, Remediating.class, fact);
                if (state.open() < 1) {
                    throw broken(progress.id(), fact, "all clusters of batch " + state.batch() + " are complete");
                }
                yield progress.in(new Remediating(
                        state.rollout(), state.batch(), state.startedAt(), state.open() - 1, state.lagging()));
            }
            case SpokeCleaned _, ClusterRelabeled _, WorkDropped _, ApprovalsStopped _ ->
                progress.in(spokeAnswered(progress.lifecycle()));
            case ClusterStarted _,
                    ClusterAdvanced _,
                    SoakStarted _,
                    SoakInterrupted _,
                    ClusterTimedOut _,
                    WorkRequested _,
                    WorkTimedOut _ ->
                progress.in(expect(progress, Remediating.class, fact));
            case JobDropped _,
                    ClusterAlreadyCompliant _,
                    ClusterPlanned _,
                    CleaningRequested _,
                    RelabelRequested _,
                    JobProgressed _,
                    WorkObserved _,
                    WorkDropping _,
                    ApprovalsRequested _,
                    ApprovalsStopping _ -> progress;
        };
    }

    /** Whether the resource looks different after it. */
    private static boolean isVisible(Fact fact) {
        return switch (fact) {
            case OfCommand _,
                    Shown _,
                    Deleted _,
                    FleetObserved _,
                    HeldAt _,
                    RolloutBegan _,
                    RolloutSeen _,
                    ClusterPlanned _,
                    ComplianceChanged _,
                    ClusterEnforced _,
                    EnforcementIssued _,
                    EnforcementStopping _,
                    EnforcementEmptied _,
                    IntentStalled _,
                    SettlingBegan _,
                    CleaningRequested _,
                    SpokeCleaned _,
                    JobProgressed _,
                    WorkObserved _,
                    WorkDropping _,
                    WorkDropped _,
                    ApprovalsRequested _,
                    ApprovalsStopping _,
                    ApprovalsStopped _,
                    PlacementsObserved _,
                    RelabelRequested _,
                    ClusterRelabeled _,
                    BatchCompleted _,
                    BatchTimedOut _,
                    Completed _,
                    TimedOut _,
                    Failed _ -> false;
            case Fact _ -> true;
        };
    }

    private static Clocks set(Clocks clocks, CguSpec spec, Instant now) {
        return clocks.with(Duration.ofMinutes(spec.remediationStrategy().timeout()), spec.enable(), now);
    }

    private static Upgrade.HubObjects named(Upgrade.HubObjects objects, List<Upgrade.PlacementName> placements) {
        Map<String, String> names = new HashMap<>(objects.safeNames());
        placements.forEach(placement -> names.put(placement.key(), placement.safeName()));
        return new Upgrade.HubObjects(placements, names, objects.unsatisfied());
    }

    private static Progress cancelled(Progress progress, Workload workload) {
        Progress next = progress.with(workload, Tally.NONE).nextRound();
        return switch (workload) {
            case PRECACHE ->
                next.with(Conditions.remove(
                        Conditions.remove(next.conditions(), ConditionReason.Type.PRECACHED),
                        ConditionReason.Type.PRECACHE_SPEC_VALID));
            case BACKUP ->
                next.with(Conditions.remove(next.conditions(), ConditionReason.Type.BACKED_UP))
                        .with(next.clocks().backupCancelled());
        };
    }

    /** A batch is left behind, unless it was the last one: then the CGU stays in it. */
    private static Progress afterBatch(Progress progress, OfWhole fact, int batch, int lagging) {
        Remediating state = expect(progress, Remediating.class, fact);
        if (state.batch() != batch) {
            throw broken(progress.id(), fact, "batch " + state.batch() + " runs");
        }
        if (state.lastBatch()) {
            return progress;
        }
        boolean empties = fact instanceof BatchCompleted && !state.rollout().ofWorks();
        return progress.with(empties ? progress.enforcement().emptiedAfter(batch) : progress.enforcement())
                .in(new BetweenBatches(state.rollout(), batch, state.lagging() + lagging));
    }

    private static Lifecycle lagging(InRollout lifecycle, int change) {
        return switch (lifecycle) {
            case BetweenBatches(Rollout rollout, int done, int lagging) ->
                new BetweenBatches(rollout, done, lagging + change);
            case Remediating(Rollout rollout, int batch, Instant at, int open, int lagging) ->
                new Remediating(rollout, batch, at, open, lagging + change);
        };
    }

    private static Lifecycle with(InRollout lifecycle, Rollout rollout) {
        return switch (lifecycle) {
            case BetweenBatches(_, int done, int lagging) -> new BetweenBatches(rollout, done, lagging);
            case Remediating(_, int batch, Instant at, int open, int lagging) ->
                new Remediating(rollout, batch, at, open, lagging);
        };
    }

    private static Lifecycle withoutEnforcement(Lifecycle lifecycle) {
        return switch (lifecycle) {
            case Settling(var lastBatch, CleanUp cleanUp) -> new Settling(lastBatch, cleanUp.withoutEnforcement());
            case Deleting(Lifecycle before, CleanUp cleanUp) -> new Deleting(before, cleanUp.withoutEnforcement());
            case Lifecycle other -> other;
        };
    }

    private static Lifecycle spokeAnswered(Lifecycle lifecycle) {
        return switch (lifecycle) {
            case Settling(var lastBatch, CleanUp cleanUp) -> new Settling(lastBatch, cleanUp.spokeAnswered());
            case Deleting(Lifecycle before, CleanUp cleanUp) -> new Deleting(before, cleanUp.spokeAnswered());
            case Lifecycle other -> other;
        };
    }

    private static Optional<LastBatch> lastBatch(Lifecycle lifecycle) {
        return switch (lifecycle) {
            case Remediating state -> Optional.of(new LastBatch(state.batch(), state.startedAt()));
            case Settling settling -> settling.lastBatch();
            case Lifecycle _ -> Optional.empty();
        };
    }

    private static Stage.InProgress inProgress(Spoke spoke, OfCluster fact, Progress progress) {
        if (spoke.stage() instanceof Stage.InProgress stage) {
            return stage;
        }
        throw broken(progress.id(), fact, "the cluster is " + spoke.stage());
    }

    private static Stage.RollingOut rollingOut(Spoke spoke, OfCluster fact, Progress progress) {
        if (spoke.stage() instanceof Stage.RollingOut stage) {
            return stage;
        }
        throw broken(progress.id(), fact, "the cluster is " + spoke.stage());
    }

    private static Approvals approvals(Approvals before, OfCluster fact) {
        return switch (fact) {
            case ApprovalsRequested(_, int policyIndex) ->
                new Approvals(before.asked() + 1, policyIndex, true, Optional.empty());
            case ApprovalsStopping(_, String intentId, boolean dropActions) ->
                new Approvals(before.asked() + 1, -1, before.actions() && !dropActions, Optional.of(intentId));
            case ApprovalsStopped _ -> new Approvals(before.asked(), -1, before.actions(), Optional.empty());
            case OfCluster _ -> before;
        };
    }

    private static <S extends Lifecycle> S expect(Progress progress, Class<S> expected, Fact fact) {
        if (expected.isInstance(progress.lifecycle())) {
            return expected.cast(progress.lifecycle());
        }
        throw broken(progress.id(), fact, "the CGU is " + progress.lifecycle());
    }

    private static <S extends Lifecycle> Lifecycle expect(
            Progress progress, Class<S> expected, Fact fact, Lifecycle next) {
        expect(progress, expected, fact);
        return next;
    }

    private static <T> List<T> with(List<T> list, T element) {
        List<T> longer = new ArrayList<>(list);
        longer.add(element);
        return List.copyOf(longer);
    }

    private static BrokenLogException broken(Object id, Fact fact, String found) {
        return new BrokenLogException("ClusterGroupUpgrade " + id + ": " + fact + " cannot follow, because " + found);
    }
}
