package dev.echelon.simulator.scenario;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A scenario made on the spot, for measurements and tests: {@code clusters} spokes {@code spoke-00001}, ... with the
 * label {@code fleet=generated} that were installed long ago and comply at once, and inform policies for all of them.
 *
 * @param namespace of the policies
 * @param clusters how many spokes
 */
public record GeneratedFleet(String namespace, int clusters) {

    /** The name of a spoke, counted from 1. */
    public String spoke(int number) {
        return "spoke-%05d".formatted(number);
    }

    /** The names of a set of policies, in the order of remediation: {@code <set>-1}, {@code <set>-2}, ... */
    public List<String> policies(String set, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(number -> set + "-" + number).toList();
    }

    /** The scenario, read. */
    public Scenario scenario(List<String> policies) {
        return ScenarioReader.parse("generated", yaml(policies).getBytes(StandardCharsets.UTF_8));
    }

    /** The scenario as the text of a scenario file. */
    public String yaml(List<String> policies) {
        StringBuilder yaml = new StringBuilder("""
                name: generated
                instant: true
                clusters:
                - name: spoke-%%05d
                  count: %d
                  labels:
                    fleet: generated
                    ztp-done: ''
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
                            fleet: generated
                """.formatted(clusters, namespace));
        policies.forEach(policy -> yaml.append("""
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
                """.formatted(policy, namespace)));
        return yaml.toString();
    }

    /** A ClusterGroupUpgrade over all spokes, as YAML. */
    public String cgu(String name, List<String> policies, int maxConcurrency) {
        return """
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata:
                  name: %s
                  namespace: %s
                spec:
                  clusterLabelSelectors:
                  - matchLabels:
                      fleet: generated
                  managedPolicies: [%s]
                  remediationStrategy:
                    maxConcurrency: %d
                    timeout: 60
                """.formatted(name, namespace, String.join(", ", policies), maxConcurrency);
    }
}
