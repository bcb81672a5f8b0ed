package dev.echelon.e2e.parity;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * What TALM had under way on the hub when it was stopped: there before Echelon is started. The case that looks at it is
 * {@link TakeOverParityTest}.
 */
final class LeftBehind {

    static final Ref CGU = Ref.cgu("left", "left");
    static final Ref POLICY_1 = Ref.policy("left", "first");
    static final Ref POLICY_2 = Ref.policy("left", "second");
    static final Instant CONDITIONS_SINCE = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(4_000);
    static final Instant STARTED_AT = CONDITIONS_SINCE.plusSeconds(60);
    static final Instant BATCH_STARTED_AT = STARTED_AT.plusSeconds(1_200);

    static final Ref FINISHED = Ref.cgu("left", "left-finished");

    private LeftBehind() {}

    /** A rollout in the second of three batches, with its objects, and one that is finished. */
    static void stage(Stage stage) {
        stage.clusters("left-a", "left-b", "left-c");
        Map<String, String> compliant = Map.of("left-a", "Compliant", "left-b", "NonCompliant", "left-c", "NonCompliant");
        stage.policy("left", "first", compliant);
        stage.policy("left", "second", compliant);
        enforcing(stage, "first", "left-left-first-placement-abc12", "left-b");
        enforcing(stage, "second", "left-left-second-placement-abc12", "");
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: left, namespace: left, finalizers: [ran.openshift.io/cleanup-finalizer]}
                spec:
                  enable: true
                  clusters: [left-a, left-b, left-c]
                  managedPolicies: [first, second]
                  remediationStrategy: {maxConcurrency: 1, timeout: 240}
                status:
                  computedMaxConcurrency: 1
                  conditions:
                    - {type: ClustersSelected, status: "True", reason: ClusterSelectionCompleted, message: All selected clusters are valid, lastTransitionTime: "%1$s"}
                    - {type: Validated, status: "True", reason: ValidationCompleted, message: Completed validation, lastTransitionTime: "%1$s"}
                    - {type: Progressing, status: "True", reason: InProgress, message: Remediating non-compliant policies, lastTransitionTime: "%1$s"}
                  managedPoliciesForUpgrade: [{name: first, namespace: left}, {name: second, namespace: left}]
                  managedPoliciesNs: {first: left, second: left}
                  remediationPlan: [[left-a], [left-b], [left-c]]
                  placements: [left-left-first-placement-abc12, left-left-second-placement-abc12]
                  placementBindings: [left-left-first-placement-abc12, left-left-second-placement-abc12]
                  safeResourceNames:
                    left/left-first-placement: left-left-first-placement-abc12
                    left/left-second-placement: left-left-second-placement-abc12
                  clusters: [{name: left-a, state: complete}]
                  status:
                    startedAt: "%2$s"
                    currentBatch: 2
                    currentBatchStartedAt: "%3$s"
                    currentBatchRemediationProgress: {left-b: {state: InProgress, policyIndex: 0}}
                """.formatted(CONDITIONS_SINCE, STARTED_AT, BATCH_STARTED_AT));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: left-finished, namespace: left, finalizers: [ran.openshift.io/cleanup-finalizer]}
                spec:
                  clusters: [left-b]
                  managedPolicies: [first]
                  remediationStrategy: {maxConcurrency: 1, timeout: 1}
                status:
                  conditions:
                    - {type: ClustersSelected, status: "True", reason: ClusterSelectionCompleted, message: All selected clusters are valid, lastTransitionTime: "%1$s"}
                    - {type: Validated, status: "True", reason: ValidationCompleted, message: Completed validation, lastTransitionTime: "%1$s"}
                    - {type: Progressing, status: "False", reason: TimedOut, message: Policy remediation took too long, lastTransitionTime: "%1$s"}
                    - {type: Succeeded, status: "False", reason: TimedOut, message: Policy remediation took too long, lastTransitionTime: "%1$s"}
                  clusters: [{name: left-b, state: timedout, currentPolicy: {name: first, status: NonCompliant}}]
                  remediationPlan: [[left-b]]
                  managedPoliciesForUpgrade: [{name: first, namespace: left}]
                  managedPoliciesNs: {first: left}
                  status: {startedAt: "%1$s", completedAt: "%2$s"}
                """.formatted(CONDITIONS_SINCE, STARTED_AT));
    }

    private static void enforcing(Stage stage, String policy, String name, String values) {
        stage.create("""
                apiVersion: cluster.open-cluster-management.io/v1beta1
                kind: Placement
                metadata:
                  name: %2$s
                  namespace: left
                  labels:
                    app: openshift-cluster-group-upgrades
                    openshift-cluster-group-upgrades/clusterGroupUpgrade: left
                    openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace: left
                    openshift-cluster-group-upgrades/forPolicy: %1$s
                    velero.io/exclude-from-backup: "true"
                  annotations: {cluster-group-upgrades-operator/rname: left/left-%1$s-placement}
                spec:
                  predicates:
                    - requiredClusterSelector:
                        labelSelector: {matchExpressions: [{key: name, operator: In, values: [%3$s]}]}
                  tolerations:
                    - {key: cluster.open-cluster-management.io/unavailable, operator: Exists}
                    - {key: cluster.open-cluster-management.io/unreachable, operator: Exists}
                ---
                apiVersion: policy.open-cluster-management.io/v1
                kind: PlacementBinding
                metadata:
                  name: %2$s
                  namespace: left
                  labels:
                    app: openshift-cluster-group-upgrades
                    openshift-cluster-group-upgrades/clusterGroupUpgrade: left
                    openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace: left
                    velero.io/exclude-from-backup: "true"
                  annotations: {cluster-group-upgrades-operator/rname: left/left-%1$s-placement}
                subFilter: restricted
                bindingOverrides: {remediationAction: enforce}
                placementRef: {apiGroup: cluster.open-cluster-management.io, kind: Placement, name: %2$s}
                subjects: [{apiGroup: policy.open-cluster-management.io, kind: Policy, name: %1$s}]
                """.formatted(policy, name, values));
    }
}
