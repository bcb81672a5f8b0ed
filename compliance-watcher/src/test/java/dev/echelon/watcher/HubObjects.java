package dev.echelon.watcher;

import java.util.Map;
import java.util.stream.Collectors;

/** The objects that a hub shows, as YAML. */
final class HubObjects {

    private static final String UPSTREAM = "http://updates.example.com/graph";
    private static final String WORKLOAD = "{workload: {manifests: ["
            + "{apiVersion: v1, kind: ConfigMap, metadata: {name: one, namespace: default}}, "
            + "{apiVersion: v1, kind: ConfigMap, metadata: {name: two, namespace: default}}]}}";

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
        return rootPolicy(namespace, name, action, UPSTREAM, compliance);
    }

    /** As {@link #rootPolicy(String, String, String, Map)}, from this update graph. */
    static String rootPolicy(
            String namespace, String name, String action, String upstream, Map<String, String> compliance) {
        return """
                ---
                apiVersion: policy.open-cluster-management.io/v1
                kind: Policy
                metadata: {name: %s, namespace: %s}
                %s
                """.formatted(name, namespace, policySpec(action, upstream))
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
                """.formatted(cluster, rootNamespace, rootName, policySpec(action, UPSTREAM));
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

    static String precachingConfig(String namespace, String name, String space) {
        return """
                ---
                apiVersion: ran.openshift.io/v1alpha1
                kind: PreCachingConfig
                metadata: {name: %s, namespace: %s}
                spec:
                  spaceRequired: %s
                  additionalImages: [quay.io/example/one@sha256:aaaa]
                  excludePrecachePatterns: [aws]
                  overrides: {operatorsPackagesAndChannels: ["ptp-operator:stable"], platformImage: ignored}
                """.formatted(name, namespace, space);
    }

    static String configMap(String namespace, String name, String space) {
        return """
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: %s, namespace: %s}
                data: {precache.spaceRequired: %s, platform.image: ignored}
                """.formatted(name, namespace, space);
    }

    /** A template of two manifests. */
    static String template(String namespace, String name) {
        return """
                ---
                apiVersion: work.open-cluster-management.io/v1alpha1
                kind: ManifestWorkReplicaSet
                metadata: {name: %s, namespace: %s}
                spec:
                  placementRefs: [{name: unused}]
                  manifestWorkTemplate: %s
                """.formatted(name, namespace, WORKLOAD);
    }

    /** A rollout's work whose second manifest feeds {@code isReady} back; without status where that is null. */
    static String work(String cluster, String name, String ownerNamespace, String owner, String isReady) {
        String object = """
                ---
                apiVersion: work.open-cluster-management.io/v1
                kind: ManifestWork
                metadata:
                  name: %s
                  namespace: %s
                  labels:
                    openshift-cluster-group-upgrades/clusterGroupUpgrade: %s
                    openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace: %s
                  annotations:
                    openshift-cluster-group-upgrades/expectedValues: \
                '[{"manifestIndex":1,"name":"isReady","value":"True"}]'
                spec: %s
                """.formatted(name, cluster, owner, ownerNamespace, WORKLOAD);
        return isReady == null
                ? object
                : object + """
                status:
                  conditions: [%1$s, %2$s]
                  resourceStatus:
                    manifests:
                    - resourceMeta: {ordinal: 0, kind: ConfigMap, name: one, namespace: default, version: v1}
                      conditions: [%1$s, %2$s, %3$s]
                      statusFeedback: {}
                    - resourceMeta: {ordinal: 1, kind: ConfigMap, name: two, namespace: default, version: v1}
                      conditions: [%1$s, %2$s, %3$s]
                      statusFeedback: {values: [{name: isReady, fieldValue: {type: String, string: "%4$s"}}]}
                """.formatted(
                        condition("Applied", "True", "Done", "done"),
                        condition("Available", "True", "Done", "done"),
                        condition("StatusFeedbackSynced", "True", "Done", "done"),
                        isReady);
    }

    /** A rollout's placement whose condition PlacementSatisfied is so. */
    static String placement(
            String namespace, String name, String ownerNamespace, String owner, boolean satisfied, String message) {
        return """
                ---
                apiVersion: cluster.open-cluster-management.io/v1beta1
                kind: Placement
                metadata:
                  name: %s
                  namespace: %s
                  labels:
                    openshift-cluster-group-upgrades/clusterGroupUpgrade: %s
                    openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace: %s
                spec: {}
                status:
                  numberOfSelectedClusters: 0
                  conditions: [%s]
                """.formatted(
                        name,
                        namespace,
                        owner,
                        ownerNamespace,
                        satisfied
                                ? condition("PlacementSatisfied", "True", "AllDecisionsScheduled", message)
                                : condition("PlacementSatisfied", "False", "NoManagedClusterSetBindings", message));
    }

    private static String condition(String type, String status, String reason, String message) {
        return ("{type: %s, status: \"%s\", reason: %s, message: %s, lastTransitionTime: \"2026-01-01T00:00:00Z\"}")
                .formatted(type, status, reason, message);
    }

    private static String policySpec(String action, String upstream) {
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
                              upstream: %s
                """.formatted(action, upstream).stripTrailing();
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
