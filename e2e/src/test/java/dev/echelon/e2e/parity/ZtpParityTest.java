package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.PrecacheParityTest.SELECTED;
import static dev.echelon.e2e.parity.PrecacheParityTest.VALIDATED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The automatic CGU of a cluster that was just installed, to its end (ZTP contract 3 to 7). */
class ZtpParityTest extends ParityCase {

    private static final String COMPLIANT = "All clusters are compliant with all the managed policies";

    private void wave(String cluster, String policy, int wave) {
        stage.patch(Ref.policy(cluster, policy),
                "metadata: {annotations: {ran.openshift.io/ztp-deploy-wave: \"%d\"}}".formatted(wave));
    }

    /** Takes {@code ztp-done} off, which says that the cluster is new. */
    private Ref install(String cluster) {
        stage.patch(Ref.cluster(cluster), "metadata: {labels: {ztp-done: null}}");
        Ref cgu = Ref.cgu("ztp-install", cluster);
        stage.adopt(cgu);
        stage.awaitThere(cgu);
        return cgu;
    }

    private void awaitLabels(String cluster, String labels) {
        stage.awaits(Ref.cluster(cluster), "metadata: {labels: %s}".formatted(labels));
    }

    @Test
    void aClusterThatIsNewIsLabelledAsItGoesAndHasItsPoliciesEnforcedInTheOrderOfTheirWaves() {
        stage.clusters("new-a");
        Ref late = stage.policy("new", "late", Map.of("new-a", "NonCompliant"));
        Ref early = stage.policy("new", "early", Map.of("new-a", "NonCompliant"));
        stage.policy("new", "waveless", Map.of("new-a", "NonCompliant"));
        wave("new-a", "new.late", 10);
        wave("new-a", "new.early", -1);

        Ref cgu = install("new-a");
        stage.awaits(cgu, """
                metadata:
                  ownerReferences: [{kind: ManagedCluster, name: new-a, controller: true, blockOwnerDeletion: true}]
                spec:
                  enable: true
                  clusters: [new-a]
                  managedPolicies: [early, late]
                  remediationStrategy: {maxConcurrency: 1, timeout: 240}
                  actions:
                    beforeEnable: {addClusterLabels: {ztp-running: ""}}
                    afterCompletion: {addClusterLabels: {ztp-done: ""}, removeClusterLabels: [ztp-running]}
                """);
        awaitLabels("new-a", "{ztp-running: \"\", ztp-done: null}");
        stage.awaits(cgu, """
                status: {status: {currentBatchRemediationProgress: {new-a: {state: InProgress, policyIndex: 0}}}}
                """);
        stage.comply(early, "new-a", "Compliant");
        stage.awaits(cgu, """
                status: {status: {currentBatchRemediationProgress: {new-a: {state: InProgress, policyIndex: 1}}}}
                """);
        assertThat(stage.get(Ref.cluster("new-a")).at("/metadata/labels").has("ztp-done")).isFalse();
        stage.comply(late, "new-a", "Compliant");

        awaitLabels("new-a", "{ztp-running: null, ztp-done: \"\"}");
        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=False Completed: " + COMPLIANT, "Succeeded=True Completed: " + COMPLIANT);
    }

    @Test
    void aClusterThatCompliesAlreadyIsDoneAtOnceAndADeletedCguComesBackForOneThatIsNot() {
        stage.clusters("again-a");
        Ref policy = stage.policy("again", "settings", Map.of("again-a", "NonCompliant"));
        wave("again-a", "again.settings", 1);
        Ref cgu = install("again-a");
        awaitLabels("again-a", "{ztp-running: \"\", ztp-done: null}");
        String first = stage.get(cgu).at("/metadata/uid").asText();
        stage.comply(policy, "again-a", "Pending");

        stage.delete(cgu);
        stage.awaitTrue("another one", () -> stage.find(cgu)
                .filter(now -> !now.at("/metadata/uid").asText().equals(first))
                .isPresent());
        stage.comply(policy, "again-a", "Compliant");
        awaitLabels("again-a", "{ztp-running: null, ztp-done: \"\"}");
        stage.delete(cgu);
        stage.awaitGone(cgu);

        install("again-a");
        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=False Completed: " + COMPLIANT,
                "Succeeded=True Completed: All clusters already compliant with the specified managed policies");
        awaitLabels("again-a", "{ztp-running: null, ztp-done: \"\"}");
    }

    @Test
    void aNameInTwoNamespacesIsSaidByTheCguUntilItIsInOne() {
        stage.clusters("twice-a");
        Ref policy = stage.policy("twice-one", "settings", Map.of("twice-a", "NonCompliant"));
        stage.policy("twice-two", "settings", Map.of("twice-a", "NonCompliant"));
        wave("twice-a", "twice-one.settings", 1);
        wave("twice-a", "twice-two.settings", 2);

        Ref cgu = install("twice-a");
        stage.awaitConditions(cgu, SELECTED, "Validated=False AmbiguousManagedPoliciesNames: Managed policy name should"
                + " be unique, but was found in multiple namespaces: {\"settings\":[\"twice-one\",\"twice-two\"]} ");
        stage.awaits(cgu, "spec: {managedPolicies: [settings]}");
        awaitLabels("twice-a", "{ztp-running: null, ztp-done: null}");

        stage.delete(Ref.policy("twice-a", "twice-two.settings"));
        awaitLabels("twice-a", "{ztp-running: \"\", ztp-done: null}");
        stage.comply(policy, "twice-a", "Compliant");
        awaitLabels("twice-a", "{ztp-running: null, ztp-done: \"\"}");
    }
}
