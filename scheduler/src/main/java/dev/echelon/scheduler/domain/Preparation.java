package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.ComplianceByCluster;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.domain.Lifecycle.BackingUp;
import dev.echelon.scheduler.domain.Lifecycle.BeforeStart;
import dev.echelon.scheduler.domain.Lifecycle.Blocked;
import dev.echelon.scheduler.domain.Lifecycle.NotEnabled;
import dev.echelon.scheduler.domain.Lifecycle.Precaching;
import dev.echelon.scheduler.domain.Lifecycle.Preparing;
import dev.echelon.scheduler.domain.PolicyValidation.Invalid;
import dev.echelon.scheduler.domain.PolicyValidation.Valid;
import dev.echelon.scheduler.domain.PolicyValidation.Verdict;
import dev.echelon.scheduler.domain.Upgrade.Groundwork;
import dev.echelon.scheduler.domain.Upgrade.PlacementName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The passes before the start (contract 6.3). A pass looks at everything again, from the selection of clusters to the
 * start of the rollout, and ends at the first gate that is closed. It says only what is new, so that a pass which finds
 * nothing new has no facts.
 *
 * <ol>
 *   <li>select clusters, compute the concurrency;
 *   <li>validate policies, build the plan, name the enforcing objects;
 *   <li>pre-caching, where asked for: {@link SpokeWork};
 *   <li>{@code enable};
 *   <li>the CGUs that block this one: {@link Blocking};
 *   <li>backup, where asked for;
 *   <li>start, with what pre-caching, backup and the blocking CGUs left of the plan, and the {@link Actions} that
 *       belong to it.
 * </ol>
 */
final class Preparation {

    private Preparation() {}

    /** The hub shows the fleet. */
    static void observe(Draft draft, FleetSnapshot snapshot) {
        Upgrade upgrade = draft.upgrade();
        if (snapshot.generation() < upgrade.request().selectionGeneration()) {
            return;
        }
        boolean known = upgrade.groundwork()
                .snapshot()
                .filter(before -> isToThePoint(upgrade, before))
                .filter(snapshot::showsTheSameAs)
                .isPresent();
        if (!known) {
            draft.emit(new Fact.FleetObserved(snapshot));
            pass(draft);
        }
    }

    /** The spec is another one now. */
    static void specChanged(Draft draft, CguSpec before) {
        CguSpec spec = draft.upgrade().request().spec();
        boolean otherTerms = spec.enable() != before.enable()
                || !spec.remediationStrategy().timeout().equals(before.remediationStrategy().timeout());
        if (otherTerms) {
            SpokeWork.reissuePrecache(draft);
        }
        pass(draft);
    }

    /** A gate that nobody can pass any more is given up. */
    static void checkTime(Draft draft) {
        boolean over = draft.progress().gateDeadline().filter(draft.now()::isAfter).isPresent();
        if (over) {
            switch (draft.lifecycle()) {
                case Precaching _ -> Ending.noneLeft(draft, "(Precaching failed)");
                case BackingUp _ -> Ending.noneLeft(draft, "(Backup failed)");
                case Lifecycle other -> throw new IllegalStateException(other + " has no gate that can time out");
            }
        }
    }

    /** One pass; nothing where the hub has not shown what the spec of now selects. */
    static void pass(Draft draft) {
        Upgrade upgrade = draft.upgrade();
        upgrade.groundwork()
                .snapshot()
                .filter(snapshot -> isToThePoint(upgrade, snapshot))
                .flatMap(snapshot -> selectClusters(draft, snapshot))
                .filter(gate -> !gate.equals(draft.lifecycle()))
                .ifPresent(gate -> draft.emit(new Fact.HeldAt(gate)));
    }

    private static boolean isToThePoint(Upgrade upgrade, FleetSnapshot snapshot) {
        return snapshot.generation() >= upgrade.request().selectionGeneration();
    }

    /** Each step answers with the gate at which the pass ended, or with nothing when the CGU is under way. */
    private static Optional<BeforeStart> selectClusters(Draft draft, FleetSnapshot snapshot) {
        CguSpec spec = draft.upgrade().request().spec();
        Optional<String> problem = SelectionCheck.problem(
                snapshot.selection(), spec.remediationStrategy().canaries());
        if (problem.isPresent()) {
            draft.failed(
                    SelectionCheck.failure(snapshot.selection()), ConditionReason.CLUSTER_NOT_FOUND, problem.get());
            return Optional.of(new Preparing());
        }
        int concurrency = ComputedConcurrency.of(
                spec.remediationStrategy().maxConcurrency(),
                snapshot.selection().clusters().size());
        if (concurrency != draft.upgrade().groundwork().concurrency()) {
            draft.emit(new Fact.ConcurrencyComputed(concurrency));
        }
        draft.condition(ConditionReason.CLUSTERS_SELECTED);
        return validate(draft, snapshot, concurrency);
    }

