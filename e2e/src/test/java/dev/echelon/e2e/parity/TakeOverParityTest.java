package dev.echelon.e2e.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.e2e.parity.Ref.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contract 18: what TALM had under way goes on. {@link LeftBehind} says what that is. */
class TakeOverParityTest extends ParityCase {

    private static final String SELECTED =
            "ClustersSelected=True ClusterSelectionCompleted: All selected clusters are valid";
    private static final String VALIDATED = "Validated=True ValidationCompleted: Completed validation";
    private static final String COMPLETED = "All clusters are compliant with all the managed policies";

    private Stage left;

    @BeforeEach
    void comeUponIt() {
        left = hub.leftBehind();
    }

    @Test
    void aRolloutInItsSecondBatchGoesOnAndCompletes() {
        left.awaitTrue("the stamp", () -> left.get(LeftBehind.CGU).at("/metadata/annotations")
                .has("echelon.dev/mirrored-spec"));
        left.awaitConditions(LeftBehind.CGU, SELECTED, VALIDATED,
                "Progressing=True InProgress: Remediating non-compliant policies");
        JsonNode found = left.get(LeftBehind.CGU);
        found.at("/status/conditions").forEach(condition -> assertThat(condition.path("lastTransitionTime").asText())
                .isEqualTo(LeftBehind.CONDITIONS_SINCE.toString()));
        left.awaits(LeftBehind.CGU, """
                status:
                  remediationPlan: [[left-a], [left-b], [left-c]]
                  status:
                    startedAt: "%s"
                    currentBatch: 2
                    currentBatchStartedAt: "%s"
                    currentBatchRemediationProgress: {left-b: {state: InProgress, policyIndex: 0}}
                """.formatted(LeftBehind.STARTED_AT, LeftBehind.BATCH_STARTED_AT));
        assertThat(values("first")).containsExactly("left-b");

        left.comply(LeftBehind.POLICY_1, "left-b", "Compliant");
        left.awaits(LeftBehind.CGU, """
                status: {status: {currentBatch: 2, currentBatchRemediationProgress: {left-b: {policyIndex: 1}}}}
                """);
        left.awaitTrue("enforcement", () -> values("second").equals(List.of("left-b")));
        left.comply(LeftBehind.POLICY_2, "left-b", "Compliant");
        left.awaits(LeftBehind.CGU, "status: {status: {currentBatch: 3}}");
        left.comply(LeftBehind.POLICY_1, "left-c", "Compliant");
        left.comply(LeftBehind.POLICY_2, "left-c", "Compliant");

        left.awaitConditions(LeftBehind.CGU, SELECTED, VALIDATED,
                "Progressing=False Completed: " + COMPLETED, "Succeeded=True Completed: " + COMPLETED);
        left.awaits(LeftBehind.CGU, """
                status:
                  placements: null
                  safeResourceNames: null
                  clusters:
                    - {name: left-a, state: complete}
                    - {name: left-b, state: complete}
                    - {name: left-c, state: complete}
                """);
        assertThat(left.get(LeftBehind.CGU).at("/status/status/startedAt").asText())
                .isEqualTo(LeftBehind.STARTED_AT.toString());
        assertThat(placements("first")).isEmpty();
        assertThat(left.events(LeftBehind.CGU)).extracting(event -> event.path("action").asText())
                .doesNotContain("BuildingRemediationPlan", "RemediationStarted")
                .filteredOn("RemediationInBatchStarted"::equals).hasSize(1);
    }

    @Test
    void oneThatHadFinishedStaysAsItIs() {
        left.awaitTrue("the stamp", () -> left.get(LeftBehind.FINISHED).at("/metadata/annotations")
                .has("echelon.dev/mirrored-spec"));

        JsonNode status = left.get(LeftBehind.FINISHED).path("status");

        assertThat(status.path("conditions")).hasSize(4);
        assertThat(status.at("/conditions/3/lastTransitionTime").asText())
                .isEqualTo(LeftBehind.CONDITIONS_SINCE.toString());
        assertThat(status.at("/status/completedAt").asText()).isEqualTo(LeftBehind.STARTED_AT.toString());
        assertThat(status.at("/clusters/0/state").asText()).isEqualTo("timedout");
        assertThat(left.events(LeftBehind.FINISHED)).isEmpty();
    }

    private List<JsonNode> placements(String policy) {
        return left.labelled(
                Kind.PLACEMENT,
                "openshift-cluster-group-upgrades/clusterGroupUpgrade=left",
                "openshift-cluster-group-upgrades/forPolicy=" + policy);
    }

    private List<String> values(String policy) {
        List<String> names = new ArrayList<>();
        placements(policy).forEach(placement -> placement
                .at("/spec/predicates/0/requiredClusterSelector/labelSelector/matchExpressions/0/values")
                .forEach(name -> names.add(name.asText())));
        return names;
    }
}
