package dev.echelon.watcher;

import java.util.Map;
import java.util.stream.Collectors;

/** The objects that a hub shows, as YAML. */
final class HubObjects {

    private HubObjects() {}

    static String cluster(String name, Map<String, String> labels) {
        return """
                ---
                apiVersion: cluster.open-cluster-management.io/v1
                kind: ManagedCluster
                metadata:
                  name: %s
                  labels: {%s}
                spec: {hubAcceptsClient: true}
                """.formatted(name, flow(labels));
    }

    /** A root policy that sets the platform's version. */
    static String rootPolicy(String namespace, String name, String action, Map<String, String> compliance) {
        return """
                ---
                apiVersion: policy.open-cluster-management.io/v1
                kind: Policy
                metadata: {name: %s, namespace: %s}
                %s
                """.formatted(name, namespace, policySpec(action))
                + (compliance == null ? "" : status(compliance));
    }

    static String replica(String cluster, String rootNamespace, String rootName, String action) {
        return """
                ---
                apiVersion: policy.open-cluster-management.io/v1
                kind: Policy
                metadata:
                  name: %2$s.%3$s
                  namespace: %1$s
                  labels: {policy.open-cluster-management.io/root-policy: %2$s.%3$s}
                %4$s
                """.formatted(cluster, rootNamespace, rootName, policySpec(action));
    }

    /** A binding that makes clusters enforce a policy, made by a rollout or by somebody else. */
    static String enforcingBinding(String namespace, String name, String policy, boolean byRollout) {
        return """
                ---
                apiVersion: policy.open-cluster-management.io/v1
                kind: PlacementBinding
                metadata:
                  name: %s
                  namespace: %s
                  labels: {%s}
                subFilter: restricted
                bindingOverrides: {remediationAction: enforce}
                placementRef: {apiGroup: cluster.open-cluster-management.io, kind: Placement, name: p}
                subjects: [{apiGroup: policy.open-cluster-management.io, kind: Policy, name: %s}]
                """.formatted(
                        name,
                        namespace,
                        byRollout ? "openshift-cluster-group-upgrades/clusterGroupUpgrade: cu" : "",
                        policy);
    }

    private static String policySpec(String action) {
        return """
                spec:
                  disabled: false
                  remediationAction: %s
                  policy-templates:
                  - objectDefinition:
                      apiVersion: policy.open-cluster-management.io/v1
                      kind: ConfigurationPolicy
                      metadata: {name: version}
                      spec:
                        remediationAction: inform
                        severity: low
                        object-templates:
                        - complianceType: musthave
                          objectDefinition:
                            apiVersion: config.openshift.io/v1
                            kind: ClusterVersion
                            metadata: {name: version}
                            spec:
                              channel: stable-4.12
                              desiredUpdate: {version: 4.12.5}
                              upstream: http://updates.example.com/graph
                """.formatted(action).stripTrailing();
    }

    private static String status(Map<String, String> compliance) {
        return "status:\n  status: ["
                + compliance.entrySet().stream()
                        .map(e -> "{clustername: %1$s, clusternamespace: %1$s, compliant: %2$s}"
                                .formatted(e.getKey(), e.getValue()))
                        .collect(Collectors.joining(", "))
                + "]\n";
    }

    private static String flow(Map<String, String> labels) {
        return labels.entrySet().stream()
                .map(e -> e.getKey() + ": \"" + e.getValue() + "\"")
                .collect(Collectors.joining(", "));
    }
}
