package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.WatchEvent;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.SpokeKinds;
import dev.echelon.simulator.scenario.Scenario.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Brings a spoke to the version that its ClusterVersion desires, whoever wrote it there. A desired version that changes
 * on the way starts the way again.
 */
final class ClusterVersionOperator {
    static final String NAME = "version";
    private static final int MANIFESTS = 829;

    /** How far an upgrade is, and on whom it waits there. */
    private record Step(int done, String waiting) {
        String message(String version) {
            return "Working towards %s: %d of %d done (%d%% complete)%s".formatted(version, done, MANIFESTS,
                    done * 100 / MANIFESTS, waiting.isEmpty() ? "" : ", waiting on " + waiting);
        }
    }

    private static final List<Step> STEPS = List.of(new Step(9, ""), new Step(106, "etcd, kube-apiserver"),
            new Step(158, "kube-controller-manager, kube-scheduler"), new Step(213, "config-operator, machine-api"),
            new Step(341, "cluster-autoscaler, openshift-apiserver"), new Step(455, "ingress, monitoring"),
            new Step(562, "network"), new Step(658, "dns, network"), new Step(706, "machine-config"),
            new Step(741, "machine-config"), new Step(778, "machine-config"), new Step(812, ""));

    private final Spoke spoke;
    private String target = "";

    ClusterVersionOperator(Spoke spoke) {
        this.spoke = spoke;
    }

    /** The version that runs, as its history has it. */
    String version() {
        return spoke.objects().get(SpokeKinds.CLUSTER_VERSION, "", NAME).map(ClusterVersionOperator::current)
                .orElse("");
    }

    void changed(ResourceKind kind, WatchEvent event) {
        if (!kind.equals(SpokeKinds.CLUSTER_VERSION) || event.type() == WatchEvent.Type.DELETED) {
            return;
        }
        JsonNode desired = event.object().at("/spec/desiredUpdate");
        String image = desired.path("image").asText();
        String version = desired.path("version").asText();
        if (version.isEmpty()) {
            version = spoke.world().scenario().release(image, "").map(Release::version).orElse("");
        }
        if (version.isEmpty() || version.equals(target)
                || target.isEmpty() && version.equals(current(event.object()))) {
            return;
        }
        target = version;
        begin(version, image);
        if (spoke.world().scenario().instant()) {
            complete(version);
        } else {
            step(version, 0, spoke.taking(spoke.world().scenario().durations().upgrade()).dividedBy(STEPS.size()));
        }
    }

    private void begin(String version, String image) {
        Instant now = spoke.world().timeline().now();
        spoke.objects().change(SpokeKinds.CLUSTER_VERSION, "", NAME, object -> {
            ObjectNode status = Json.objectAt(object, "status").deepCopy();
            ObjectNode entry = Json.object().put("state", "Partial").put("version", version).put("image", image)
                    .put("verified", true).put("startedTime", World.timestamp(now));
            ArrayNode history = Json.array();
            history.add(entry);
            status.path("history").valueStream().filter(old -> old.path("state").asText().equals("Completed"))
                    .forEach(history::add);
            status.set("history", history);
            status.putObject("desired").put("version", version).put("image", image);
            progressing(status, true, STEPS.getFirst().message(version), now);
            return Json.with(object, "status", status);
        });
    }

    private void step(String version, int index, Duration each) {
        spoke.world().timeline().after(each, spoke.mailbox(), () -> {
            if (!version.equals(target)) {
                return;
            }
            if (index == STEPS.size()) {
                complete(version);
                return;
            }
            Instant now = spoke.world().timeline().now();
            spoke.objects().change(SpokeKinds.CLUSTER_VERSION, "", NAME, object -> {
                ObjectNode status = Json.objectAt(object, "status").deepCopy();
                progressing(status, true, STEPS.get(index).message(version), now);
                return Json.with(object, "status", status);
            });
            step(version, index + 1, each);
        });
    }

    private void complete(String version) {
        target = "";
        Instant now = spoke.world().timeline().now();
        spoke.objects().change(SpokeKinds.CLUSTER_VERSION, "", NAME, object -> {
            ObjectNode status = Json.objectAt(object, "status").deepCopy();
            ((ObjectNode) status.path("history").get(0)).put("state", "Completed")
                    .put("completionTime", World.timestamp(now));
            progressing(status, false, "Cluster version is " + version, now);
            status.path("conditions").forEach(condition -> {
                if (condition.path("type").asText().equals("Available")) {
                    ((ObjectNode) condition).put("message", "Done applying " + version);
                }
            });
            return Json.with(object, "status", status);
        });
        spoke.objects().change(SpokeKinds.NODE, "", spoke.spec().node(), node -> {
            ObjectNode status = Json.objectAt(node, "status").deepCopy();
            status.withObject("/nodeInfo").put("kubeletVersion", Installation.kubelet(version));
            return Json.with(node, "status", status);
        });
        spoke.availability().changed();
    }

    private static void progressing(ObjectNode status, boolean on, String message, Instant now) {
        status.path("conditions").forEach(condition -> {
            if (condition.path("type").asText().equals("Progressing")) {
                ObjectNode progressing = (ObjectNode) condition;
                if (!progressing.path("status").asText().equals(on ? "True" : "False")) {
                    progressing.put("lastTransitionTime", World.timestamp(now));
                }
                progressing.put("status", on ? "True" : "False").put("message", message);
            }
        });
    }

    private static String current(ObjectNode clusterVersion) {
        return clusterVersion.at("/status/history").valueStream()
                .filter(entry -> entry.path("state").asText().equals("Completed")).findFirst()
                .map(entry -> entry.path("version").asText()).orElse("");
    }
}
