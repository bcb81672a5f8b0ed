package dev.echelon.api.ztp.domain;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.Json;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import java.util.List;

/** The ClusterGroupUpgrade that brings one newly installed cluster up (ZTP contract 6). */
public final class InstallCgu {

    /** Where all of them are. */
    public static final String NAMESPACE = "ztp-install";

    private InstallCgu() {}

    /**
     * As it is created on the hub. What is not said there has the CRD's default.
     *
     * @param policies in the order of remediation; may be empty
     */
    public static ObjectNode of(ClusterState cluster, List<String> policies) {
        ObjectNode cgu = Json.mapper().createObjectNode();
        cgu.put("apiVersion", ClusterGroupUpgrade.API_VERSION).put("kind", ClusterGroupUpgrade.KIND);
        ObjectNode metadata = cgu.putObject("metadata").put("name", cluster.name()).put("namespace", NAMESPACE);
        metadata.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "cluster.open-cluster-management.io/v1")
                .put("kind", "ManagedCluster")
                .put("name", cluster.name())
                .put("uid", cluster.uid())
                .put("controller", true)
                .put("blockOwnerDeletion", true);
        ObjectNode spec = cgu.putObject("spec").put("enable", true);
        spec.putArray("clusters").add(cluster.name());
        if (!policies.isEmpty()) {
            policies.forEach(spec.putArray("managedPolicies")::add);
        }
        spec.putObject("remediationStrategy").put("maxConcurrency", 1);
        ObjectNode actions = spec.putObject("actions");
        actions.putObject("beforeEnable").putObject("addClusterLabels").put(ClusterState.RUNNING_LABEL, "");
        ObjectNode after = actions.putObject("afterCompletion");
        after.putObject("addClusterLabels").put(ClusterState.DONE_LABEL, "");
        after.putArray("removeClusterLabels").add(ClusterState.RUNNING_LABEL);
        return cgu;
    }
}
