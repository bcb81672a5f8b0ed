package dev.echelon.contract.observation;

import dev.echelon.contract.resource.CguStatus.PolicyRef;
import java.util.HashSet;
import java.util.List;

/**
 * What the hub shows of one policy name that a CGU lists (contract 3.1 to 3.7).
 *
 * @param name the name in {@code spec.managedPolicies}
 * @param namespaces the namespaces in which replicas on the selected clusters say that the root lives, sorted; empty
 *     when no selected cluster has a replica
 * @param enforced whether the root policy itself, or a binding that is no rollout's own, enforces it: such a policy is
 *     skipped silently (decision on row 9)
 * @param root the root policy; null when it does not exist or the namespaces are not exactly one
 */
public record ObservedPolicy(String name, List<String> namespaces, boolean enforced, RootPolicy root) {

    public ObservedPolicy {
        namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
    }

    /**
     * A root policy.
     *
     * @param defect why the policy is invalid, in the words of contract 3.4; empty when it is well-formed
     * @param expectsStatus whether an object template carries a status: then it is never taken as compliant beforehand
     * @param lacksObject whether an entry of a raw object template has no object: not a defect, but contract 3.5
     *     refuses it with {@code [stripPolicy] can't find any objectDefinition}
     * @param objects the objects in it that the rules look at, in order
     * @param dependencies {@code spec.dependencies}; the namespace is empty where none is given
     * @param soakSeconds the soak annotation where it is a whole number of zero or more, else null
     * @param compliance of the CGU's clusters
     */
    public record RootPolicy(
            String namespace,
            String defect,
            boolean expectsStatus,
            boolean lacksObject,
            List<TemplateObject> objects,
            List<PolicyRef> dependencies,
            Integer soakSeconds,
            ComplianceByCluster compliance) {
        public RootPolicy {
            defect = defect == null ? "" : defect;
            objects = objects == null ? List.of() : List.copyOf(objects);
            dependencies = dependencies == null ? List.of() : List.copyOf(dependencies);
            compliance = compliance == null ? new ComplianceByCluster(null, null) : compliance;
        }

        /**
         * Whether the policy takes no part in a rollout over these clusters (contract 3.3). {@code NotMatched} does not
         * count as compliant here, and a template with a status never does.
         */
        public boolean isCompliantEverywhere(List<String> clusters) {
            return !expectsStatus && new HashSet<>(compliance.compliant()).containsAll(clusters);
        }
    }
}
