package dev.echelon.e2e;

import dev.echelon.contract.CguId;

/** A generated fleet for scenario tests: spokes that comply at once with policies {@code policy-1}, {@code policy-2}, ... */
final class TestFleet {

    private TestFleet() {}

    /** A scenario file: clusters {@code spoke-01}, ... with the label {@code fleet=test}, and the policies for all of them. */
    static String yaml(int clusters, int policies) {
        StringBuilder yaml = new StringBuilder(
                """
                name: test
                instant: true
                clusters:
                - name: spoke-%%02d
                  count: %d
                  labels:
                    fleet: test
                manifests:
                - apiVersion: v1
                  kind: Namespace
                  metadata:
                    name: fleet
                - apiVersion: cluster.open-cluster-management.io/v1beta2
                  kind: ManagedClusterSetBinding
                  metadata:
                    name: default
                    namespace: fleet
                  spec:
                    clusterSet: default
                - apiVersion: cluster.open-cluster-management.io/v1beta1
                  kind: Placement
                  metadata:
                    name: everywhere
                    namespace: fleet
                  spec:
                    predicates:
                    - requiredClusterSelector:
                        labelSelector:
                          matchLabels:
                            fleet: test
                """
                        .formatted(clusters));
        for (int number = 1; number <= policies; number++) {
            yaml.append(
                    """
                    - apiVersion: policy.open-cluster-management.io/v1
                      kind: PlacementBinding
                      metadata:
                        name: policy-%1$d
                        namespace: fleet
                      placementRef:
                        apiGroup: cluster.open-cluster-management.io
                        kind: Placement
                        name: everywhere
                      subjects:
                      - apiGroup: policy.open-cluster-management.io
                        kind: Policy
                        name: policy-%1$d
                    - apiVersion: policy.open-cluster-management.io/v1
                      kind: Policy
                      metadata:
                        name: policy-%1$d
                        namespace: fleet
                      spec:
                        disabled: false
                        remediationAction: inform
                        policy-templates:
                        - objectDefinition:
                            apiVersion: policy.open-cluster-management.io/v1
                            kind: ConfigurationPolicy
                            metadata:
                              name: policy-%1$d
                            spec:
                              remediationAction: inform
                              severity: low
                              object-templates:
                              - complianceType: musthave
                                objectDefinition:
                                  apiVersion: v1
                                  kind: ConfigMap
                                  metadata:
                                    name: policy-%1$d
                                    namespace: default
                                  data:
                                    applied: "true"
                    """
                            .formatted(number));
        }
        return yaml.toString();
    }

    /** A ClusterGroupUpgrade over all clusters and the first policies. */
    static String cgu(CguId id, int policies, int maxConcurrency) {
        StringBuilder yaml = new StringBuilder(
                """
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata:
                  name: %s
                  namespace: %s
                spec:
                  clusterLabelSelectors:
                  - matchLabels:
                      fleet: test
                  remediationStrategy:
                    maxConcurrency: %d
                  managedPolicies:
                """
                        .formatted(id.name(), id.namespace(), maxConcurrency));
        for (int number = 1; number <= policies; number++) {
            yaml.append("  - policy-").append(number).append('\n');
        }
        return yaml.toString();
    }
}
