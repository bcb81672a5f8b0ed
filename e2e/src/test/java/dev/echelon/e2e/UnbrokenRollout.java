package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a rollout over this many clusters looks like where nothing was lost and nothing was done twice. */
record UnbrokenRollout(int clusters, int maxConcurrency) {

    void assertEndedWell(JsonNode cgu) {
        JsonNode conditions = cgu.path("status").path("conditions");
        assertThat(conditions.get(conditions.size() - 1).path("reason").asText()).isEqualTo("Completed");
        assertThat(cgu.path("status").path("clusters").findValuesAsText("name"))
                .doesNotHaveDuplicates()
                .hasSize(clusters);
    }

    void assertStory(List<AuditEvent> events) {
        assertThat(events).extracting(AuditEvent::id).as("each event once").doesNotHaveDuplicates();
        assertThat(AuditLog.ofType(events, AuditType.BATCH_STARTED))
                .extracting(event -> event.data().details().get("batch"))
                .as("no batch starts twice")
                .doesNotHaveDuplicates()
                .hasSize((clusters + maxConcurrency - 1) / maxConcurrency);
        assertThat(AuditLog.ofType(events, AuditType.COMPLETED)).hasSize(1);

        Set<String> underWay = new HashSet<>();
        Set<String> done = new HashSet<>();
        for (AuditEvent event : events) {
            String cluster = event.data().details().get("cluster");
            if (event.auditType() == AuditType.CLUSTER_STARTED) {
                assertThat(underWay.add(cluster) && !done.contains(cluster)).as("%s starts once", cluster).isTrue();
            } else if (event.auditType() == AuditType.CLUSTER_COMPLETED) {
                assertThat(underWay.remove(cluster)).as("%s was started", cluster).isTrue();
                done.add(cluster);
            }
            assertThat(underWay).hasSizeLessThanOrEqualTo(maxConcurrency);
        }
        assertThat(done).hasSize(clusters);
    }

    /** @param events the hub's, all that there are about the rollout */
    void assertToldOnTheHub(List<JsonNode> events) {
        assertThat(events).extracting(event -> event.path("note").asText()).as("each thing once")
                .doesNotHaveDuplicates();
        assertThat(events).extracting(event -> event.path("action").asText())
                .filteredOn(action -> action.matches("Remediation(InCluster)?Completed"))
                .as("that each cluster, and all of it, has completed")
                .hasSize(clusters + 1);
    }
}
