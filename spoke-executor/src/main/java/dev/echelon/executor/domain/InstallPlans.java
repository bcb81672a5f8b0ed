package dev.echelon.executor.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.SubscriptionView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The approval of manual install plans on one spoke (contract 12): a view of each Subscription, a view of each install
 * plan that one of them waits for, and an action that approves it.
 */
public final class InstallPlans {

    private InstallPlans() {}

    /**
     * What is to be done now.
     *
     * @param changes empty where nothing is but to wait for the spoke
     * @param pending whether a plan is known that is not approved yet
     */
    public record Next(List<Change> changes, boolean pending) {
        public Next {
            changes = List.copyOf(changes);
        }
    }

    /**
     * The next changes for the Subscriptions of the intent. To be asked again when they are made, until there are none.
     *
     * @param views the views on the spoke by name
     * @param actions the actions on the spoke by name
     */
    public static Next next(
            Intent.ApproveInstallPlans intent,
            Function<String, Optional<SeenObject>> views,
            Function<String, Optional<SeenObject>> actions) {
        List<Change> changes = new ArrayList<>();
        boolean pending = false;
        Set<String> taken = new HashSet<>();
        for (SubscriptionView subscription : intent.subscriptions()) {
            // A name can show one Subscription only: a second one would take it away from the first for ever.
            if (!taken.add(subscription.safeName())) {
                continue;
            }
            Map<String, Object> waiting = look(subscriptionView(intent, subscription), views, changes);
            Optional<String> planName = waitsFor(waiting);
            if (planName.isEmpty()) {
                continue;
            }
            HubObject planView = planView(intent, subscription, planName.get());
            Map<String, Object> plan = look(planView, views, changes);
            Map<String, Object> spec = Trees.map(plan.get("spec"));
            if ("Manual".equals(spec.get("approval")) && !Boolean.TRUE.equals(spec.get("approved"))) {
                pending = true;
                approve(approval(intent, subscription, planName.get(), plan), actions.apply(planName.get()))
                        .ifPresent(changes::add);
            }
        }
        return new Next(changes, pending);
    }

    /**
     * What has to change so that no view of the CGU is left, and where asked for no action.
     *
     * @param views the views on the spoke with the CGU's label
     * @param actions the actions on the spoke with the CGU's label
     */
    public static List<Change> stop(
            Intent.ApproveInstallPlans intent, Collection<SeenObject> views, Collection<SeenObject> actions) {
        CguId cgu = intent.cgu();
        List<Change> changes = new ArrayList<>();
        views.stream()
                .filter(view -> CguLabels.owner(view.labels()).filter(cgu::equals).isPresent())
                .forEach(view -> changes.add(new Change.Delete(HubKind.VIEW, view.namespace(), view.name())));
        if (intent.dropActions()) {
            actions.stream()
                    .filter(action -> Trees.has(action.labels(), CguLabels.ofAction(cgu)))
                    .forEach(action ->
                            changes.add(new Change.Delete(HubKind.ACTION, action.namespace(), action.name())));
        }
        return changes;
    }

    /** What the view shows; empty where it is not as it should be, which is a change to make, or shows nothing yet. */
    private static Map<String, Object> look(
            HubObject view, Function<String, Optional<SeenObject>> views, List<Change> changes) {
        Optional<SeenObject> found = views.apply(view.name());
        if (found.filter(seen -> seen.matches(view)).isEmpty()) {
            changes.add(new Change.Align(view));
            return Map.of();
        }
        Map<String, Object> status = Trees.map(found.get().content().get("status"));
        return isAnswered(status) ? Trees.map(status.get("result")) : Map.of();
    }

    private static boolean isAnswered(Map<String, Object> status) {
        return status.get("conditions") instanceof List<?> conditions
                && conditions.stream().anyMatch(condition -> condition instanceof Map<?, ?> map
                        && "Processing".equals(map.get("type"))
                        && "True".equals(map.get("status"))
                        && "GetResourceProcessing".equals(map.get("reason")));
    }

