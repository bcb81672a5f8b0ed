package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.PrecacheParityTest.SELECTED;
import static dev.echelon.e2e.parity.PrecacheParityTest.VALIDATED;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 9: CGUs that wait for others. */
class BlockingParityTest extends ParityCase {

    private static final String IN_PROGRESS = "Progressing=True InProgress: Remediating non-compliant policies";

    private Ref cgu(String name, boolean enable, String clusters, String annotations, String more) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: %1$s, namespace: %1$s, annotations: {%2$s}}
                spec:
                  enable: %3$s
                  clusters: [%4$s]
                  managedPolicies: [%5$s]
                  remediationStrategy: {maxConcurrency: 5, timeout: 1}
                """.formatted(name, annotations, enable, clusters, name.startsWith("part") ? "part" : "wait")
                + more.indent(2));
        return Ref.cgu(name, name);
    }

    @Test
    void missingOnesAreSaidBeforeIncompleteOnesAndTheEndOfTheLastLetsTheCguGoOn() {
        stage.clusters("wait-a");
        Ref policy = stage.policy("wait", "wait", Map.of("wait-a", "NonCompliant"));
        Ref blocked = cgu("wait-last", true, "wait-a", "",
                "blockingCRs: [{name: wait-one, namespace: wait-one}, {name: wait-two, namespace: wait-two}]");
        stage.awaitConditions(blocked, SELECTED, VALIDATED,
                "Progressing=False MissingBlockingCR: Missing blocking CRs: [wait-one wait-two]");
        Ref one = cgu("wait-one", false, "wait-a", "", "");
        stage.awaitConditions(blocked, SELECTED, VALIDATED,
                "Progressing=False MissingBlockingCR: Missing blocking CRs: [wait-two]");
        Ref two = cgu("wait-two", false, "wait-a", "", "");
        stage.awaitConditions(blocked, SELECTED, VALIDATED,
                "Progressing=False IncompleteBlockingCR: Blocking CRs that are not completed: [wait-one wait-two]");

        stage.patch(blocked, "spec: {remediationStrategy: {timeout: 240}}");
        stage.patch(one, "spec: {enable: true, remediationStrategy: {timeout: 240}}");
        stage.patch(two, "spec: {enable: true, remediationStrategy: {timeout: 240}}");
        stage.awaitConditions(two, SELECTED, VALIDATED, IN_PROGRESS);
        stage.awaitConditions(one, SELECTED, VALIDATED, IN_PROGRESS);
        stage.comply(policy, "wait-a", "Compliant");

        stage.awaitConditions(blocked, SELECTED, VALIDATED,
                "Progressing=False Completed: All clusters are compliant with all the managed policies",
                "Succeeded=True Completed: All clusters already compliant with the specified managed policies");
    }

    @Test
    void withPartialCompletionOnlyTheClustersThatAllBlockersCompletedGoOn() {
        stage.clusters("part-a", "part-b");
        Ref policy = stage.policy("part", "part", Map.of("part-a", "NonCompliant", "part-b", "NonCompliant"));
        Ref blocker = cgu("part-one", true, "part-a, part-b", "", "");
        Ref strict = cgu("part-strict", true, "part-a, part-b", "",
                "blockingCRs: [{name: part-one, namespace: part-one}]");
        Ref partial = cgu("part-partial", true, "part-a, part-b",
                "ran.openshift.io/blocking-cgu-completion-mode: partial, "
                        + "ran.openshift.io/blocking-cgu-cluster-filtering: \"true\"",
                "blockingCRs: [{name: part-one, namespace: part-one}]");
        stage.patch(partial, "spec: {remediationStrategy: {timeout: 240}}");
        stage.awaitConditions(partial, SELECTED, VALIDATED,
                "Progressing=False IncompleteBlockingCR: Blocking CRs that are not completed: [part-one]");
        stage.comply(policy, "part-a", "Compliant");
        stage.awaits(blocker, "status: {clusters: [{name: part-a, state: complete}]}");
        stage.comply(policy, "part-a", "NonCompliant");

        stage.awaitConditionsLong(partial, SELECTED, VALIDATED, IN_PROGRESS);
        stage.awaits(partial, "status: {remediationPlan: [[part-a]]}");
        stage.awaitConditions(strict, SELECTED, VALIDATED,
                "Progressing=False IncompleteBlockingCR: Blocking CRs that are not completed: [part-one]");
    }

    @Test
    void aChainGoesOnWithinASecondALink() {
        int links = 5;
        stage.clusters("chain-a");
        Ref policy = stage.policy("chain", "chain", Map.of("chain-a", "NonCompliant"));
        stage.policy("chain", "done", Map.of("chain-a", "Compliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: link-0, namespace: chain}
                spec: {clusters: [chain-a], managedPolicies: [chain], remediationStrategy: {maxConcurrency: 1}}
                """);
        for (int i = 1; i <= links; i++) {
            stage.create("""
                    apiVersion: ran.openshift.io/v1alpha1
                    kind: ClusterGroupUpgrade
                    metadata: {name: link-%d, namespace: chain}
                    spec:
                      clusters: [chain-a]
                      managedPolicies: [done]
                      blockingCRs: [{name: link-%d, namespace: chain}]
                      remediationStrategy: {maxConcurrency: 1}
                    """.formatted(i, i - 1));
            stage.awaitConditions(Ref.cgu("chain", "link-" + i), SELECTED, VALIDATED,
                    "Progressing=False IncompleteBlockingCR: Blocking CRs that are not completed: [link-%d]"
                            .formatted(i - 1));
        }

        stage.comply(policy, "chain-a", "Compliant");

        Ref last = Ref.cgu("chain", "link-" + links);
        stage.awaitConditions(last, SELECTED, VALIDATED,
                "Progressing=False Completed: All clusters are compliant with all the managed policies",
                "Succeeded=True Completed: All clusters already compliant with the specified managed policies");
        assertThat(Duration.between(succeededAt(Ref.cgu("chain", "link-0")), succeededAt(last)))
                .isLessThanOrEqualTo(Duration.ofSeconds(links));
    }

    private Instant succeededAt(Ref cgu) {
        return Instant.parse(stage.get(cgu).at("/status/conditions/3/lastTransitionTime").asText());
    }
}
