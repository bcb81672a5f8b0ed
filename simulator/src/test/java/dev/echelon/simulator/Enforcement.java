package dev.echelon.simulator;

/** What somebody puts on the hub to have a policy enforced on some of the clusters that it covers. */
final class Enforcement {

    private Enforcement() {}

    static String of(String policy, String... clusters) {
        return """
                apiVersion: cluster.open-cluster-management.io/v1beta1
                kind: Placement
                metadata: {name: enforcing, namespace: ztp-policies}
                spec:
                  predicates:
                    - requiredClusterSelector:
                        labelSelector: {matchExpressions: [{key: name, operator: In, values: [%s]}]}
                ---
                apiVersion: policy.open-cluster-management.io/v1
                kind: PlacementBinding
                metadata: {name: enforcing, namespace: ztp-policies}
                subFilter: restricted
                bindingOverrides: {remediationAction: enforce}
                placementRef: {apiGroup: cluster.open-cluster-management.io, kind: Placement, name: enforcing}
                subjects: [{apiGroup: policy.open-cluster-management.io, kind: Policy, name: %s}]
                """.formatted(String.join(", ", clusters), policy);
    }
}
