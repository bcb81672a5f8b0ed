package dev.echelon.scheduler.domain;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.EnforcePolicies;
import dev.echelon.contract.intent.Intent.PolicyPlacement;
import dev.echelon.contract.intent.Intent.StopEnforcing;
import dev.echelon.contract.result.Result;
import dev.echelon.scheduler.domain.Lifecycle.BeforeStart;
import dev.echelon.scheduler.domain.Lifecycle.CleanUp;
import dev.echelon.scheduler.domain.Lifecycle.Deleting;
import dev.echelon.scheduler.domain.Lifecycle.InRollout;
import dev.echelon.scheduler.domain.Lifecycle.Remediating;
import dev.echelon.scheduler.domain.Lifecycle.Settling;
import dev.echelon.scheduler.domain.Progress.Enforcement;
import dev.echelon.scheduler.domain.Upgrade.PlacementName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The objects on the hub that enforce the policies (contract 5). There is one intent per CGU with the whole wanted set:
 *
 * <ul>
 *   <li>before the start the objects exist and enforce nothing;
 *   <li>a cluster that works at a policy comes last in that policy's Placement, and stays in those of the policies
 *       before;
 *   <li>when a batch before the last completes all Placements are emptied; when it times out nothing is removed;
 *   <li>at the end the objects go, or stay emptied where {@code deleteObjects} is false (decision on row 18).
 * </ul>
 *
 * Clusters that reach a policy within {@link Progress#ENFORCE_WINDOW} go into one intent, so that a batch of a thousand
 * does not write the set a thousand times. A new batch does not wait.
 */
final class Enforcing {

    private Enforcing() {}

    /** Issues the wanted set, where it is behind and the window is over. */
    static void issue(Draft draft) {
        Enforcement enforcement = draft.progress().enforcement();
        boolean due = enforcement.behind()
                && (draft.isUrgent()
                        || draft.now().isAfter(enforcement.issuedAt().plus(Progress.ENFORCE_WINDOW)));
        if (due) {
            draft.emit(new Fact.EnforcementIssued(draft.now()));
            draft.want(new EnforcePolicies(
                    draft.progress().id(),
                    IntentId.enforce(draft.progress().uid()),
                    draft.progress().enforcement().issued(),
                    wanted(draft)));
        }
    }

    /** Asks for all of it to go. The clean-up of the CGU's state has to wait for the answer. */
    static void stop(Draft draft) {
        draft.emit(new Fact.EnforcementStopping());
        Progress progress = draft.progress();
        draft.want(new StopEnforcing(
                progress.id(),
                IntentId.stop(progress.uid(), progress.enforcement().stops()),
                draft.upgrade().objects().namespaces()));
    }

    static void confirmed(Draft draft, Result.Enforced result) {
        Enforcement enforcement = draft.progress().enforcement();
        boolean current = result.intentId().equals(IntentId.enforce(draft.progress().uid()))
                && enforcement.present()
                && result.revision() >= enforcement.named()
                && result.revision() <= enforcement.issued();
        if (!current) {
            return;
        }
        switch (draft.lifecycle()) {
            case BeforeStart _, InRollout _, Settling _ -> {
                boolean news = !enforcement.placements().equals(result.placements())
                        || !enforcement.placementBindings().equals(result.placementBindings());
                if (news) {
                    draft.emit(new Fact.EnforcementConfirmed(result.placements(), result.placementBindings()));
                }
            }
            case Lifecycle.Finished _, Deleting _ -> {
                // what is there does not matter any more
            }
        }
        if (draft.lifecycle() instanceof Settling settling
                && settling.cleanUp().enforcement()
                && result.revision() == enforcement.issued()
                && !enforcement.behind()) {
            draft.emit(new Fact.EnforcementEmptied());
            draft.settle(Intent.hubKey(draft.progress().id()));
        }
    }

    static void stopped(Draft draft, Result.EnforcementStopped result) {
        Progress progress = draft.progress();
        boolean awaited =
                switch (progress.lifecycle()) {
                    case Settling(_, CleanUp cleanUp) -> cleanUp.enforcement();
                    case Deleting(_, CleanUp cleanUp) -> cleanUp.enforcement();
                    case BeforeStart _, InRollout _, Lifecycle.Finished _ -> false;
                };
        if (awaited && result.intentId().equals(IntentId.stop(progress.uid(), progress.enforcement().stops()))) {
            draft.emit(new Fact.EnforcementStopped());
            draft.settle(Intent.hubKey(progress.id()));
        }
    }

    private static List<PolicyPlacement> wanted(Draft draft) {
        Upgrade upgrade = draft.upgrade();
        Map<String, List<String>> clusters = clusters(draft);
        List<PolicyPlacement> placements = new ArrayList<>();
        for (PlacementName name : upgrade.objects().wanted()) {
            placements.add(new PolicyPlacement(
                    name.policyNamespace(),
                    name.policyName(),
                    name.desiredName(),
                    name.safeName(),
                    clusters.getOrDefault(name.policyNamespace() + "/" + name.policyName(), List.of())));
        }
        return placements;
    }

    /** The clusters of each policy's Placement, in the order in which they came to it. */
    private static Map<String, List<String>> clusters(Draft draft) {
        if (!(draft.lifecycle() instanceof Remediating batch)) {
            return Map.of();
        }
        List<RolloutPolicy> policies = batch.rollout().policies();
        List<List<String>> plan = draft.upgrade().groundwork().plan();
        int firstBatch = draft.progress().enforcement().emptiedUpTo();
        List<Place> places = new ArrayList<>();
        for (String cluster : RemediationPlan.clusters(plan.subList(firstBatch, batch.batch()))) {
            Spoke spoke = draft.spoke(cluster);
            for (int index : spoke.enforced()) {
                RolloutPolicy policy = policies.get(index);
                places.add(new Place(
                        policy.namespace() + "/" + policy.name(),
                        cluster,
                        spoke.objects().placed().getOrDefault(index, 0L)));
            }
        }
        // Those that came within one window stay in the plan's order.
        places.sort(Comparator.comparingLong(Place::since));
        // A policy that is listed twice has one Placement, in which a cluster is once.
        return places.stream().collect(Collectors.groupingBy(
                Place::policy,
                Collectors.collectingAndThen(
                        Collectors.mapping(Place::cluster, Collectors.toList()),
                        all -> all.stream().distinct().toList())));
    }

    /** @param since the revision of the enforcing objects when the cluster came to the policy */
    private record Place(String policy, String cluster, long since) {}
}
