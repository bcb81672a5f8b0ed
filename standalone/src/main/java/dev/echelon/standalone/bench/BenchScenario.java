package dev.echelon.standalone.bench;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The fleet of the benchmark, as a scenario file of the simulator: spokes that comply at once, and two sets of policies
 * for all of them, one for the warm-up rollout and one for the measured one.
 */
record BenchScenario(int clusters, int policies) {

    static final String NAMESPACE = "bench";

    /** The policies of a rollout, in the order of remediation. */
    List<String> policyNames(String rollout) {
        return IntStream.rangeClosed(1, policies)
                .mapToObj(number -> rollout + "-policy-" + number)
                .toList();
    }

    String yaml(String... rollouts) {
        StringBuilder yaml = new StringBuilder("""
                name: bench
                instant: true
                clusters:
                - name: spoke-%%05d
                  count: %d
                  labels:
                    fleet: bench
                manifests:
                - apiVersion: v1
                  kind: Namespace
                  metadata:
                    name: %s
                - apiVersion: cluster.open-cluster-management.io/v1beta2
                  kind: ManagedClusterSetBinding
                  metadata:
                    name: default
                    namespace: %2$s
                  spec:
                    clusterSet: default
                - apiVersion: cluster.open-cluster-management.io/v1beta1
                  kind: Placement
                  metadata:
                    name: everywhere
                    namespace: %2$s
                  spec:
                    predicates:
                    - requiredClusterSelector:
                        labelSelector:
                          matchLabels:
                            fleet: bench
                """.formatted(clusters, NAMESPACE));
        for (String rollout : rollouts) {
            policyNames(rollout).forEach(policy -> yaml.append("""
                    - apiVersion: policy.open-cluster-management.io/v1
                      kind: PlacementBinding
                      metadata:
                        name: %1$s
                        namespace: %2$s
                      placementRef:
                        apiGroup: cluster.open-cluster-management.io
                        kind: Placement
                        name: everywhere
                      subjects:
                      - apiGroup: policy.open-cluster-management.io
                        kind: Policy
                        name: %1$s
                    - apiVersion: policy.open-cluster-management.io/v1
                      kind: Policy
                      metadata:
                        name: %1$s
                        namespace: %2$s
                      spec:
                        disabled: false
                        remediationAction: inform
                        policy-templates:
                        - objectDefinition:
                            apiVersion: policy.open-cluster-management.io/v1
                            kind: ConfigurationPolicy
                            metadata:
                              name: %1$s
                            spec:
                              remediationAction: inform
                              severity: low
                              object-templates:
                              - complianceType: musthave
                                objectDefinition:
                                  apiVersion: v1
                                  kind: ConfigMap
                                  metadata:
                                    name: %1$s
                                    namespace: default
                                  data:
                                    applied: "true"
                    """.formatted(policy, NAMESPACE)));
        }
        return yaml.toString();
    }

    /** The ClusterGroupUpgrade of a rollout over all clusters. */
    String cgu(String rollout, int maxConcurrency) {
        StringBuilder yaml = new StringBuilder("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata:
                  name: %s
                  namespace: %s
                spec:
                  clusterLabelSelectors:
                  - matchLabels:
                      fleet: bench
                  remediationStrategy:
                    maxConcurrency: %d
                    timeout: 60
                  managedPolicies:
                """.formatted(rollout, NAMESPACE, maxConcurrency));
        policyNames(rollout).forEach(policy -> yaml.append("  - ").append(policy).append('\n'));
        return yaml.toString();
    }
}
