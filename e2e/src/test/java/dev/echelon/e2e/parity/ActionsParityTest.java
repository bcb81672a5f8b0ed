package dev.echelon.e2e.parity;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 8: labels and annotations before and after. */
class ActionsParityTest extends ParityCase {

    @Test
    void plannedClustersAreMarkedAtTheStartAndEachAsItCompletes() {
        stage.cluster("act-a", "{act-old: x, act-gone: x}");
        stage.cluster("act-b", "{act-old: x}");
        stage.cluster("act-c", "{act-old: x}");
        Ref policy = stage.policy("act", "settings",
                Map.of("act-a", "NonCompliant", "act-b", "Compliant", "act-c", "NonCompliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: act, namespace: act}
                spec:
                  clusters: [act-a, act-b, act-c]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 1}
                  actions:
                    beforeEnable:
                      addClusterLabels: {act-running: "", act-both: x}
                      deleteClusterLabels: {act-gone: whatever}
                      removeClusterLabels: [act-both]
                      addClusterAnnotations: {act/note: running}
                    afterCompletion:
                      addClusterLabels: {act-done: "yes"}
                      removeClusterLabels: [act-running]
                      removeClusterAnnotations: [act/note]
                """);

        stage.awaits(Ref.cluster("act-a"), """
                metadata:
                  labels: {name: act-a, act-running: "", act-old: x, act-gone: null, act-both: null, act-done: null}
                  annotations: {act/note: running}
                """);
        stage.awaits(Ref.cluster("act-c"), "metadata: {labels: {act-running: \"\"}, annotations: {act/note: running}}");
        stage.awaits(Ref.cluster("act-b"), "metadata: {labels: {act-done: \"yes\", act-running: null}}");

        stage.comply(policy, "act-a", "Compliant");

        stage.awaits(Ref.cluster("act-a"), """
                metadata: {labels: {act-done: "yes", act-running: null, act-old: x}}
                """);
        stage.awaits(Ref.cgu("act", "act"), "status: {status: {currentBatch: 2}}");
        stage.awaits(Ref.cluster("act-c"), "metadata: {labels: {act-running: \"\", act-done: null}}");
    }

    @Test
    void aClusterThatTimesOutKeepsWhatItGotBefore() {
        stage.clusters("act-late-a", "act-late-b", "act-late-c");
        stage.policy("act-late", "settings",
                Map.of("act-late-a", "NonCompliant", "act-late-b", "NonCompliant", "act-late-c", "Compliant"));
        Ref cgu = Ref.cgu("act-late", "act-late");
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: act-late, namespace: act-late}
                spec:
                  clusters: [act-late-a, act-late-b, act-late-c, act-late-a]
                  managedPolicies: [settings]
                  batchTimeoutAction: Abort
                  remediationStrategy: {maxConcurrency: 1, timeout: 1}
                  actions:
                    beforeEnable: {addClusterLabels: {act-running: ""}}
                    afterCompletion: {addClusterLabels: {act-done: "yes"}, removeClusterLabels: [act-running]}
                """);
        stage.awaits(Ref.cluster("act-late-c"), "metadata: {labels: {act-done: \"yes\", act-running: null}}");

        stage.awaitTrueLong("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));

        for (String cluster : List.of("act-late-a", "act-late-b")) {
            stage.awaits(Ref.cluster(cluster), "metadata: {labels: {act-running: \"\", act-done: null}}");
        }
    }
}
