package dev.echelon.scheduler.domain;

import dev.echelon.contract.Json;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.intent.Intent.SubscriptionView;
import dev.echelon.contract.result.Result;
import dev.echelon.scheduler.domain.Lifecycle.InRollout;
import dev.echelon.scheduler.domain.Lifecycle.Rollout;
import dev.echelon.scheduler.domain.Spoke.Stage;
import dev.echelon.scheduler.domain.SpokeObjects.Approvals;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The approval of operators' install plans (contract 12). It goes on for as long as a cluster works at a policy with
 * Subscriptions, and rests at one without. The views go when the cluster is complete. A cluster that times out, or
 * whose CGU is deleted under way, also loses its actions, so that none approves anything later.
 */
final class InstallPlans {

    private InstallPlans() {}

    /** The Subscriptions of each policy that has some, with the views that show them. */
    static Map<String, List<SubscriptionView>> subscriptions(Upgrade upgrade) {
        Map<String, List<SubscriptionView>> all = new TreeMap<>();
        upgrade.groundwork().content().forEach((policy, json) -> {
            List<SubscriptionView> views = new ArrayList<>();
            for (Monitored object : monitored(json)) {
                String desired = SafeNames.desiredViewName(upgrade.id(), object.name());
                views.add(new SubscriptionView(
                        object.apiVersion(),
                        object.namespace(),
                        object.name(),
                        desired,
                        SafeNames.inClusterNamespaces(upgrade, desired)));
            }
            all.put(policy, views);
        });
        return all;
    }

    /**
     * The objects in an entry of {@code managedPoliciesContent}.
     *
     * @throws IllegalArgumentException when it cannot be read
     */
    static List<Monitored> monitored(String json) {
        return List.of(Json.read(json.getBytes(StandardCharsets.UTF_8), Monitored[].class));
    }

    /** The cluster works at this policy now. */
    static void follow(Draft draft, String cluster, int policyIndex) {
        Approvals known = draft.spoke(cluster).objects().approvals();
        if (known.policyIndex() == policyIndex) {
            return;
        }
        Rollout rollout = ((InRollout) draft.lifecycle()).rollout();
        String policy = rollout.policies().get(policyIndex).name();
        List<SubscriptionView> subscriptions = rollout.subscriptions().getOrDefault(policy, List.of());
        Progress progress = draft.progress();
        if (subscriptions.isEmpty()) {
            if (known.actions()) {
                draft.emit(new Fact.ApprovalsRequested(cluster, policyIndex));
                draft.settle(Intent.spokeKey(progress.id(), cluster, Aspect.INSTALL_PLANS));
            }
            return;
        }
        draft.emit(new Fact.ApprovalsRequested(cluster, policyIndex));
        draft.want(new Intent.ApproveInstallPlans(
                progress.id(),
                IntentId.approve(progress.uid(), known.asked() + 1, cluster),
                cluster,
                subscriptions,
                false));
    }

    /** Views that somebody else made are kept, and looked at where the policy needs some. */
    static void takeOver(Draft draft, String cluster, int policyIndex) {
        if (draft.spoke(cluster).objects().approvals().actions()) {
            follow(draft, cluster, policyIndex);
        }
    }

    /** @param dropActions whether the actions are to go, too */
    static void stop(Draft draft, String cluster, boolean dropActions) {
        Approvals known = draft.spoke(cluster).objects().approvals();
        if (!known.active() && !(dropActions && known.actions())) {
            return;
        }
        Progress progress = draft.progress();
        String intentId = IntentId.stopApproving(progress.uid(), known.asked() + 1, cluster);
        draft.emit(new Fact.ApprovalsStopping(cluster, intentId, dropActions));
        draft.want(new Intent.ApproveInstallPlans(progress.id(), intentId, cluster, List.of(), dropActions));
    }

    /** Gives up all clusters that were started and are not complete. */
    static void giveUp(Draft draft) {
        new TreeMap<>(draft.state().spokes()).forEach((cluster, spoke) -> {
            if (spoke.stage() instanceof Stage.InProgress) {
                stop(draft, cluster, true);
            }
        });
    }

    static void stopped(Draft draft, Result.ApprovalsStopped result) {
        boolean awaited = draft.state()
                .spoke(result.cluster())
                .flatMap(spoke -> spoke.objects().approvals().stopping())
                .filter(result.intentId()::equals)
                .isPresent();
        if (awaited) {
            draft.emit(new Fact.ApprovalsStopped(result.cluster()));
            draft.settle(Intent.spokeKey(draft.progress().id(), result.cluster(), Aspect.INSTALL_PLANS));
        }
    }

    /** An entry of {@code managedPoliciesContent}. */
    record Monitored(String kind, String name, String apiVersion, String namespace) {}
}
