package dev.echelon.e2e.parity;

import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Contract 7.5 to 7.7: what ends a batch or a rollout whose clusters do not comply. A minute is the shortest timeout
 * there is, so these cases take theirs, side by side.
 */
class TimeoutParityTest extends ParityCase {

    private static final String SELECTED =
            "ClustersSelected=True ClusterSelectionCompleted: All selected clusters are valid";
    private static final String VALIDATED = "Validated=True ValidationCompleted: Completed validation";

    private Ref cgu(String name, String clusters, String strategy, String more) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: %1$s, namespace: %1$s, annotations: {cluster-group-upgrades-operator/name-suffix: kuttl}}
                spec:
                  clusters: [%2$s]
                  managedPolicies: [settings]
                  remediationStrategy: {maxConcurrency: 1, timeout: 1%3$s}
                """.formatted(name, clusters, strategy) + more.indent(2));
        return Ref.cgu(name, name);
    }

    private void awaitTimedOut(Ref cgu, String where) {
        stage.awaitConditionsLong(cgu, SELECTED, VALIDATED,
                "Progressing=False TimedOut: Policy remediation took too long" + where,
                "Succeeded=False TimedOut: Policy remediation took too long" + where);
        stage.awaitTrue("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));
        stage.awaits(cgu, """
                status:
                  placements: null
                  status: {currentBatch: null, currentBatchStartedAt: null, currentBatchRemediationProgress: null}
                """);
    }

    @Test
    void aBatchThatIsOverItsShareGoesOnAndTheRolloutTimesOutWithItsClustersListed() {
        stage.clusters("cont-a", "cont-b");
        Ref policy = stage.policy("cont", "settings", Map.of("cont-a", "NonCompliant", "cont-b", "NonCompliant"));
        Ref cgu = cgu("cont", "cont-a, cont-b", "", "");

        stage.awaits(cgu, """
                status: {status: {currentBatch: 1, currentBatchRemediationProgress: {cont-a: {state: InProgress}}}}
                """);
        stage.awaitsLong(cgu, """
                status:
                  status: {currentBatch: 2, currentBatchRemediationProgress: {cont-b: {state: InProgress}}}
                  clusters:
                    - {name: cont-a, state: timedout, currentPolicy: {name: settings, status: NonCompliant}}
                """);
        stage.comply(policy, "cont-b", "Compliant");
        stage.awaits(cgu, """
                status:
                  conditions: [{}, {}, {type: Progressing, status: "True", reason: InProgress}]
                  status: {currentBatch: 2, currentBatchRemediationProgress: {cont-b: {state: Completed}}}
                """);

        awaitTimedOut(cgu, "");
        stage.awaits(cgu, """
                status:
                  clusters:
                    - {name: cont-a, state: timedout, currentPolicy: {name: settings, status: NonCompliant}}
                    - {name: cont-b, state: complete}
                """);
    }

    @Test
    void aClusterThatRecoversInTheLastBatchMakesTheRolloutSucceed() {
        stage.clusters("late-a", "late-b");
        Ref policy = stage.policy("late", "settings", Map.of("late-a", "NonCompliant", "late-b", "NonCompliant"));
        Ref cgu = cgu("late", "late-a, late-b", "", "batchTimeoutAction: Continue");
        stage.awaitsLong(cgu, "status: {status: {currentBatch: 2}}");
        stage.awaits(Ref.placement("late", "late-settings-placement-kuttl"), """
                spec:
                  predicates:
                    - requiredClusterSelector:
                        labelSelector: {matchExpressions: [{values: [late-a, late-b]}]}
                """);
        stage.comply(policy, "late-b", "Compliant");
        stage.awaits(cgu, "status: {status: {currentBatchRemediationProgress: {late-b: {state: Completed}}}}");

        stage.comply(policy, "late-a", "Compliant");

        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=False Completed: All clusters are compliant with all the managed policies",
                "Succeeded=True Completed: All clusters are compliant with all the managed policies");
        stage.awaits(cgu, """
                status:
                  clusters:
                    - {name: late-a, state: timedout, currentPolicy: {name: settings, status: NonCompliant}}
                    - {name: late-b, state: complete}
                """);
    }

    @Test
    void abortEndsTheRolloutWithTheBatch() {
        stage.clusters("abort-a", "abort-b");
        stage.policy("abort", "settings", Map.of("abort-a", "NonCompliant", "abort-b", "NonCompliant"));
        Ref cgu = cgu("abort", "abort-a, abort-b", "", "batchTimeoutAction: Abort");

        awaitTimedOut(cgu, " on some clusters");
        stage.awaits(cgu, """
                status:
                  clusters:
                    - {name: abort-a, state: timedout, currentPolicy: {name: settings, status: NonCompliant}}
                """);
    }

    @Test
    void aCanaryThatTimesOutEndsTheRollout() {
        stage.clusters("canary-a", "canary-b");
        stage.policy("canary", "settings", Map.of("canary-a", "NonCompliant", "canary-b", "NonCompliant"));
        Ref cgu = cgu("canary", "canary-a, canary-b", ", canaries: [canary-b]", "batchTimeoutAction: Continue");
        stage.awaits(cgu, "status: {remediationPlan: [[canary-b], [canary-a]]}");

        awaitTimedOut(cgu, " on canary clusters");
    }

    @Test
    void aRolloutOfOneBatchHasItsWholeTime() {
        stage.clusters("whole-a");
        stage.policy("whole", "settings", Map.of("whole-a", "NonCompliant"));
        Ref cgu = cgu("whole", "whole-a", "", "");

        awaitTimedOut(cgu, "");
        stage.awaits(cgu, """
                status:
                  clusters:
                    - {name: whole-a, state: timedout, currentPolicy: {name: settings, status: NonCompliant}}
                """);
    }

    @Test
    void theTimeoutMayBeMadeLongerWhileTheRolloutRuns() {
        stage.clusters("longer-a", "longer-b");
        Ref policy = stage.policy("longer", "settings", Map.of("longer-a", "NonCompliant", "longer-b", "NonCompliant"));
        Ref cgu = cgu("longer", "longer-a, longer-b", "", "batchTimeoutAction: Abort");
        Ref witness = cgu("witness", "longer-a, longer-b", "", "batchTimeoutAction: Abort");
        stage.awaits(cgu, "status: {status: {currentBatch: 1}}");
        stage.patch(cgu, "spec: {remediationStrategy: {timeout: 60}}");

        stage.awaitConditionsLong(witness, SELECTED, VALIDATED,
                "Progressing=False TimedOut: Policy remediation took too long on some clusters",
                "Succeeded=False TimedOut: Policy remediation took too long on some clusters");
        stage.comply(policy, "longer-a", "Compliant");

        stage.awaits(cgu, "status: {status: {currentBatch: 2}}");
    }
}
