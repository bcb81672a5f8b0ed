package dev.echelon.e2e.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 6 and 7: from enabling to the end, as far as no time-out is in it. */
class RolloutParityTest extends ParityCase {

    private static final String SELECTED =
            "ClustersSelected=True ClusterSelectionCompleted: All selected clusters are valid";
    private static final String VALIDATED = "Validated=True ValidationCompleted: Completed validation";
    private static final String NOT_ENABLED = "Progressing=False NotEnabled: Not enabled";
    private static final String IN_PROGRESS = "Progressing=True InProgress: Remediating non-compliant policies";
    private static final String COMPLETED = "All clusters are compliant with all the managed policies";

    private Ref cgu(String name, boolean enable, String clusters, String policies) {
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: %1$s, namespace: %1$s}
                spec:
                  enable: %2$s
                  clusters: [%3$s]
                  managedPolicies: [%4$s]
                  remediationStrategy: {maxConcurrency: 1}
                """.formatted(name, enable, clusters, policies));
        return Ref.cgu(name, name);
    }

    @Test
    void kubectlPrintsTheLastConditionFromNotEnabledToCompleted() {
        stage.clusters("print-a");
        Ref policy = stage.policy("print", "settings", Map.of("print-a", "NonCompliant"));
        Ref cgu = cgu("print", false, "print-a", "settings");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, NOT_ENABLED);
        assertThat(stage.printed(cgu)).containsEntry("State", "NotEnabled").containsEntry("Details", "Not enabled");
        assertThat(stage.printed(cgu).keySet()).containsSubsequence("Age", "State", "Details");
        assertThat(stage.get(cgu).at("/status/status").has("startedAt")).isFalse();

        stage.patch(cgu, "spec: {enable: true}");
        stage.awaitConditions(cgu, SELECTED, VALIDATED, IN_PROGRESS);
        stage.awaits(cgu, "status: {status: {currentBatch: 1}}");
        assertThat(stage.get(cgu).at("/status/status").has("startedAt")).isTrue();
        assertThat(stage.get(cgu).at("/status/status").has("currentBatchStartedAt")).isTrue();
        assertThat(stage.printed(cgu))
                .containsEntry("State", "InProgress")
                .containsEntry("Details", "Remediating non-compliant policies");

        stage.comply(policy, "print-a", "Compliant");
        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=False Completed: " + COMPLETED, "Succeeded=True Completed: " + COMPLETED);
        assertThat(stage.printed(cgu)).containsEntry("State", "Completed").containsEntry("Details", COMPLETED);
    }

    @Test
    void aCguWithNothingToDoSucceedsAtOnce() {
        stage.clusters("done-a", "done-b");
        stage.policy("done", "settings", Map.of("done-a", "Compliant", "done-b", "Compliant"));
        Ref cgu = cgu("done", true, "done-b, done-a", "settings");

        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=False Completed: " + COMPLETED,
                "Succeeded=True Completed: All clusters already compliant with the specified managed policies");
        stage.awaits(cgu, """
                status:
                  remediationPlan: null
                  managedPoliciesForUpgrade: null
                  managedPoliciesCompliantBeforeUpgrade: [settings]
                  clusters: [{name: done-b, state: complete}, {name: done-a, state: complete}]
                """);
        stage.awaitTrue("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));
    }

    @Test
    void compliantClustersAreCompleteAtTheStart() {
        stage.clusters("early-a", "early-b");
        Ref policy = stage.policy("early", "settings", Map.of("early-a", "NonCompliant", "early-b", "Compliant"));
        Ref cgu = cgu("early", true, "early-a, early-b", "settings");

        stage.awaits(cgu, """
                status:
                  clusters: [{name: early-b, state: complete}]
                  status: {currentBatch: 1}
                """);
        stage.comply(policy, "early-a", "Compliant");
        stage.awaits(cgu, """
                status:
                  clusters: [{name: early-b, state: complete}, {name: early-a, state: complete}]
                """);
    }

    @Test
    void policiesThatDoNotApplyToAClusterAreSteppedOver() {
        stage.clusters("step-a");
        stage.clusters("step-b");
        stage.policy("step", "others", Map.of("step-b", "NonCompliant"));
        stage.policy("step", "done", Map.of("step-a", "Compliant", "step-b", "NonCompliant"));
        stage.policy("step", "todo", Map.of("step-a", "Pending"));
        Ref cgu = cgu("step", true, "step-a, step-b", "others, done, todo");

        stage.awaits(cgu, """
                status:
                  status:
                    currentBatch: 1
                    currentBatchRemediationProgress: {step-a: {state: InProgress, policyIndex: 2}}
                """);
    }

    @Test
    void clustersThatCompleteAtOnceAreListedInThePlansOrder() {
        stage.clusters("list-a", "list-b", "list-c");
        Ref policy = stage.policy("list", "settings",
                Map.of("list-a", "NonCompliant", "list-b", "NonCompliant", "list-c", "NonCompliant"));
        Ref cgu = cgu("list", false, "list-c, list-a, list-b", "settings");
        stage.patch(cgu, "spec: {enable: true, remediationStrategy: {maxConcurrency: 3}}");
        stage.awaits(cgu, "status: {status: {currentBatch: 1}, remediationPlan: [[list-c, list-a, list-b]]}");

        stage.comply(policy, Map.of("list-a", "Compliant", "list-b", "Compliant", "list-c", "Compliant"));

        stage.awaits(cgu, """
                status:
                  clusters:
                    - {name: list-c, state: complete}
                    - {name: list-a, state: complete}
                    - {name: list-b, state: complete}
                """);
    }

    @Test
    void editsOfTheSelectionCountNoMoreOnceTheRolloutRuns() {
        stage.clusters("frozen-a", "frozen-b");
        Ref policy = stage.policy("frozen", "settings", Map.of("frozen-a", "NonCompliant", "frozen-b", "NonCompliant"));
        Ref cgu = cgu("frozen", true, "frozen-a", "settings");
        stage.awaits(cgu, "status: {status: {currentBatch: 1}}");

        stage.patch(cgu, "spec: {enable: false, clusters: [frozen-b], managedPolicies: [nowhere]}");
        stage.comply(policy, "frozen-a", "Compliant");

        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=False Completed: " + COMPLETED, "Succeeded=True Completed: " + COMPLETED);
        stage.awaits(cgu, "status: {remediationPlan: [[frozen-a]], clusters: [{name: frozen-a, state: complete}]}");
    }

    @Test
    void aClusterSoaksBeforeItGoesOnAndBeginsAnewWhenItLapses() {
        stage.clusters("soak-a");
        Ref policy = stage.policy("soak", "settings", Map.of("soak-a", "NonCompliant"));
        stage.patch(policy, "metadata: {annotations: {ran.openshift.io/soak-seconds: \"15\"}}");
        Ref cgu = cgu("soak", true, "soak-a", "settings");
        stage.awaits(cgu, "status: {status: {currentBatchRemediationProgress: {soak-a: {state: InProgress}}}}");

        stage.comply(policy, "soak-a", "Compliant");
        stage.awaitTrue("soaking", () -> !firstCompliant(cgu).isMissingNode());
        Instant first = Instant.parse(firstCompliant(cgu).asText());
        stage.comply(policy, "soak-a", "NonCompliant");
        stage.awaitTrue("soak cleared", () -> firstCompliant(cgu).isMissingNode());
        stage.comply(policy, "soak-a", "Compliant");
        stage.awaitTrue("soaking again", () -> !firstCompliant(cgu).isMissingNode());
        Instant second = Instant.parse(firstCompliant(cgu).asText());

        stage.awaits(cgu, "status: {clusters: [{name: soak-a, state: complete}]}");
        stage.awaitTrue("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));
        Instant completed = Instant.parse(stage.get(cgu).at("/status/status/completedAt").asText());
        assertThat(second).isAfterOrEqualTo(first);
        // Times in the status are whole seconds.
        assertThat(Duration.between(second, completed)).isGreaterThanOrEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void aSoakThatIsTakenOffUnderWayIsOver() {
        stage.clusters("unsoak-a");
        Ref policy = stage.policy("unsoak", "settings", Map.of("unsoak-a", "NonCompliant"));
        stage.patch(policy, "metadata: {annotations: {ran.openshift.io/soak-seconds: \"3600\"}}");
        Ref cgu = cgu("unsoak", true, "unsoak-a", "settings");
        stage.awaits(cgu, "status: {status: {currentBatch: 1}}");
        stage.comply(policy, "unsoak-a", "Compliant");
        stage.awaitTrue("soaking", () -> stage.get(cgu)
                .at("/status/status/currentBatchRemediationProgress/unsoak-a").has("firstCompliantAt"));

        stage.patch(policy, "metadata: {annotations: {ran.openshift.io/soak-seconds: null}}");

        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=False Completed: " + COMPLETED, "Succeeded=True Completed: " + COMPLETED);
    }

    @Test
    void aSoakThatIsNoNumberIsIgnored() {
        stage.clusters("nosoak-a");
        Ref policy = stage.policy("nosoak", "settings", Map.of("nosoak-a", "NonCompliant"));
        stage.patch(policy, "metadata: {annotations: {ran.openshift.io/soak-seconds: \"-5\"}}");
        Ref cgu = cgu("nosoak", true, "nosoak-a", "settings");
        stage.awaits(cgu, "status: {status: {currentBatch: 1}}");

        stage.comply(policy, "nosoak-a", "Compliant");

        stage.awaitConditions(cgu, SELECTED, VALIDATED,
                "Progressing=False Completed: " + COMPLETED, "Succeeded=True Completed: " + COMPLETED);
    }

    @Test
    void nothingOfItIsRunAgainAfterTheEnd() {
        stage.clusters("ended-a");
        Ref policy = stage.policy("ended", "settings", Map.of("ended-a", "Compliant"));
        Ref cgu = cgu("ended", true, "ended-a", "settings");
        stage.awaitTrue("completedAt", () -> stage.get(cgu).at("/status/status").has("completedAt"));
        JsonNode before = stage.get(cgu).path("status");

        stage.comply(policy, "ended-a", "NonCompliant");
        stage.patch(cgu, "spec: {remediationStrategy: {maxConcurrency: 7}}");
        // The other one is behind it in the same hub's queues: when it is through, so would be the first.
        Ref later = cgu("ended-later", false, "ended-a", "settings");
        stage.awaitConditions(later, SELECTED, VALIDATED, NOT_ENABLED);

        assertThat(stage.get(cgu).path("status")).isEqualTo(before);
    }

    private JsonNode firstCompliant(Ref cgu) {
        return stage.get(cgu).at("/status/status/currentBatchRemediationProgress/soak-a/firstCompliantAt");
    }
}
