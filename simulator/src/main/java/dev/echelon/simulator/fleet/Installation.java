package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.SpokeKinds;
import dev.echelon.simulator.scenario.Scenario;
import dev.echelon.simulator.scenario.Scenario.Release;
import dev.echelon.simulator.scenario.Scenario.SpokeSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** A freshly installed single-node OpenShift: its ClusterVersion and its node. */
final class Installation {
    /** How long ago the spokes were installed. */
    private static final Duration AGE = Duration.ofHours(5).plusMinutes(7);

    private Installation() {
    }

    static List<ObjectNode> objects(SpokeSpec spec, Scenario scenario, Instant now) {
        return List.of(clusterVersion(spec, scenario, now.minus(AGE)), node(spec, now.minus(AGE)));
    }

    private static ObjectNode clusterVersion(SpokeSpec spec, Scenario scenario, Instant installed) {
        String image = scenario.release("", spec.version()).map(Release::image).orElse("");
        ObjectNode object = Json.object().put("apiVersion", SpokeKinds.CLUSTER_VERSION.apiVersion())
                .put("kind", "ClusterVersion");
        object.putObject("metadata").put("name", ClusterVersionOperator.NAME);
        object.putObject("spec").put("channel", "stable-" + minor(spec.version()))
                .put("clusterID", UUID.nameUUIDFromBytes(spec.name().getBytes(StandardCharsets.UTF_8)).toString());
        ObjectNode status = object.putObject("status");
        status.putObject("desired").put("version", spec.version()).put("image", image);
        status.put("observedGeneration", 1);
        ObjectNode entry = status.putArray("history").addObject();
        entry.put("state", "Completed").put("version", spec.version()).put("image", image).put("verified", false)
                .put("startedTime", World.timestamp(installed))
                .put("completionTime", World.timestamp(installed.plus(Duration.ofMinutes(38))));
        ArrayNode conditions = status.putArray("conditions");
        Instant since = installed.plus(Duration.ofMinutes(38));
        conditions.add(World.condition("Available", true, "", "Done applying " + spec.version(), since));
        conditions.add(World.condition("Failing", false, "", "", since));
        conditions.add(World.condition("Progressing", false, "", "Cluster version is " + spec.version(), since));
        return object;
    }

    private static ObjectNode node(SpokeSpec spec, Instant installed) {
        ObjectNode object = Json.object().put("apiVersion", "v1").put("kind", "Node");
        ObjectNode metadata = object.putObject("metadata").put("name", spec.node());
        metadata.putObject("labels").put("kubernetes.io/hostname", spec.node())
                .put("node-role.kubernetes.io/control-plane", "").put("node-role.kubernetes.io/master", "")
                .put("node-role.kubernetes.io/worker", "");
        metadata.putObject("annotations").put(SpokeKinds.ROLES, "control-plane,master,worker");
        object.putObject("spec");
        ObjectNode status = object.putObject("status");
        status.putArray("conditions").add(World.condition("Ready", true, "KubeletReady",
                "kubelet is posting ready status", installed));
        status.putObject("nodeInfo").put("kubeletVersion", kubelet(spec.version()))
                .put("osImage", "Red Hat Enterprise Linux CoreOS").put("architecture", "amd64");
        return object;
    }

    /** The Kubernetes version in an OpenShift version: 4.12 has 1.25. */
    static String kubelet(String openshift) {
        String[] parts = openshift.split("\\.");
        int minor = parts.length > 1 && parts[1].matches("\\d+") ? Integer.parseInt(parts[1]) + 13 : 25;
        return "v1." + minor + ".4+a34b9e9";
    }

    private static String minor(String version) {
        int second = version.indexOf('.', version.indexOf('.') + 1);
        return second < 0 ? version : version.substring(0, second);
    }
}
