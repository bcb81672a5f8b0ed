package dev.echelon.executor;

import static dev.echelon.contract.result.SpokeState.NOT_STARTED;
import static dev.echelon.contract.result.SpokeState.PREPARING_TO_START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.audit.HubEvent;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.Workload;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A hub that lacks kinds, because a part of ACM is not installed there, or not yet. */
class MissingKindsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private ExecutorFixture fixture;

    @AfterEach
    void end() {
        if (fixture != null) {
            fixture.close();
        }
    }

    @ParameterizedTest
    @EnumSource(TestHub.Kind.class)
    void kindsThatAreInstalledLaterAreTakenUpAndUntilThenWhatNeedsThemSaysSo(TestHub.Kind hub) {
        fixture = ExecutorFixture.begin(hub);
        fixture.hub().namespace("upgrades");
        fixture.hub().cluster("bare", true);
        template("work");
        Runnable works = fixture.hub().uninstall(TestHub.WORKS);
        Runnable actions = fixture.hub().uninstall(TestHub.ACTIONS);

        fixture.startExecutor();

        assertThat(fixture.executor().describe())
                .containsEntry("hub", "not installed on the hub: managedclusteractions, manifestworks");
        Intent.RollOutWork work = new Intent.RollOutWork(ExecutorFixture.cgu("works"), "works/1", "bare",
                new Intent.Work("work", "upgrades.work-x2k4p"));
        fixture.scheduler().want(work);
        assertThat(stalled(work)).isEqualTo("ManifestWork is not installed on the hub; install its"
                + " CustomResourceDefinition manifestworks.work.open-cluster-management.io");
        Intent.Precache precache = ExecutorFixture.precache(ExecutorFixture.cgu("precached"), "bare", true);
        fixture.scheduler().want(precache);
        assertThat(stalled(precache)).startsWith("ManagedClusterAction is not installed on the hub");
        // What needs none of them is done all the same.
        Intent.RollOutWork none = new Intent.RollOutWork(ExecutorFixture.cgu("none"), "none/1", "bare", null);
        fixture.scheduler().want(none);
        awaitSettled(none);

        works.run();
        actions.run();

        awaitSettled(work);
        fixture.scheduler().awaitStates(precache, Workload.PRECACHE, NOT_STARTED, PREPARING_TO_START);
        await("all is watched").atMost(PATIENCE)
                .until(() -> fixture.executor().describe().get("hub").equals("watched"));
        assertThat(fixture.executor().isReady()).isTrue();
        fixture.hub().client().genericKubernetesResources(TestHub.WORKS).inNamespace("bare")
                .withName("upgrades.work-x2k4p").delete();
        await("the work is made again").atMost(PATIENCE)
                .until(() -> fixture.hub().find(TestHub.WORKS, "bare", "upgrades.work-x2k4p").isPresent());
    }

    @ParameterizedTest
    @EnumSource(TestHub.Kind.class)
    void labelsAreNotTakenForDoneWhereTheHubHasNoClustersYetAndEventsNeedNoCgusOnTheHub(TestHub.Kind hub) {
        fixture = ExecutorFixture.begin(hub);
        fixture.hub().namespace("upgrades");
        Runnable clusters = fixture.hub().uninstall(TestHub.CLUSTERS);
        fixture.hub().uninstall(TestHub.UPGRADES);
        fixture.startExecutor();
        Intent.Relabel relabel = new Intent.Relabel(ExecutorFixture.cgu("labels"), "labels/1", "late", false,
                Map.of("state", "updating"), List.of(), Map.of(), List.of());

        fixture.scheduler().want(relabel);
        assertThat(stalled(relabel)).startsWith("failed to update labels/annotations for cluster: late, err:"
                + " ManagedCluster is not installed on the hub");
        fixture.scheduler().tell(new AuditEvent("1", "/echelon/scheduler", AuditType.CLUSTER_STARTED, relabel.cgu(),
                Instant.parse("2026-01-01T00:00:00Z"), new AuditEvent.Data("scheduler", "uid-in-echelon", "", "", "",
                        "", Map.of(), new HubEvent("Normal", "CguStarted", "Remediation", "told", Map.of(), ""))));
        await("the event").atMost(PATIENCE).untilAsserted(() -> assertThat(fixture.hub().client()
                        .genericKubernetesResources(TestHub.EVENTS).inNamespace("upgrades").list().getItems())
                .extracting(event -> event.<String>get("regarding", "uid")).containsExactly("uid-in-echelon"));

        assertThat(fixture.scheduler().results(relabel.cgu())).noneMatch(Result.Relabeled.class::isInstance);

        clusters.run();

        fixture.scheduler().awaitResult("now it is known that there is no such cluster", Result.Relabeled.class,
                result -> result.intentId().equals(relabel.id()));
    }

    private String stalled(Intent intent) {
        return fixture.scheduler().awaitResult("why " + intent.id() + " stalls", Result.Stalled.class,
                result -> result.intentId().equals(intent.id())).reason();
    }

    private void awaitSettled(Intent.RollOutWork intent) {
        fixture.scheduler().awaitResult(intent.id() + " is settled", Result.WorkSettled.class,
                result -> result.intentId().equals(intent.id()));
    }

    private void template(String name) {
        fixture.hub().client().genericKubernetesResources(TestHub.TEMPLATES).inNamespace("upgrades")
                .resource(new GenericKubernetesResourceBuilder()
                        .withApiVersion("work.open-cluster-management.io/v1alpha1")
                        .withKind("ManifestWorkReplicaSet")
                        .withNewMetadata().withNamespace("upgrades").withName(name).endMetadata()
                        .addToAdditionalProperties("spec", Map.of(
                                "manifestWorkTemplate", Map.of("workload", Map.of("manifests", List.of())),
                                "placementRefs", List.of(Map.of("name", "none"))))
                        .build())
                .create();
    }
}
