package dev.echelon.watcher.domain;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A replicated policy: what ACM placed in a cluster's namespace for a root policy (contract 3.1).
 *
 * @param cluster the namespace that it lies in
 * @param root the root policy that its name says
 * @param enforce whether it is in enforce, by whomever
 * @param badHubTemplate whether a hub template is left in it, which means that ACM could not resolve it
 */
public record Replica(String cluster, PolicyKey root, boolean enforce, boolean badHubTemplate) {

    public static final String ROOT_POLICY_LABEL = "policy.open-cluster-management.io/root-policy";
    /** Left-overs of an old design, in which policies were copied, carry it. Bindings of a rollout do as well. */
    public static final String ROLLOUT_LABEL = "openshift-cluster-group-upgrades/clusterGroupUpgrade";

    private static final String HUB_TEMPLATE = "{{hub";

    public Replica {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(root, "root");
    }

    /** Whether a policy with these labels is a replica and no root. */
    public static boolean isReplicated(Map<String, String> labels) {
        return labels.containsKey(ROOT_POLICY_LABEL);
    }

    /**
     * The root that a replicated policy stands for: its name is {@code <root namespace>.<root name>}, split at the
     * first dot because names of roots may have dots.
     *
     * @return empty when it counts for nothing: a left-over copy, or a name without a dot
     */
    public static Optional<PolicyKey> rootOf(String name, Map<String, String> labels) {
        int dot = name.indexOf('.');
        if (labels.containsKey(ROLLOUT_LABEL) || dot < 0) {
            return Optional.empty();
        }
        return Optional.of(new PolicyKey(name.substring(0, dot), name.substring(dot + 1)));
    }

    /** Reads a replica's spec. */
    public static Replica read(String cluster, PolicyKey root, Map<String, Object> spec) {
        return new Replica(cluster, root, saysEnforce(spec), hasHubTemplate(spec));
    }

    /** Whether {@code spec.remediationAction} is enforce, in any case. */
    static boolean saysEnforce(Map<String, Object> spec) {
        return spec.get("remediationAction") instanceof String action && action.equalsIgnoreCase("enforce");
    }

    private static boolean hasHubTemplate(Map<String, Object> spec) {
        if (!(spec.get("policy-templates") instanceof List<?> templates)) {
            return false;
        }
        for (Object template : templates) {
            if (template instanceof Map<?, ?> map && mentionsHubTemplate(map.get("objectDefinition"))) {
                return true;
            }
        }
        return false;
    }

    /** As a search through the raw JSON would: the marker can only lie within a key or a text. */
    private static boolean mentionsHubTemplate(Object value) {
        return switch (value) {
            case null -> false;
            case String text -> text.contains(HUB_TEMPLATE);
            case List<?> list -> list.stream().anyMatch(Replica::mentionsHubTemplate);
            case Map<?, ?> map -> map.entrySet().stream()
                    .anyMatch(e -> mentionsHubTemplate(e.getKey()) || mentionsHubTemplate(e.getValue()));
            default -> false;
        };
    }
}
