package dev.echelon.executor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.audit.HubEvent;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract 15. */
class CguEventTest {

    @Test
    void theEventIsThePublishedOne() {
        Map<String, Object> manifest = CguEvent.manifest(event("du", "1", "sno1"), "hub-uid", "executor-0");

        assertThat(manifest).isEqualTo(Map.ofEntries(
                Map.entry("apiVersion", "events.k8s.io/v1"),
                Map.entry("kind", "Event"),
                Map.entry("metadata", Map.of(
                        "name", CguEvent.name(event("du", "1", "sno1")),
                        "generateName", "du-",
                        "namespace", "upgrades",
                        "annotations", Map.of("cgu.openshift.io/event-type", "cluster"))),
                Map.entry("eventTime", "2026-01-01T00:00:00.123456Z"),
                Map.entry("type", "Normal"),
                Map.entry("reason", "CguStarted"),
                Map.entry("action", "RemediationInClusterStarted"),
                Map.entry("note", "note"),
                Map.entry("regarding", Map.of(
                        "apiVersion", "ran.openshift.io/v1alpha1", "kind", "ClusterGroupUpgrade",
                        "namespace", "upgrades", "name", "du", "uid", "hub-uid")),
                Map.entry("related", Map.of(
                        "apiVersion", "cluster.open-cluster-management.io/v1", "kind", "ManagedCluster",
                        "name", "sno1")),
                Map.entry("reportingController", "ClusterGroupUpgrade"),
                Map.entry("reportingInstance", "executor-0")));
    }

    @Test
    void onlyEventsOfClustersAreRelatedToOne() {
        assertThat(CguEvent.manifest(event("du", "1", ""), "uid", "host")).doesNotContainKey("related");
    }

    @Test
    void theSameDecisionHasTheSameNameAndAnotherOneAnother() {
        assertThat(CguEvent.name(event("du", "1", ""))).isEqualTo(CguEvent.name(event("du", "1", "")))
                .isNotEqualTo(CguEvent.name(event("du", "2", ""))).matches("du-[0-9a-f]{20}");
        assertThat(CguEvent.name(event("a".repeat(253), "1", ""))).hasSize(253);
    }

    private static AuditEvent event(String cgu, String id, String cluster) {
        return new AuditEvent(id, "/echelon/scheduler", AuditType.CLUSTER_STARTED, new CguId("upgrades", cgu),
                Instant.parse("2026-01-01T00:00:00.123456789Z"),
                new AuditEvent.Data("scheduler", "uid", "", "", "", "", Map.of(), new HubEvent(
                        "Normal", "CguStarted", "RemediationInClusterStarted", "note",
                        Map.of("cgu.openshift.io/event-type", "cluster"), cluster)));
    }
}