    /** The name of the install plan that the Subscription waits for. */
    private static Optional<String> waitsFor(Map<String, Object> subscription) {
        Map<String, Object> status = Trees.map(subscription.get("status"));
        return "UpgradePending".equals(status.get("state"))
                        && Trees.map(status.get("installplan")).get("name") instanceof String name
                        && !name.isEmpty()
                ? Optional.of(name)
                : Optional.empty();
    }

    /**
     * The action, where it is not there, or where it is there in vain: it was made for an earlier version of a plan
     * that is still not approved, so that the spoke refuses it. Upstream leaves that one until ACM removes it.
     */
    private static Optional<Change> approve(HubObject wanted, Optional<SeenObject> found) {
        if (found.isEmpty()) {
            return Optional.of(new Change.Ensure(wanted));
        }
        boolean stale = !version(found.get().content()).equals(version(wanted.content()));
        return stale && !isDone(found.get()) ? Optional.of(new Change.Recreate(wanted)) : Optional.empty();
    }

    private static String version(Map<String, Object> action) {
        Map<String, Object> kube = Trees.map(Trees.map(action.get("spec")).get("kube"));
        Map<String, Object> metadata = Trees.map(Trees.map(kube.get("template")).get("metadata"));
        return String.valueOf(metadata.get("resourceVersion"));
    }

    /** Whether the spoke has carried the action out well, so that only the plan's view is behind. */
    private static boolean isDone(SeenObject action) {
        return Trees.map(action.content().get("status")).get("conditions") instanceof List<?> conditions
                && conditions.stream().anyMatch(condition -> condition instanceof Map<?, ?> map
                        && "Completed".equals(map.get("type"))
                        && "True".equals(map.get("status")));
    }

    private static HubObject subscriptionView(Intent.ApproveInstallPlans intent, SubscriptionView subscription) {
        String apiVersion = subscription.apiVersion();
        int slash = apiVersion.indexOf('/');
        String resource = slash < 0 ? "Subscription" : "Subscription." + apiVersion.substring(0, slash);
        return view(intent, subscription.safeName(), subscription.desiredName(), resource, subscription.name(),
                subscription.namespace());
    }

    private static HubObject planView(
            Intent.ApproveInstallPlans intent, SubscriptionView subscription, String plan) {
        return view(intent, plan, plan, "InstallPlan", plan, subscription.namespace());
    }

    private static HubObject view(Intent.ApproveInstallPlans intent, String name, String realName, String resource,
            String of, String namespace) {
        return new HubObject(
                HubKind.VIEW, intent.cluster(), name, CguLabels.of(intent.cgu()),
                Map.of(CguLabels.REAL_NAME, intent.cluster() + "/" + realName),
                Map.of("spec", Map.of("scope", Map.of("resource", resource, "name", of, "namespace", namespace))));
    }

    private static HubObject approval(Intent.ApproveInstallPlans intent, SubscriptionView subscription, String name,
            Map<String, Object> plan) {
        Map<String, Object> spec = new HashMap<>();
        spec.put("approval", "Manual");
        spec.put("approved", true);
        Object versions = Trees.map(plan.get("spec")).get("clusterServiceVersionNames");
        spec.put("clusterServiceVersionNames", versions == null ? List.of() : versions);
        Map<String, Object> metadata = new HashMap<>();
        metadata.put("name", name);
        metadata.put("resourceVersion", String.valueOf(Trees.map(plan.get("metadata")).get("resourceVersion")));
        Map<String, Object> template = Map.of(
                "apiVersion", "operators.coreos.com/v1alpha1",
                "kind", "InstallPlan",
                "metadata", metadata,
                "spec", spec);
        return new HubObject(
                HubKind.ACTION, intent.cluster(), name, CguLabels.ofAction(intent.cgu()), Map.of(),
                Map.of("spec", Map.of(
                        "actionType", "Update",
                        "kube", Map.of(
                                "resource", "installplan",
                                "namespace", subscription.namespace(),
                                "template", template))));
    }
}
