package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.WatchEvent;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.SpokeKinds;
import java.util.Objects;

/**
 * What the Operator Lifecycle Manager does with the Subscriptions of one spoke, as far as it shows from outside: a new
 * channel makes an InstallPlan and an upgrade that is pending; an InstallPlan that is approved, by its Subscription's
 * {@code Automatic} or by somebody, is carried out after a while and brings the Subscription to its latest version.
 */
final class OperatorManager {
    private final Spoke spoke;

    OperatorManager(Spoke spoke) {
        this.spoke = spoke;
    }

    void changed(ResourceKind kind, WatchEvent event) {
        if (event.type() == WatchEvent.Type.DELETED) {
            return;
        }
        if (kind.equals(SpokeKinds.SUBSCRIPTION)) {
            plan(event.object());
        } else if (kind.equals(SpokeKinds.INSTALL_PLAN)) {
            carryOut(event.object());
        }
    }

    /** Plans the installation of what the Subscription's channel has, once for each channel. */
    private void plan(ObjectNode subscription) {
        String csv = csv(subscription);
        if (subscription.at("/status/currentCSV").asText().equals(csv)) {
            return;
        }
        String namespace = subscription.at("/metadata/namespace").asText();
        String plan = "install-" + suffix(subscription.at("/metadata/uid").asText() + csv);
        boolean manual = subscription.at("/spec/installPlanApproval").asText().equals("Manual");
        if (spoke.objects().get(SpokeKinds.INSTALL_PLAN, namespace, plan).isEmpty()) {
            ObjectNode made = Json.object().put("apiVersion", SpokeKinds.INSTALL_PLAN.apiVersion())
                    .put("kind", SpokeKinds.INSTALL_PLAN.kind());
            made.putObject("metadata").put("name", plan).put("namespace", namespace);
            made.putObject("spec").put("approval", manual ? "Manual" : "Automatic").put("approved", !manual)
                    .putArray("clusterServiceVersionNames").add(csv);
            spoke.objects().create(made);
        }
        ObjectNode status = Json.object();
        status.putObject("status").put("state", "UpgradePending").put("currentCSV", csv).putObject("installplan")
                .put("apiVersion", SpokeKinds.INSTALL_PLAN.apiVersion()).put("kind", SpokeKinds.INSTALL_PLAN.kind())
                .put("name", plan);
        spoke.objects().merge(SpokeKinds.SUBSCRIPTION, namespace, subscription.at("/metadata/name").asText(), status);
    }

    private void carryOut(ObjectNode plan) {
        if (!plan.at("/spec/approved").asBoolean() || plan.at("/status/phase").asText().equals("Complete")) {
            return;
        }
        String namespace = plan.at("/metadata/namespace").asText();
        String name = plan.at("/metadata/name").asText();
        spoke.after(spoke.world().scenario().durations().policyApply(), () -> {
            if (spoke.objects().get(SpokeKinds.INSTALL_PLAN, namespace, name).isEmpty()) {
                return;
            }
            spoke.objects().merge(SpokeKinds.INSTALL_PLAN, namespace, name, status("phase", "Complete"));
            spoke.objects().in(SpokeKinds.SUBSCRIPTION, namespace).stream()
                    .filter(subscription -> subscription.at("/status/installplan/name").asText().equals(name))
                    .forEach(this::installed);
        });
    }

    private void installed(ObjectNode subscription) {
        ObjectNode status = status("state", "AtLatestKnown");
        status.withObject("/status").put("installedCSV", subscription.at("/status/currentCSV").asText());
        spoke.objects().merge(SpokeKinds.SUBSCRIPTION, subscription.at("/metadata/namespace").asText(),
                subscription.at("/metadata/name").asText(), status);
    }

    private static ObjectNode status(String field, String value) {
        ObjectNode patch = Json.object();
        patch.putObject("status").put(field, value);
        return patch;
    }

    private static String csv(ObjectNode subscription) {
        return subscription.at("/spec/name").asText() + ".v-" + subscription.at("/spec/channel").asText("stable");
    }

    /** The same for the same text, so that a plan is made once. */
    private static String suffix(String text) {
        return String.format("%05x", Objects.hash(text) & 0xfffff);
    }
}
