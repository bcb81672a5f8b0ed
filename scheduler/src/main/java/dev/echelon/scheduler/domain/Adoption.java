package dev.echelon.scheduler.domain;

import dev.echelon.contract.command.Command.Adopted;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.domain.Lifecycle.BackingUp;
import dev.echelon.scheduler.domain.Lifecycle.BetweenBatches;
import dev.echelon.scheduler.domain.Lifecycle.Blocked;
import dev.echelon.scheduler.domain.Lifecycle.CleanUp;
import dev.echelon.scheduler.domain.Lifecycle.InRollout;
import dev.echelon.scheduler.domain.Lifecycle.LastBatch;
import dev.echelon.scheduler.domain.Lifecycle.NotEnabled;
import dev.echelon.scheduler.domain.Lifecycle.Precaching;
import dev.echelon.scheduler.domain.Lifecycle.Preparing;
import dev.echelon.scheduler.domain.Lifecycle.Remediating;
import dev.echelon.scheduler.domain.Lifecycle.Rollout;
import dev.echelon.scheduler.domain.Lifecycle.Settling;
import dev.echelon.scheduler.domain.Progress.Clocks;
import dev.echelon.scheduler.domain.Progress.Enforcement;
import dev.echelon.scheduler.domain.Upgrade.Groundwork;
import dev.echelon.scheduler.domain.Upgrade.HubObjects;
import dev.echelon.scheduler.domain.Upgrade.PlacementName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Turns the status of a CGU that somebody else has begun into state (contract 18): conditions, clocks, plan, policies, names
 * and outcomes are taken as they are found.
 *
 * <ul>
 *   <li>{@code completedAt} is there: it is finished.
 *   <li>{@code Succeeded} is there: what is left is the clean-up.
 *   <li>{@code Progressing} is True: it goes on in its batch, or with the one that is next.
 *   <li>Else it has not started: the next pass looks at everything again, and jobs on spokes go on.
 * </ul>
 *
 * A rollout whose status makes no sense (no plan, no policies, a batch beyond the plan) is planned anew, with its clocks,
 * conditions and outcomes as they are. What makes no sense of a single cluster counts as not begun. Both is told.
 */
final class Adoption {

    private final Upgrade fresh;
    private final Progress freshProgress;
    private final CguStatus status;
    private final CguStatus.Rollout run;
    private final Instant now;
    private final List<String> problems = new ArrayList<>();

    private Adoption(Upgrade fresh, Progress freshProgress, CguStatus status, Instant now) {
        this.fresh = fresh;
        this.freshProgress = freshProgress;
        this.status = status;
        this.run = status.status() == null ? new CguStatus.Rollout(null, null, null, null, null) : status.status();
        this.now = now;
    }

    /**
     * @param fresh the CGU as it would be if it were new
     * @param freshProgress likewise
     */
    static Fact.Adopted of(Upgrade fresh, Progress freshProgress, Adopted found, Instant now) {
        Instant createdAt = Optional.ofNullable(found.createdAt()).orElse(fresh.createdAt());
        return new Adoption(fresh, freshProgress, found.status(), now).read(createdAt);
    }

    private Fact.Adopted read(Instant createdAt) {
        List<RolloutPolicy> policies = policies();
        boolean works = fresh.request().spec().rollsOutManifestWorks();
        boolean ended = run.completedAt() != null || has(ConditionReason.Type.SUCCEEDED).isPresent();
        boolean progressing = !ended && has(ConditionReason.Type.PROGRESSING).filter(Condition::isTrue).isPresent();
        boolean sound = !progressing || isSound(works || !policies.isEmpty());
        boolean inRollout = progressing && sound;

        List<List<String>> plan = sound ? plan(inRollout) : List.of();
        Upgrade upgrade = named(createdAt, policies, plan, works);
        Rollout rollout = new Rollout(
                policies,
                Math.max(1, plan.size()),
                WorkRollout.works(upgrade),
                InstallPlans.subscriptions(upgrade),
                true);
        AdoptedClusters clusters = new AdoptedClusters(
                status, plan, rollout, fresh.request().spec(), freshProgress.uid(), now, problems);
        clusters.read(ended ? Optional.of(run.completedAt() != null) : Optional.empty(), inRollout);

        Lifecycle lifecycle = ended
                ? ended(plan)
                : inRollout ? inRollout(rollout, plan, clusters) : beforeStart(clusters);
        Progress.Book book = freshProgress.book();
        for (int i = 0; i < clusters.outcomes(); i++) {
            book = book.withOutcome();
        }
        Progress progress = freshProgress
                .in(lifecycle)
                .with(status.conditions())
                .with(clocks(inRollout))
                .with(Workload.PRECACHE, clusters.precache())
                .with(Workload.BACKUP, clusters.backup())
                .with(enforcement(lifecycle, upgrade.objects(), clusters))
                .with(book);
        return new Fact.Adopted(upgrade, progress, clusters.spokes(), stage(lifecycle), problems);
    }

