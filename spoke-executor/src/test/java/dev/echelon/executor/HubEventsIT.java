package dev.echelon.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.audit.HubEvent;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kubernetes events on a hub, from the audit log. */
class HubEventsIT {

    private ExecutorFixture fixture;

    @AfterEach
    void end() {
        if (fixture != null) {
            fixture.close();
        }
    }

    @ParameterizedTest
    @EnumSource(TestHub.Kind.class)
    void eachAuditEventOfInterestIsToldOnceAndWhatIsOlderThanTheExecutorIsNot(TestHub.Kind hub) {
        fixture = ExecutorFixture.begin(hub);
        fixture.hub().namespace("upgrades");
        CguId onHub = ExecutorFixture.cgu("on-hub");
        CguId byRest = ExecutorFixture.cgu("by-rest");
        String uid = fixture.hub().client().genericKubernetesResources(TestHub.UPGRADES).inNamespace("upgrades")
                .resource(upgrade("on-hub")).create().getMetadata().getUid();
        fixture.scheduler().tell(event(onHub, "old", told("sno1")));
        fixture.scheduler().tell(event(byRest, "old", told("sno1")));
        fixture.startExecutor();

        AuditEvent first = event(onHub, "1", told("sno1"));
        fixture.scheduler().tell(first);
        fixture.scheduler().tell(event(onHub, "2", null));
        awaitNotes(onHub, "note 1");
        GenericKubernetesResource event = events(onHub).getFirst();
        assertThat(event.getMetadata().getGenerateName()).isEqualTo("on-hub-");
        assertThat(event.getMetadata().getAnnotations()).containsEntry("cgu.openshift.io/event-type", "cluster");
        assertThat(event.<Map<String, Object>>get("regarding")).isEqualTo(Map.of(
                "apiVersion", "ran.openshift.io/v1alpha1", "kind", "ClusterGroupUpgrade", "namespace", "upgrades",
                "name", "on-hub", "uid", uid));
        assertThat(event.<String>get("related", "name")).isEqualTo("sno1");
        assertThat(event.<String>get("reportingController")).isEqualTo("ClusterGroupUpgrade");
        assertThat(event.<String>get("eventTime")).isEqualTo("2026-01-01T00:00:00.000000Z");

        // A repeat, and what was written while no executor was there; for the other CGU nothing was read so far.
        fixture.stopExecutor();
        fixture.scheduler().tell(first);
        fixture.scheduler().tell(event(onHub, "3", told("")));
        fixture.scheduler().tell(event(byRest, "4", told("")));
        fixture.startExecutor();
        awaitNotes(onHub, "note 1", "note 3");
        awaitNotes(byRest, "note 4");
        assertThat(events(byRest).getFirst().<String>get("regarding", "uid")).isEqualTo("uid-in-echelon");
        assertThat(fixture.scheduler().deadLetters()).isEmpty();
    }

    private void awaitNotes(CguId cgu, String... notes) {
        await("events of " + cgu).atMost(Duration.ofSeconds(120)).untilAsserted(() -> assertThat(events(cgu))
                .extracting(event -> event.<String>get("note")).containsExactlyInAnyOrder(notes));
    }

    private List<GenericKubernetesResource> events(CguId cgu) {
        return fixture.hub().client().genericKubernetesResources(TestHub.EVENTS).inNamespace("upgrades").list()
                .getItems().stream()
                .filter(event -> cgu.name().equals(event.get("regarding", "name")))
                .toList();
    }

    private static AuditEvent event(CguId cgu, String id, HubEvent told) {
        HubEvent noted = told == null ? null : new HubEvent(
                told.type(), told.reason(), told.action(), "note " + id, told.annotations(), told.cluster());
        return new AuditEvent(id, "/echelon/scheduler", AuditType.CLUSTER_STARTED, cgu,
                Instant.parse("2026-01-01T00:00:00Z"),
                new AuditEvent.Data("scheduler", "uid-in-echelon", "", "", "", "", Map.of(), noted));
    }

    private static HubEvent told(String cluster) {
        return new HubEvent("Normal", "CguStarted", "RemediationInClusterStarted", "",
                Map.of("cgu.openshift.io/event-type", "cluster"), cluster);
    }

    private static GenericKubernetesResource upgrade(String name) {
        return new GenericKubernetesResourceBuilder()
                .withApiVersion("ran.openshift.io/v1alpha1")
                .withKind("ClusterGroupUpgrade")
                .withNewMetadata().withNamespace("upgrades").withName(name).endMetadata()
                .addToAdditionalProperties("spec", Map.of(
                        "clusters", List.of("sno1"),
                        "remediationStrategy", Map.of("maxConcurrency", 1)))
                .build();
    }
}
