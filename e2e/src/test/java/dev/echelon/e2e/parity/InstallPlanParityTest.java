package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.Ref.action;
import static dev.echelon.e2e.parity.Ref.view;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 12: install plans that wait for approval. */
class InstallPlanParityTest extends ParityCase {

    private static final String VIEW = "oper-oper-subscription-ptp-kuttl";

    private Ref operators(String namespace, Map<String, String> compliant) {
        return stage.policy(namespace, "operators", "", Stage.template("operators", """
                object-templates:
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: operators.coreos.com/v1alpha1
                      kind: Subscription
                      metadata: {name: ptp, namespace: openshift-ptp}
                      spec: {name: ptp-operator, channel: stable}
                """), compliant);
    }

    private Ref cgu(String name, String clusters, String more) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: %1$s, namespace: %1$s, annotations: {cluster-group-upgrades-operator/name-suffix: kuttl}}
                spec:
                  clusters: [%2$s]
                  managedPolicies: [operators]
                  remediationStrategy: {maxConcurrency: 1, timeout: 1}
                """.formatted(name, clusters) + more.indent(2));
        return Ref.cgu(name, name);
    }

    @Test
    void thePlanOfAPendingSubscriptionIsLookedAtAndApproved() {
        stage.clusters("oper-a");
        Ref policy = operators("oper", Map.of("oper-a", "NonCompliant"));
        cgu("oper", "oper-a", "");

        stage.awaitThere(view("oper-a", VIEW));
        stage.awaits("""
                kind: ManagedClusterView
                metadata:
                  name: oper-oper-subscription-ptp-kuttl
                  namespace: oper-a
                  labels:
                    openshift-cluster-group-upgrades/clusterGroupUpgrade: oper
                    openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace: oper
                  annotations: {cluster-group-upgrades-operator/rname: oper-a/oper-oper-subscription-ptp}
                spec:
                  scope: {resource: Subscription.operators.coreos.com, name: ptp, namespace: openshift-ptp, updateIntervalSeconds: null}
                ---
                kind: ClusterGroupUpgrade
                metadata: {name: oper, namespace: oper}
                status: {safeResourceNames: {/oper-oper-subscription-ptp: oper-oper-subscription-ptp-kuttl}}
                """);
        stage.seen(view("oper-a", VIEW), "status: {state: UpgradePending, installplan: {name: install-x7k2p}}");
        stage.awaits("""
                kind: ManagedClusterView
                metadata:
                  name: install-x7k2p
                  namespace: oper-a
                  labels:
                    openshift-cluster-group-upgrades/clusterGroupUpgrade: oper
                    openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace: oper
                  annotations: {cluster-group-upgrades-operator/rname: oper-a/install-x7k2p}
                spec: {scope: {resource: InstallPlan, name: install-x7k2p, namespace: openshift-ptp}}
                """);
        assertThat(stage.isThere(action("oper-a", "install-x7k2p"))).isFalse();
        stage.seen(view("oper-a", "install-x7k2p"), """
                apiVersion: operators.coreos.com/v1alpha1
                kind: InstallPlan
                metadata: {name: install-x7k2p, namespace: openshift-ptp, resourceVersion: "123456"}
                spec: {approval: Manual, approved: false, clusterServiceVersionNames: [ptp-operator.v4.16.0]}
                """);
        stage.awaits("""
                kind: ManagedClusterAction
                metadata:
                  name: install-x7k2p
                  namespace: oper-a
                  labels:
                    openshift-cluster-group-upgrades/clusterGroupUpgrade: oper-oper
                    openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace: null
                spec:
                  actionType: Update
                  kube:
                    resource: installplan
                    namespace: openshift-ptp
                    name: null
                    template:
                      apiVersion: operators.coreos.com/v1alpha1
                      kind: InstallPlan
                      metadata: {name: install-x7k2p, resourceVersion: "123456"}
                      spec: {approval: Manual, approved: true, clusterServiceVersionNames: [ptp-operator.v4.16.0]}
                """);

        stage.comply(policy, "oper-a", "Compliant");
        stage.awaitTrue("completedAt",
                () -> stage.get(Ref.cgu("oper", "oper")).at("/status/status").has("completedAt"));
        stage.awaitGone(view("oper-a", VIEW), view("oper-a", "install-x7k2p"));
    }

    @Test
    void theViewsStayUntilTheClusterIsCompleteWithAllItsPolicies() {
        stage.clusters("stay-a");
        Ref operators = operators("stay", Map.of("stay-a", "NonCompliant"));
        Ref settings = stage.policy("stay", "settings", Map.of("stay-a", "NonCompliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: stay, namespace: stay, annotations: {cluster-group-upgrades-operator/name-suffix: kuttl}}
                spec:
                  clusters: [stay-a]
                  managedPolicies: [operators, settings]
                  remediationStrategy: {maxConcurrency: 1}
                """);
        Ref subscription = view("stay-a", "stay-stay-subscription-ptp-kuttl");
        stage.awaitThere(subscription);

        stage.comply(operators, "stay-a", "Compliant");
        stage.awaits(Ref.cgu("stay", "stay"),
                "status: {status: {currentBatchRemediationProgress: {stay-a: {state: InProgress, policyIndex: 1}}}}");
        stage.seen(subscription, "status: {state: UpgradePending, installplan: {name: install-stay}}");
        stage.awaits(Ref.placement("stay", "stay-settings-placement-kuttl"), """
                spec:
                  predicates:
                    - requiredClusterSelector:
                        labelSelector: {matchExpressions: [{key: name, operator: In, values: [stay-a]}]}
                """);
        assertThat(stage.isThere(subscription)).isTrue();

        stage.comply(settings, "stay-a", "Compliant");
        stage.awaitGone(subscription);
        assertThat(stage.isThere(view("stay-a", "install-stay"))).isFalse();
    }

    @Test
    void aClusterThatTimesOutLosesItsViewsAndItsApproval() {
        stage.clusters("late-op-a", "late-op-b");
        operators("late-op", Map.of("late-op-a", "NonCompliant", "late-op-b", "NonCompliant"));
        Ref cgu = cgu("late-op", "late-op-a, late-op-b", "batchTimeoutAction: Abort");
        Ref subscription = view("late-op-a", "late-op-late-op-subscription-ptp-kuttl");
        stage.seen(subscription, "status: {state: UpgradePending, installplan: {name: install-late}}");
        stage.seen(view("late-op-a", "install-late"), """
                apiVersion: operators.coreos.com/v1alpha1
                kind: InstallPlan
                metadata: {name: install-late, namespace: openshift-ptp, resourceVersion: "7"}
                spec: {approval: Manual, approved: false, clusterServiceVersionNames: [ptp-operator.v4.16.0]}
                """);
        stage.awaitThere(action("late-op-a", "install-late"));

        stage.awaitTrueLong("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));
        stage.awaitGone(subscription, view("late-op-a", "install-late"), action("late-op-a", "install-late"));
        stage.awaits(cgu, """
                status:
                  clusters:
                    - {name: late-op-a, state: timedout, currentPolicy: {name: operators, status: NonCompliant}}
                """);
        assertThat(stage.isThere(view("late-op-b", "late-op-late-op-subscription-ptp-kuttl"))).isFalse();
    }
}