    private boolean isSound(boolean hasContent) {
        int batch = currentBatch();
        int batches = status.remediationPlan().size();
        List<String> faults = new ArrayList<>();
        if (batches == 0) {
            faults.add("it has no plan");
        } else if (batch < 0 || batch > batches) {
            faults.add("its batch " + batch + " is not in its plan of " + batches);
        }
        if (!hasContent) {
            faults.add("it has no policies");
        }
        if (!faults.isEmpty()) {
            problems.add(String.join(" and ", faults) + ", so it is planned anew");
        }
        return faults.isEmpty();
    }

    private int currentBatch() {
        return run.currentBatch() == null ? 0 : run.currentBatch();
    }

    /** Whether the current batch runs; else it is about to start. */
    private boolean runs() {
        return currentBatch() > 0 && run.currentBatchStartedAt() != null;
    }

    private List<RolloutPolicy> policies() {
        List<RolloutPolicy> policies = new ArrayList<>();
        for (PolicyRef ref : status.managedPoliciesForUpgrade()) {
            String namespace = ref.namespace() == null ? status.managedPoliciesNs().get(ref.name()) : ref.namespace();
            if (ref.name() == null || namespace == null) {
                problems.add("it does not say where policy " + ref.name() + " is");
                return List.of();
            }
            policies.add(new RolloutPolicy(ref.name(), namespace, Optional.empty()));
        }
        return policies;
    }

