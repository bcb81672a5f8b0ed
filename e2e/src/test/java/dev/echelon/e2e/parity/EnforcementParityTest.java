package dev.echelon.e2e.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.e2e.parity.Ref.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 5: the objects that enforce, their names, and which clusters they hold at each moment. */
class EnforcementParityTest extends ParityCase {

    private void cgu(String name, String clusters, String policies, String more) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata:
                  name: %1$s
                  namespace: %1$s
                  annotations: {cluster-group-upgrades-operator/name-suffix: kuttl}
                spec:
                  enable: false
                  clusters: [%2$s]
                  managedPolicies: [%3$s]
                  remediationStrategy: {maxConcurrency: 1}
                """.formatted(name, clusters, policies) + more.indent(2));
    }

    private void awaitValues(String namespace, String name, String values) {
        stage.awaits(Ref.placement(namespace, name), """
                spec:
                  predicates:
                    - requiredClusterSelector:
                        labelSelector: {matchExpressions: [{key: name, operator: In, values: %s}]}
                """.formatted(values));
    }

    /** Where nothing is enforced the values may be absent or an empty list. */
    private void awaitEmpty(String namespace, String name) {
        stage.awaitTrue(namespace + "/" + name + " holds no clusters", () -> stage.get(Ref.placement(namespace, name))
                .at("/spec/predicates/0/requiredClusterSelector/labelSelector/matchExpressions/0/values").isEmpty());
    }

    @Test
    void placementAndBindingAreThereBeforeTheCguIsEnabled() {
        stage.clusters("shape-a");
        stage.policy("shape-policies", "settings", Map.of("shape-a", "NonCompliant"));
        cgu("shape", "shape-a", "settings", "");

        stage.awaits("""
                kind: ClusterGroupUpgrade
                metadata: {name: shape, namespace: shape}
                status:
                  conditions: [{reason: ClusterSelectionCompleted}, {reason: ValidationCompleted}, {reason: NotEnabled}]
                  placements: [shape-settings-placement-kuttl]
                  placementBindings: [shape-settings-placement-kuttl]
                  safeResourceNames:
                    shape-policies/shape-settings-placement: shape-settings-placement-kuttl
                ---
                apiVersion: cluster.open-cluster-management.io/v1beta1
                kind: Placement
                metadata:
                  name: shape-settings-placement-kuttl
                  namespace: shape-policies
                  labels:
                    app: openshift-cluster-group-upgrades
                    openshift-cluster-group-upgrades/clusterGroupUpgrade: shape
                    openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace: shape
                    openshift-cluster-group-upgrades/forPolicy: settings
                    velero.io/exclude-from-backup: "true"
                  annotations:
                    cluster-group-upgrades-operator/rname: shape-policies/shape-settings-placement
                spec:
                  clusterSets: null
                  predicates:
                    - requiredClusterSelector:
                        labelSelector: {matchExpressions: [{key: name, operator: In}]}
                  tolerations:
                    - {key: cluster.open-cluster-management.io/unavailable, operator: Exists}
                    - {key: cluster.open-cluster-management.io/unreachable, operator: Exists}
                ---
                apiVersion: policy.open-cluster-management.io/v1
                kind: PlacementBinding
                metadata:
                  name: shape-settings-placement-kuttl
                  namespace: shape-policies
                  labels:
                    app: openshift-cluster-group-upgrades
                    openshift-cluster-group-upgrades/clusterGroupUpgrade: shape
                    openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace: shape
                    openshift-cluster-group-upgrades/forPolicy: null
                    velero.io/exclude-from-backup: "true"
                  annotations:
                    cluster-group-upgrades-operator/rname: shape-policies/shape-settings-placement
                spec: null
                subFilter: restricted
                bindingOverrides: {remediationAction: enforce}
                placementRef:
                  apiGroup: cluster.open-cluster-management.io
                  kind: Placement
                  name: shape-settings-placement-kuttl
                subjects:
                  - {apiGroup: policy.open-cluster-management.io, kind: Policy, name: settings}
                """);
        awaitEmpty("shape-policies", "shape-settings-placement-kuttl");
    }

    @Test
    void aPolicyThatLeavesTheCguTakesItsObjectsWithIt() {
        stage.clusters("leave-a");
        stage.policy("leave-one", "one", Map.of("leave-a", "NonCompliant"));
        stage.policy("leave-two", "two", Map.of("leave-a", "NonCompliant"));
        cgu("leave", "leave-a", "one, two", "");
        stage.awaits(Ref.cgu("leave", "leave"),
                "status: {placements: [leave-one-placement-kuttl, leave-two-placement-kuttl]}");

        stage.patch(Ref.cgu("leave", "leave"), "spec: {managedPolicies: [one]}");

        stage.awaitGone(Ref.placement("leave-two", "leave-two-placement-kuttl"),
                Ref.binding("leave-two", "leave-two-placement-kuttl"));
        stage.awaits(Ref.cgu("leave", "leave"), "status: {placements: [leave-one-placement-kuttl]}");
    }

    @Test
    void withoutASuffixOfTheUsersTheNameEndsInFiveOfTheAllowedCharacters() {
        stage.clusters("rand-a");
        stage.policy("rand", "settings", Map.of("rand-a", "NonCompliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: rand, namespace: rand}
                spec: {enable: false, clusters: [rand-a], managedPolicies: [settings], remediationStrategy: {maxConcurrency: 1}}
                """);
        stage.awaits(Ref.cgu("rand", "rand"), "status: {safeResourceNames: {}}");

        JsonNode status = stage.get(Ref.cgu("rand", "rand")).path("status");
        assertThat(status.at("/safeResourceNames/rand~1rand-settings-placement").asText())
                .matches("rand-settings-placement-[bcdfghjklmnpqrstvwxz2456789]{5}");
    }

    @Test
    void theValuesFollowTheClustersThroughPoliciesAndBatches() {
        Ref cgu = Ref.cgu("values", "values");
        stage.clusters("values-a", "values-b", "values-c");
        Ref first = stage.policy("values", "first",
                Map.of("values-a", "NonCompliant", "values-b", "NonCompliant", "values-c", "NonCompliant"));
        Ref second = stage.policy("values", "second",
                Map.of("values-a", "NonCompliant", "values-b", "NonCompliant", "values-c", "NonCompliant"));
        String one = "values-first-placement-kuttl";
        String two = "values-second-placement-kuttl";
        cgu("values", "values-a, values-b, values-c", "first, second", "");
        stage.patch(cgu, "spec: {remediationStrategy: {maxConcurrency: 2}}");
        stage.awaits(cgu, "status: {remediationPlan: [[values-a, values-b], [values-c]]}");
        awaitEmpty("values", one);

        stage.patch(cgu, "spec: {enable: true}");
        stage.awaits(cgu, """
                status:
                  status:
                    currentBatch: 1
                    currentBatchRemediationProgress:
                      values-a: {state: InProgress, policyIndex: 0}
                      values-b: {state: InProgress, policyIndex: 0}
                """);
        awaitValues("values", one, "[values-a, values-b]");
        awaitEmpty("values", two);

        stage.comply(first, "values-b", "Compliant");
        awaitValues("values", two, "[values-b]");
        awaitValues("values", one, "[values-a, values-b]");
        stage.awaits(cgu, """
                status:
                  status:
                    currentBatchRemediationProgress:
                      values-a: {state: InProgress, policyIndex: 0}
                      values-b: {state: InProgress, policyIndex: 1}
                """);

        stage.comply(second, "values-a", "Compliant");
        stage.comply(second, "values-b", "Compliant");
        stage.awaits(cgu, """
                status:
                  status:
                    currentBatchRemediationProgress:
                      values-a: {state: InProgress, policyIndex: 0}
                      values-b: {state: Completed, policyIndex: null}
                  clusters: [{name: values-b, state: complete}]
                """);

        stage.comply(first, "values-a", "Compliant");
        stage.awaits(cgu, """
                status:
                  status:
                    currentBatch: 2
                    currentBatchRemediationProgress:
                      values-a: null
                      values-b: null
                      values-c: {state: InProgress, policyIndex: 0}
                  clusters: [{name: values-b, state: complete}, {name: values-a, state: complete}]
                """);
        awaitValues("values", one, "[values-c]");
        awaitEmpty("values", two);

        stage.comply(first, "values-c", "Compliant");
        awaitValues("values", two, "[values-c]");
        stage.comply(second, "values-c", "Compliant");
        stage.awaits(cgu, """
                status:
                  conditions: [{reason: ClusterSelectionCompleted}, {reason: ValidationCompleted}, {reason: Completed}, {reason: Completed}]
                  remediationPlan: [[values-a, values-b], [values-c]]
                  managedPoliciesForUpgrade: [{name: first, namespace: values}, {name: second, namespace: values}]
                  placements: null
                  placementBindings: null
                  safeResourceNames: null
                  status: {currentBatch: null, currentBatchStartedAt: null, currentBatchRemediationProgress: null}
                """);
        stage.awaitGone(Ref.placement("values", one), Ref.binding("values", one), Ref.placement("values", two));
    }

    @Test
    void aClusterComesLastInThePlacementOfThePolicyThatItReaches() {
        Ref cgu = Ref.cgu("queue", "queue");
        stage.clusters("queue-a", "queue-b", "queue-c");
        Ref first = stage.policy("queue", "first",
                Map.of("queue-a", "NonCompliant", "queue-b", "NonCompliant", "queue-c", "Compliant"));
        stage.policy("queue", "second",
                Map.of("queue-a", "NonCompliant", "queue-b", "NonCompliant", "queue-c", "NonCompliant"));
        cgu("queue", "queue-a, queue-b, queue-c", "first, second", "");
        stage.patch(cgu, "spec: {enable: true, remediationStrategy: {maxConcurrency: 3}}");
        awaitValues("queue", "queue-first-placement-kuttl", "[queue-a, queue-b]");
        awaitValues("queue", "queue-second-placement-kuttl", "[queue-c]");

        stage.comply(first, "queue-b", "Compliant");
        awaitValues("queue", "queue-second-placement-kuttl", "[queue-c, queue-b]");
        stage.comply(first, "queue-a", "Compliant");
        awaitValues("queue", "queue-second-placement-kuttl", "[queue-c, queue-b, queue-a]");
    }

    @Test
    void withoutDeleteObjectsTheyStayAndHoldNobody() {
        Ref cgu = Ref.cgu("keep", "keep");
        stage.clusters("keep-a");
        Ref policy = stage.policy("keep", "settings", Map.of("keep-a", "NonCompliant"));
        cgu("keep", "keep-a", "settings", "actions: {afterCompletion: {deleteObjects: false}}");
        stage.patch(cgu, "spec: {enable: true}");
        awaitValues("keep", "keep-settings-placement-kuttl", "[keep-a]");

        stage.comply(policy, "keep-a", "Compliant");

        stage.awaitTrue("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));
        awaitEmpty("keep", "keep-settings-placement-kuttl");
        stage.awaits(cgu, """
                status:
                  placements: [keep-settings-placement-kuttl]
                  placementBindings: [keep-settings-placement-kuttl]
                  safeResourceNames: {keep/keep-settings-placement: keep-settings-placement-kuttl}
                """);
        assertThat(stage.isThere(Ref.binding("keep", "keep-settings-placement-kuttl"))).isTrue();
    }

    @Test
    void whatSomebodyElseDeletesIsMadeAgain() {
        stage.clusters("heal-a");
        stage.policy("heal", "settings", Map.of("heal-a", "NonCompliant"));
        cgu("heal", "heal-a", "settings", "");
        stage.patch(Ref.cgu("heal", "heal"), "spec: {enable: true}");
        awaitValues("heal", "heal-settings-placement-kuttl", "[heal-a]");

        stage.delete(Ref.placement("heal", "heal-settings-placement-kuttl"));

        awaitValues("heal", "heal-settings-placement-kuttl", "[heal-a]");
        List<JsonNode> all = stage.labelled(
                Kind.PLACEMENT, "openshift-cluster-group-upgrades/clusterGroupUpgrade=heal");
        assertThat(all).hasSize(1);
    }
}
