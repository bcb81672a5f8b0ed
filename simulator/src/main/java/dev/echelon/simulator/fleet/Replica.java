package dev.echelon.simulator.fleet;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Map;

/**
 * A replicated policy as the hub has it.
 *
 * @param root       namespace and name of its root policy with a dot between; its own name
 * @param cluster    its namespace
 * @param enforced   whether the spoke is to act
 * @param content    what it asks for, shared with all replicas that ask for the same
 * @param compliance {@code Compliant}, {@code NonCompliant}, or empty where the spoke has not said yet
 * @param version    of the object on the hub
 */
record Replica(String root, String cluster, boolean enforced, PolicyContent content, String compliance, long version) {
    static final String ROOT_LABEL = "policy.open-cluster-management.io/root-policy";

    static Replica of(GenericKubernetesResource policy, PolicyContents contents) {
        Map<String, Object> spec = map(policy.getAdditionalProperties().get("spec"));
        Object compliant = map(policy.getAdditionalProperties().get("status")).get("compliant");
        return new Replica(policy.getMetadata().getName(), policy.getMetadata().getNamespace(),
                String.valueOf(spec.get("remediationAction")).equalsIgnoreCase("enforce"), contents.of(spec),
                compliant == null ? "" : compliant.toString(), World.version(policy));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }
}