    /** A cluster that comes again in a batch that has not started is dropped there: it has had its turn (contract 4). */
    private List<List<String>> plan(boolean inRollout) {
        int started = !inRollout ? status.remediationPlan().size() : runs() ? currentBatch() : currentBatch() - 1;
        List<List<String>> plan = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < status.remediationPlan().size(); i++) {
            boolean later = i >= started;
            List<String> batch = status.remediationPlan().get(i).stream()
                    .filter(Objects::nonNull)
                    .distinct()
                    .filter(cluster -> !later || !seen.contains(cluster))
                    .toList();
            if (later && batch.isEmpty()) {
                problems.add("batch " + (i + 1) + " has only clusters of earlier ones, so it is dropped");
                continue;
            }
            seen.addAll(batch);
            plan.add(batch);
        }
        return plan;
    }

    private Map<String, String> content() {
        Map<String, String> content = new TreeMap<>(status.managedPoliciesContent());
        content.entrySet().removeIf(entry -> {
            try {
                InstallPlans.monitored(entry.getValue());
                return false;
            } catch (IllegalArgumentException e) {
                problems.add("the content of policy " + entry.getKey() + " cannot be read");
                return true;
            }
        });
        return content;
    }

    private Upgrade named(
            Instant createdAt, List<RolloutPolicy> policies, List<List<String>> plan, boolean works) {
        Optional<PrecacheSpec> precacheSpec = Optional.ofNullable(status.precaching()).map(CguStatus.Precaching::spec);
        Groundwork groundwork = new Groundwork(
                Optional.empty(),
                status.computedMaxConcurrency() == null ? 0 : status.computedMaxConcurrency(),
                policies,
                status.managedPoliciesCompliantBeforeUpgrade(),
                content(),
                plan,
                precacheSpec);
        Upgrade upgrade = new Upgrade(
                fresh.id(),
                fresh.uid(),
                createdAt,
                fresh.deletionAskedAt(),
                fresh.request(),
                groundwork,
                new HubObjects(List.of(), status.safeResourceNames(), Optional.empty()));
        List<PlacementName> placements = works ? List.of() : Preparation.placements(upgrade, policies);
        Map<String, String> names = new TreeMap<>(status.safeResourceNames());
        placements.forEach(placement -> names.put(placement.key(), placement.safeName()));
        return upgrade.with(new HubObjects(placements, names, Optional.empty()));
    }

    private Lifecycle ended(List<List<String>> plan) {
        if (run.completedAt() != null) {
            return new Lifecycle.Finished(run.completedAt());
        }
        boolean shown = runs() && currentBatch() <= plan.size();
        return new Settling(
                shown ? Optional.of(new LastBatch(currentBatch(), run.currentBatchStartedAt())) : Optional.empty(),
                CleanUp.NOTHING);
    }

    private InRollout inRollout(Rollout rollout, List<List<String>> plan, AdoptedClusters clusters) {
        int batch = Math.max(1, currentBatch());
        int lagging = plan.subList(0, batch - 1).stream()
                .flatMap(List::stream)
                .mapToInt(cluster -> Remediation.laggards(clusters.spokes().get(cluster), rollout.policies()))
                .sum();
        return runs()
                ? new Remediating(rollout, batch, run.currentBatchStartedAt(), clusters.open(), lagging)
                : new BetweenBatches(rollout, batch - 1, lagging);
    }

    /** Where the conditions say that the last pass ended. The next pass finds out anew. */
    private Lifecycle beforeStart(AdoptedClusters clusters) {
        String reason = has(ConditionReason.Type.PROGRESSING).map(Condition::reason).orElse("");
        if (clusters.precache().asked() > 0 && isFalse(ConditionReason.Type.PRECACHED)) {
            return new Precaching();
        }
        boolean backsUp = reason.equals(ConditionReason.NOT_STARTED.reason()) && run.startedAt() != null;
        if (clusters.backup().asked() > 0 && isFalse(ConditionReason.Type.BACKED_UP) && backsUp) {
            return new BackingUp();
        }
        if (reason.equals(ConditionReason.NOT_ENABLED.reason())) {
            return new NotEnabled();
        }
        boolean blocked = reason.equals(ConditionReason.MISSING_BLOCKING_CR.reason())
                || reason.equals(ConditionReason.INCOMPLETE_BLOCKING_CR.reason());
        return blocked ? new Blocked() : new Preparing();
    }

    private Clocks clocks(boolean inRollout) {
        Optional<Instant> startedAt = Optional.ofNullable(run.startedAt());
        if (inRollout && startedAt.isEmpty()) {
            problems.add("it does not say when it started, so its time counts from when it was in progress");
            startedAt = Stream.of(
                            Optional.ofNullable(run.currentBatchStartedAt()),
                            has(ConditionReason.Type.PROGRESSING).map(Condition::lastTransitionTime))
                    .flatMap(Optional::stream)
                    .min(Instant::compareTo)
                    .or(() -> Optional.of(now));
        }
        Optional<CguStatus.Backup> backup = Optional.ofNullable(status.backup());
        Optional<Instant> backupStartedAt = backup.map(CguStatus.Backup::startedAt)
                .or(() -> backup.filter(found -> !found.status().isEmpty()).map(_ -> now));
        return new Clocks(
                freshProgress.clocks().timeout(), freshProgress.clocks().enabledAt(), startedAt, backupStartedAt);
    }

    /** The objects are there; in the rollout and before, the wanted set is issued at once, so that they are as wanted. */
    private Enforcement enforcement(Lifecycle lifecycle, HubObjects objects, AdoptedClusters clusters) {
        boolean named = !objects.wanted().isEmpty();
        boolean shown = !status.placements().isEmpty() || !status.placementBindings().isEmpty();
        boolean goesOn =
                switch (lifecycle) {
                    case Lifecycle.BeforeStart _, InRollout _ -> named;
                    case Settling _, Lifecycle.Finished _, Lifecycle.Deleting _ -> false;
                };
        int emptiedUpTo =
                switch (lifecycle) {
                    case Remediating batch -> clusters.lastCompleteBatchBefore(batch.batch());
                    case BetweenBatches between -> clusters.lastCompleteBatchBefore(between.done() + 1);
                    case Lifecycle _ -> 0;
                };
        return new Enforcement(
                goesOn ? 1 : 0,
                0,
                Instant.EPOCH,
                goesOn ? 1 : 0,
                0,
                lifecycle instanceof Lifecycle.Finished ? shown : named || shown,
                emptiedUpTo,
                status.placements(),
                status.placementBindings());
    }

    private Optional<Condition> has(ConditionReason.Type type) {
        return status.condition(type);
    }

    private boolean isFalse(ConditionReason.Type type) {
        return has(type).filter(condition -> !condition.isTrue()).isPresent();
    }

    private static String stage(Lifecycle lifecycle) {
        return switch (lifecycle) {
            case Lifecycle.BeforeStart _ -> "before its start";
            case BetweenBatches between -> "before batch " + (between.done() + 1) + " of " + between.rollout().batches();
            case Remediating batch -> "in batch " + batch.batch() + " of " + batch.rollout().batches();
            case Settling _ -> "ended and not cleaned up";
            case Lifecycle.Finished _ -> "finished";
            case Lifecycle.Deleting _ -> "being deleted";
        };
    }
}