    private static Optional<BeforeStart> validate(Draft draft, FleetSnapshot snapshot, int concurrency) {
        CguSpec spec = draft.upgrade().request().spec();
        List<String> selected = snapshot.selection().clusters();
        Verdict verdict = spec.rollsOutManifestWorks()
                ? TemplateValidation.validate(spec, snapshot.templates())
                : PolicyValidation.validate(spec, selected, snapshot.policies(), snapshot.updateGraph());
        return switch (verdict) {
            case PolicyValidation.Awaited() -> Optional.of(new Preparing());
            case Invalid invalid -> {
                refuse(draft, invalid);
                yield Optional.of(new Preparing());
            }
            case Valid valid -> {
                Set<String> needWork = spec.rollsOutManifestWorks() ? Set.copyOf(selected) : needWork(valid);
                RemediationPlan plan = RemediationPlan.plan(
                        selected, spec.remediationStrategy().canaries(), concurrency, needWork::contains);
                layGroundwork(draft, valid, plan);
                draft.condition(ConditionReason.VALIDATED);
                yield precache(draft, snapshot, valid, plan);
            }
        };
    }

    /** What was found of the other policies shows beside the reason; only a good pass says that there is nothing. */
    private static void refuse(Draft draft, Invalid invalid) {
        Groundwork before = draft.upgrade().groundwork();
        List<RolloutPolicy> rollout = invalid.rollout().isEmpty() ? before.policies() : invalid.rollout();
        List<String> compliant = invalid.before().isEmpty() ? before.compliantBefore() : invalid.before();
        if (!before.policies().equals(rollout) || !before.compliantBefore().equals(compliant)) {
            draft.emit(new Fact.PoliciesClassified(rollout, compliant, before.content()));
        }
        if (invalid.failure() == null) {
            draft.condition(invalid.reason(), invalid.values().toArray());
        } else {
            draft.failed(invalid.failure(), invalid.reason(), invalid.values().toArray());
        }
    }

    private static void layGroundwork(Draft draft, Valid valid, RemediationPlan plan) {
        Groundwork before = draft.upgrade().groundwork();
        boolean otherPolicies = !before.policies().equals(valid.rolloutPolicies())
                || !before.compliantBefore().equals(valid.namesBefore())
                || !before.content().equals(valid.content());
        if (otherPolicies) {
            draft.emit(new Fact.PoliciesClassified(valid.rolloutPolicies(), valid.namesBefore(), valid.content()));
        }
        if (!before.plan().equals(plan.batches())) {
            draft.emit(new Fact.PlanChanged(plan.batches()));
        }
        List<PlacementName> placements = placements(draft.upgrade(), valid.rolloutPolicies());
        if (!draft.upgrade().objects().wanted().equals(placements)) {
            draft.emit(new Fact.PlacementsNamed(placements));
        }
    }

    private static Optional<BeforeStart> precache(
            Draft draft, FleetSnapshot snapshot, Valid valid, RemediationPlan plan) {
        List<String> clusters = RemediationPlan.clusters(plan.batches());
        if (!draft.upgrade().request().spec().preCaching()) {
            SpokeWork.cancel(draft, Workload.PRECACHE);
            return enable(draft, snapshot, plan, clusters);
        }
        if (clusters.isEmpty()) {
            return enable(draft, snapshot, plan, clusters);
        }
        List<ObservedPolicy> policies =
                Stream.concat(valid.rollout().stream(), valid.before().stream()).toList();
        Optional<BeforeStart> held = SpokeWork.precache(draft, snapshot, policies, clusters);
        if (held.isPresent()) {
            return held;
        }
        List<String> ready = SpokeWork.succeeded(draft, Workload.PRECACHE, clusters);
        if (ready.isEmpty()) {
            Ending.noneLeft(draft, "(Precaching failed)");
            return Optional.empty();
        }
        return enable(draft, snapshot, plan, ready);
    }

