package dev.echelon.e2e.parity;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 2: which clusters a CGU selects, in which order, and what is said where it cannot. */
class SelectionParityTest extends ParityCase {

    private static final String SELECTED =
            "ClustersSelected=True ClusterSelectionCompleted: All selected clusters are valid";
    private static final String VALIDATED = "Validated=True ValidationCompleted: Completed validation";
    private static final String NOT_ENABLED = "Progressing=False NotEnabled: Not enabled";

    @Test
    void namedClustersComeFirstInTheirOrderThenTheSelectedOnesSortedEachOnce() {
        stage.clusters("order-z", "order-b");
        stage.cluster("order-d", "{order-zone: north}");
        stage.cluster("order-a", "{order-zone: south}");
        stage.cluster("order-c", "{order-zone: north, order-tier: gold}");
        stage.policy("order", "settings", Map.of(
                "order-a", "NonCompliant", "order-b", "NonCompliant", "order-c", "NonCompliant",
                "order-d", "NonCompliant", "order-z", "NonCompliant"));

        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: order, namespace: order}
                spec:
                  enable: false
                  clusters: [order-z, order-b, order-z]
                  clusterSelector: [order-zone=north]
                  clusterLabelSelectors:
                    - matchExpressions: [{key: order-zone, operator: In, values: [south, north]}]
                    - matchLabels: {order-tier: gold}
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 2}
                """);

        stage.awaits("""
                kind: ClusterGroupUpgrade
                metadata: {name: order, namespace: order}
                status:
                  computedMaxConcurrency: 2
                  conditions: [{reason: ClusterSelectionCompleted}, {reason: ValidationCompleted}, {reason: NotEnabled}]
                  remediationPlan: [[order-z, order-b], [order-a, order-c], [order-d]]
                """);
    }

    @Test
    void aBareKeySelectsOnlyTheEmptyValueAndAnEntryWithTwoEqualSignsNothing() {
        stage.cluster("bare-a", "{bare-key: \"\"}");
        stage.cluster("bare-b", "{bare-key: value}");
        stage.cluster("bare-c", "{bare-other: x}");
        stage.policy("bare", "settings",
                Map.of("bare-a", "NonCompliant", "bare-b", "NonCompliant", "bare-c", "NonCompliant"));

        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: bare, namespace: bare}
                spec:
                  enable: false
                  clusterSelector: [bare-key, bare-other=x=y]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 0}
                """);

        stage.awaits("""
                kind: ClusterGroupUpgrade
                metadata: {name: bare, namespace: bare}
                status:
                  computedMaxConcurrency: 1
                  conditions: [{reason: ClusterSelectionCompleted}, {reason: ValidationCompleted}, {reason: NotEnabled}]
                  remediationPlan: [[bare-a]]
                """);
    }

    @Test
    void anEmptyLabelSelectorSelectsEveryCluster() {
        stage.clusters("every-b", "every-a");
        stage.policy("every", "every-settings", Map.of("every-a", "NonCompliant", "every-b", "NonCompliant"));

        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: every, namespace: every}
                spec:
                  enable: false
                  clusterLabelSelectors: [{}]
                  managedPolicies: [every-settings]
                  remediationStrategy: {maxConcurrency: 1}
                """);

        stage.awaits("""
                kind: ClusterGroupUpgrade
                metadata: {name: every, namespace: every}
                status:
                  computedMaxConcurrency: 1
                  remediationPlan: [[every-a], [every-b]]
                """);
    }

    @Test
    void moreConcurrencyThanClustersIsAllClusters() {
        stage.clusters("many-a", "many-b");
        stage.policy("many", "settings", Map.of("many-a", "Compliant", "many-b", "NonCompliant"));

        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: many, namespace: many}
                spec:
                  enable: false
                  clusters: [many-a, many-b]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 100}
                """);

        stage.awaits("""
                kind: ClusterGroupUpgrade
                metadata: {name: many, namespace: many}
                status:
                  computedMaxConcurrency: 2
                  remediationPlan: [[many-b]]
                """);
    }

    @Test
    void aMissingClusterIsNamedBeforeAMissingCanaryAndTheCguGoesOnWhenItIsThere() {
        Ref cgu = Ref.cgu("miss", "miss");
        stage.clusters("miss-a");
        stage.policy("miss", "settings", Map.of("miss-a", "NonCompliant"));

        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: miss, namespace: miss}
                spec:
                  enable: false
                  clusters: [miss-a, miss-b, miss-c]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 1, canaries: [miss-z]}
                """);

        stage.awaitConditions(cgu,
                "ClustersSelected=False ClusterNotFound: Unable to select clusters:"
                        + " cluster miss-b is not a ManagedCluster");
        stage.clusters("miss-b", "miss-c");
        stage.awaitConditions(cgu, "ClustersSelected=False ClusterNotFound: "
                + "Unable to select clusters: canary cluster miss-z is not in the list of clusters");
        stage.patch(cgu, "spec: {remediationStrategy: {canaries: [miss-a]}}");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, NOT_ENABLED);
    }

    @Test
    void aCguWithoutClustersOrWithABrokenSelectorSaysWhy() {
        Ref cgu = Ref.cgu("none", "none");
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: none, namespace: none}
                spec:
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 1}
                """);
        stage.awaitConditions(cgu,
                "ClustersSelected=False ClusterNotFound: Unable to select clusters: cannot obtain all"
                + " the details about the clusters in the CR: no cluster specified for remediation");

        stage.patch(cgu, "spec: {clusterLabelSelectors: [{matchExpressions: [{key: zone, operator: In}]}]}");

        stage.awaitConditions(cgu,
                "ClustersSelected=False ClusterNotFound: Unable to select clusters: cannot obtain all"
                + " the details about the clusters in the CR: values: Invalid value: []string(nil):"
                + " for 'in', 'notin' operators, values set can't be empty");
    }

    @Test
    void selectorsThatMatchNothingLeaveEveryPolicyMissing() {
        stage.rootPolicy("nobody", "settings", "", Stage.template("settings"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: nobody, namespace: nobody}
                spec:
                  clusterSelector: [nobody=here]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 1}
                """);

        stage.awaitConditions(Ref.cgu("nobody", "nobody"), SELECTED,
                "Validated=False NotAllManagedPoliciesExist: Missing managed policies: [settings] ");
    }

    @Test
    void clustersThatGoOrAreUnavailableStaySelected() {
        stage.clusters("away-a", "away-b");
        stage.policy("away", "settings", Map.of("away-a", "NonCompliant", "away-b", "NonCompliant"));
        stage.patchStatus(Ref.cluster("away-a"), """
                status:
                  conditions:
                    - type: ManagedClusterConditionAvailable
                      status: Unknown
                      reason: LeaseUpdateStopped
                      message: gone
                      lastTransitionTime: "2025-01-10T09:00:00Z"
                """);
        stage.patch(Ref.cluster("away-b"), "metadata: {finalizers: [example.com/stay]}");
        stage.delete(Ref.cluster("away-b"));
        Ref cgu = Ref.cgu("away", "away");
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: away, namespace: away}
                spec:
                  enable: false
                  clusters: [away-b]
                  clusterSelector: [name=away-a]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 2}
                """);

        stage.awaitConditions(cgu, SELECTED, VALIDATED, NOT_ENABLED);
        stage.awaits(cgu, "status: {remediationPlan: [[away-b, away-a]]}");
        stage.patch(Ref.cluster("away-b"), "metadata: {finalizers: null}");
    }
}
