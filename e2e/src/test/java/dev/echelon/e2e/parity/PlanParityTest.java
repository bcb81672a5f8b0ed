package dev.echelon.e2e.parity;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 4: batches. */
class PlanParityTest extends ParityCase {

    @Test
    void canariesComeFirstOneByOneAndCompliantClustersNotAtAll() {
        stage.clusters("plan-a", "plan-b", "plan-c", "plan-d", "plan-e", "plan-f");
        stage.policy("plan", "settings", Map.of(
                "plan-a", "NonCompliant", "plan-b", "Compliant", "plan-c", "Pending",
                "plan-d", "NonCompliant", "plan-e", "NonCompliant", "plan-f", "NonCompliant"));

        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: plan, namespace: plan}
                spec:
                  enable: false
                  clusters: [plan-a, plan-b, plan-c, plan-d, plan-e, plan-f]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 2, canaries: [plan-d, plan-b]}
                """);

        stage.awaits("""
                kind: ClusterGroupUpgrade
                metadata: {name: plan, namespace: plan}
                status:
                  computedMaxConcurrency: 2
                  remediationPlan: [[plan-d], [plan-a, plan-c], [plan-e, plan-f]]
                """);
    }

    @Test
    void thePlanFollowsComplianceWhileTheCguIsNotEnabled() {
        Ref cgu = Ref.cgu("follow", "follow");
        stage.clusters("follow-a", "follow-b");
        Ref policy = stage.policy("follow", "settings", Map.of("follow-a", "NonCompliant", "follow-b", "NonCompliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: follow, namespace: follow}
                spec:
                  enable: false
                  clusters: [follow-a, follow-b]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 1}
                """);
        stage.awaits(cgu, "status: {remediationPlan: [[follow-a], [follow-b]]}");

        stage.comply(policy, "follow-a", "Compliant");
        stage.awaits(cgu, "status: {remediationPlan: [[follow-b]]}");

        stage.comply(policy, "follow-b", "Compliant");
        stage.awaits(cgu, """
                status:
                  remediationPlan: null
                  managedPoliciesForUpgrade: null
                  managedPoliciesNs: null
                  managedPoliciesCompliantBeforeUpgrade: [settings]
                """);

        stage.comply(policy, "follow-a", "NonCompliant");
        stage.awaits(cgu, """
                status:
                  remediationPlan: [[follow-a]]
                  managedPoliciesForUpgrade: [{name: settings, namespace: follow}]
                  managedPoliciesCompliantBeforeUpgrade: null
                """);
    }

    @Test
    void clustersThatNoPolicyAppliesToNeedNoWork() {
        stage.clusters("nomatch-a", "nomatch-b");
        stage.policy("nomatch", "settings", Map.of("nomatch-a", "NonCompliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: nomatch, namespace: nomatch}
                spec:
                  enable: false
                  clusters: [nomatch-b, nomatch-a]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 5}
                """);

        stage.awaits(Ref.cgu("nomatch", "nomatch"),
                "status: {remediationPlan: [[nomatch-a]], computedMaxConcurrency: 2}");
    }

    @Test
    void aPolicyWithoutStatusIsWorkForEveryCluster() {
        stage.clusters("nostat-a", "nostat-b");
        stage.rootPolicy("nostat", "settings", "", Stage.template("settings"));
        stage.replica("nostat", "settings", "nostat-a", "", Stage.template("settings"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: nostat, namespace: nostat}
                spec:
                  enable: false
                  clusters: [nostat-b, nostat-a]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 5}
                """);

        stage.awaits(Ref.cgu("nostat", "nostat"), "status: {remediationPlan: [[nostat-b, nostat-a]]}");
    }
}