    private static Optional<BeforeStart> enable(
            Draft draft, FleetSnapshot snapshot, RemediationPlan plan, List<String> ready) {
        if (!draft.upgrade().request().spec().enable()) {
            draft.condition(ConditionReason.NOT_ENABLED);
            return Optional.of(new NotEnabled());
        }
        if (draft.progress().clocks().startedAt().isEmpty()) {
            draft.emit(new Fact.Started(
                    draft.now(),
                    RemediationPlan.clusters(plan.batches()).size(),
                    plan.batches().size()));
        }
        return unblock(draft, snapshot, plan, ready);
    }

    private static Optional<BeforeStart> unblock(
            Draft draft, FleetSnapshot snapshot, RemediationPlan plan, List<String> ready) {
        Optional<Blocking.Hold> hold = blocking(draft, snapshot).hold();
        if (hold.isPresent()) {
            draft.condition(hold.get().reason(), Texts.list(hold.get().names()));
            return Optional.of(new Blocked());
        }
        return backUp(draft, snapshot, plan, ready);
    }

    private static Optional<BeforeStart> backUp(
            Draft draft, FleetSnapshot snapshot, RemediationPlan plan, List<String> clusters) {
        if (!draft.upgrade().request().spec().backup()) {
            SpokeWork.cancel(draft, Workload.BACKUP);
            return start(draft, snapshot, plan, clusters);
        }
        if (clusters.isEmpty()) {
            return start(draft, snapshot, plan, clusters);
        }
        Optional<BeforeStart> held = SpokeWork.backUp(draft, clusters);
        if (held.isPresent()) {
            return held;
        }
        List<String> ready = SpokeWork.succeeded(draft, Workload.BACKUP, clusters);
        if (ready.isEmpty()) {
            Ending.noneLeft(draft, "(Backup failed)");
            return Optional.empty();
        }
        return start(draft, snapshot, plan, ready);
    }

    private static Optional<BeforeStart> start(
            Draft draft, FleetSnapshot snapshot, RemediationPlan plan, List<String> ready) {
        Optional<List<String>> kept = blocking(draft, snapshot).filter(ready);
        if (kept.isEmpty()) {
            Ending.noneLeft(draft, "after filtering out non-completed clusters from blocking CGUs");
            return Optional.empty();
        }
        Groundwork groundwork = draft.upgrade().groundwork();
        RemediationPlan last = RemediationPlan.plan(
                kept.get(),
                draft.upgrade().request().spec().remediationStrategy().canaries(),
                groundwork.concurrency(),
                _ -> true);
        if (!last.batches().equals(groundwork.plan())) {
            draft.emit(new Fact.PlanChanged(last.batches()));
        }
        for (String cluster : plan.compliant()) {
            draft.emit(new Fact.ClusterAlreadyCompliant(cluster));
            Actions.afterCompletion(draft, cluster);
        }
        Actions.beforeEnable(draft, RemediationPlan.clusters(last.batches()));
        if (last.batches().isEmpty()) {
            Ending.alreadyCompliant(draft);
        } else {
            Remediation.begin(draft, snapshot, last.batches());
        }
        return Optional.empty();
    }

    private static Blocking blocking(Draft draft, FleetSnapshot snapshot) {
        return new Blocking(draft.upgrade().request(), snapshot.blockers());
    }

    private static Set<String> needWork(Valid valid) {
        Set<String> clusters = new HashSet<>();
        for (ObservedPolicy policy : valid.rollout()) {
            ComplianceByCluster compliance = policy.root().compliance();
            clusters.addAll(compliance.nonCompliant());
        }
        return clusters;
    }

    /** One per policy, also where a policy is listed twice. A name that was given once stays. */
    static List<PlacementName> placements(Upgrade upgrade, List<RolloutPolicy> policies) {
        String suffix = upgrade.request().annotations().getOrDefault(SafeNames.SUFFIX_ANNOTATION, "");
        Map<String, String> given = upgrade.objects().safeNames();
        List<PlacementName> placements = new ArrayList<>();
        for (RolloutPolicy policy : new LinkedHashSet<>(policies)) {
            String desired = SafeNames.desiredPlacementName(upgrade.id().name(), policy.name());
            String safe = SafeNames.safeName(desired, policy.namespace(), upgrade.uid(), suffix);
            PlacementName name = new PlacementName(policy.namespace(), policy.name(), desired, safe);
            String before = given.get(name.key());
            placements.add(
                    before == null ? name : new PlacementName(policy.namespace(), policy.name(), desired, before));
        }
        placements.sort(Comparator.comparing(PlacementName::key));
        return placements;
    }
}
