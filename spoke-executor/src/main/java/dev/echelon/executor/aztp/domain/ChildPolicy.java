package dev.echelon.executor.aztp.domain;

import dev.echelon.executor.domain.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Policy in the cluster's namespace. */
public record ChildPolicy(String name, Map<String, String> labels, Map<String, Object> spec) {

    /** On policies that the hub copied to a cluster: what they were copied from. */
    public static final String CHILD_LABEL = "policy.open-cluster-management.io/root-policy";

    /** On policies that an upgrade copied, as earlier versions of upstream did. */
    private static final String COPIED_LABEL = "openshift-cluster-group-upgrades/clusterGroupUpgrade";

    /** Whether it came from a root policy. */
    public boolean isChild() {
        return labels.containsKey(CHILD_LABEL) && !labels.containsKey(COPIED_LABEL);
    }

    /**
     * What it wants to be there, in its order; nothing when it is disabled. What must not be there is left out.
     *
     * @throws AztpException when a template is not one
     */
    List<Map<String, Object>> objects() {
        List<Map<String, Object>> objects = new ArrayList<>();
        if (Boolean.TRUE.equals(spec.get("disabled"))) {
            return objects;
        }
        for (Object template : list(spec.get("policy-templates"))) {
            Map<String, Object> definition = definition(template);
            if ("ConfigurationPolicy".equals(definition.get("kind"))) {
                for (Object entry : list(Trees.map(definition.get("spec")).get("object-templates"))) {
                    Map<String, Object> object = definition(entry);
                    if (!"mustnothave".equalsIgnoreCase(String.valueOf(Trees.map(entry).get("complianceType")))) {
                        objects.add(object);
                    }
                }
            }
        }
        return objects;
    }

    private List<?> list(Object value) {
        return switch (value) {
            case null -> List.of();
            case List<?> list -> list;
            default -> throw undecodable();
        };
    }

    private Map<String, Object> definition(Object template) {
        if (template instanceof Map<?, ?> map
                && map.get("objectDefinition") instanceof Map<?, ?> definition
                && definition.get("kind") instanceof String
                && definition.get("apiVersion") instanceof String) {
            return Trees.map(definition);
        }
        throw undecodable();
    }

    private AztpException undecodable() {
        return new AztpException("can't decode the policy templates of policy " + name);
    }
}
