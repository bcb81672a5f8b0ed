package dev.echelon.e2e.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Contract 15: Kubernetes events. */
class EventsParityTest extends ParityCase {

    private static String text(JsonNode event) {
        Map<String, String> annotations = new TreeMap<>();
        event.at("/metadata/annotations").properties().forEach(field -> annotations.put(
                field.getKey().replace("cgu.openshift.io/", ""), field.getValue().asText()));
        return event.path("type").asText() + " " + event.path("reason").asText() + "/" + event.path("action").asText()
                + ": " + event.path("note").asText() + " " + annotations
                + (event.has("related") ? " " + event.at("/related/kind").asText() + " "
                        + event.at("/related/name").asText() : "");
    }

    @Test
    void aRolloutTellsOfItselfItsBatchesAndItsClusters() {
        Ref cgu = Ref.cgu("tell", "tell");
        stage.clusters("tell-a");
        Ref policy = stage.policy("tell", "settings", Map.of("tell-a", "NonCompliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: tell, namespace: tell}
                spec: {clusters: [tell-a], managedPolicies: [settings], remediationStrategy: {maxConcurrency: 1}}
                """);
        stage.awaits(cgu, "status: {status: {currentBatch: 1}}");
        stage.comply(policy, "tell-a", "Compliant");

        stage.awaitTrue("all events", () -> stage.events(cgu).size() >= 7);
        assertThat(stage.events(cgu).stream().map(EventsParityTest::text)).containsExactlyInAnyOrder(
                "Normal CguCreated/BuildingRemediationPlan: New ClusterGroupUpgrade found: tell {event-type=global}",
                "Normal CguStarted/RemediationStarted: ClusterGroupUpgrade tell started remediating policies"
                        + " {event-type=global, total-batches-count=1, total-clusters-count=1}",
                "Normal CguStarted/RemediationInBatchStarted: ClusterGroupUpgrade tell: batch index 1 upgrade started"
                        + " {batch-clusters=tell-a, batch-clusters-count=1, event-type=batch, total-clusters-count=1}",
                "Normal CguStarted/RemediationInClusterStarted: ClusterGroupUpgrade tell: cluster tell-a upgrade started"
                        + " {cluster-name=tell-a, event-type=cluster} ManagedCluster tell-a",
                "Normal CguSuccess/RemediationInClusterCompleted: ClusterGroupUpgrade tell: cluster tell-a upgrade"
                        + " finished successfully {cluster-name=tell-a, event-type=cluster} ManagedCluster tell-a",
                "Normal CguSuccess/RemediationInBatchCompleted: ClusterGroupUpgrade tell: all clusters in the batch index"
                        + " 1 are compliant with managed policies"
                        + " {batch-clusters=tell-a, batch-clusters-count=1, event-type=batch, total-clusters-count=1}",
                "Normal CguSuccess/RemediationCompleted: ClusterGroupUpgrade tell succeeded remediating policies"
                        + " {event-type=global, total-clusters-count=1}");
        JsonNode first = stage.events(cgu).getFirst();
        assertThat(first.at("/metadata/generateName").asText() + first.at("/metadata/name").asText())
                .contains("tell-");
        assertThat(first.path("reportingController").asText()).isEqualTo("ClusterGroupUpgrade");
        assertThat(first.at("/regarding/kind").asText()).isEqualTo("ClusterGroupUpgrade");
        assertThat(first.at("/regarding/uid").asText()).isEqualTo(stage.get(cgu).at("/metadata/uid").asText());
    }

    @Test
    void aValidationFailureIsToldOnceForEachText() {
        Ref cgu = Ref.cgu("fail", "fail");
        stage.clusters("fail-a");
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: fail, namespace: fail}
                spec:
                  clusters: [fail-a, fail-b, fail-c]
                  managedPolicies: [one, two]
                  remediationStrategy: {maxConcurrency: 1}
                """);
        stage.awaits(cgu, "status: {conditions: [{reason: ClusterNotFound}]}");
        stage.clusters("fail-b", "fail-c");
        stage.awaits(cgu, "status: {conditions: [{}, {reason: NotAllManagedPoliciesExist}]}");

        // The clusters may have been seen one by one, which is told, too; and an event follows its condition.
        stage.awaitTrue("the last event", () -> stage.events(cgu).stream()
                .anyMatch(event -> event.path("note").asText().contains("(missing policies)")));
        List<String> told = stage.events(cgu).stream().map(EventsParityTest::text).toList();
        assertThat(told).contains(
                "Warning CguValidationFailure/RemediationOnHoldDueToValidationFailure: ClusterGroupUpgrade fail: validation"
                        + " failure (missing clusters): fail-b,fail-c"
                        + " {missing-clusters=fail-b,fail-c, missing-clusters-count=2}",
                "Warning CguValidationFailure/RemediationOnHoldDueToValidationFailure: ClusterGroupUpgrade fail: validation"
                        + " failure (missing policies): one,two {missing-policies=one,two}");
        assertThat(told).doesNotHaveDuplicates();
    }

    @Test
    void timeOutsAreWarningsWithTheClustersThatTookTooLong() {
        Ref cgu = Ref.cgu("over", "over");
        stage.clusters("over-a", "over-b", "over-c");
        stage.policy("over", "settings",
                Map.of("over-a", "NonCompliant", "over-b", "NonCompliant", "over-c", "NonCompliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: over, namespace: over}
                spec:
                  clusters: [over-b, over-a, over-c]
                  managedPolicies: [settings]
                  batchTimeoutAction: Abort
                  remediationStrategy: {maxConcurrency: 2, timeout: 1}
                """);

        stage.awaitTrueLong("the last event", () -> stage.events(cgu).stream()
                .anyMatch(event -> event.path("action").asText().equals("RemediationTimeout")));
        assertThat(stage.events(cgu).stream().map(EventsParityTest::text)
                        .filter(text -> text.startsWith("Warning")))
                .containsExactly(
                        "Warning CguTimedout/RemediationInBatchTimeout: ClusterGroupUpgrade over: some clusters in the"
                                + " batch index 1 timed out remediating policies {batch-clusters-count=2,"
                                + " event-type=batch, timedout-clusters=over-a,over-b, timedout-clusters-count=2,"
                                + " total-clusters-count=3}",
                        "Warning CguTimedout/RemediationTimeout: ClusterGroupUpgrade over timed-out remediating"
                                + " policies {event-type=global, timedout-clusters=over-b,over-a, timedout-clusters-count=2,"
                                + " total-clusters-count=3}");
    }

    @Test
    void missingTemplatesAreToldWithoutWords() {
        Ref cgu = Ref.cgu("empty", "empty");
        stage.clusters("empty-a");
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: empty, namespace: empty}
                spec: {clusters: [empty-a], manifestWorkTemplates: [none], remediationStrategy: {maxConcurrency: 1}}
                """);

        stage.awaitTrue("two events", () -> stage.events(cgu).size() == 2);
        assertThat(stage.events(cgu).stream().map(EventsParityTest::text)).containsExactlyInAnyOrder(
                "Normal CguCreated/BuildingRemediationPlan: New ClusterGroupUpgrade found: empty {event-type=global}",
                "Warning CguValidationFailure/RemediationOnHoldDueToValidationFailure:  {}");
    }
}
