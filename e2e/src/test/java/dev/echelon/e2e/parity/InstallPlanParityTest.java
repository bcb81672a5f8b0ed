package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.Ref.action;
import static dev.echelon.e2e.parity.Ref.view;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 12: install plans that wait for approval. */
class InstallPlanParityTest extends ParityCase {

    private static final String VIEW = "oper-oper-subscription-ptp-kuttl";

    @Test
    void thePlanOfAPendingSubscriptionIsLookedAtAndApproved() {
        stage.clusters("oper-a");
        Ref policy = stage.policy("oper", "operators", "", Stage.template("operators", """
                object-templates:
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: operators.coreos.com/v1alpha1
                      kind: Subscription
                      metadata: {name: ptp, namespace: openshift-ptp}
                      spec: {name: ptp-operator, channel: stable}
                """), Map.of("oper-a", "NonCompliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: oper, namespace: oper, annotations: {cluster-group-upgrades-operator/name-suffix: kuttl}}
                spec:
                  clusters: [oper-a]
                  managedPolicies: [operators]
                  remediationStrategy: {maxConcurrency: 1}
                """);

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
}
