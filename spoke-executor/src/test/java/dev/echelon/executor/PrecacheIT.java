package dev.echelon.executor;

import static dev.echelon.contract.result.SpokeState.ACTIVE;
import static dev.echelon.contract.result.SpokeState.NOT_STARTED;
import static dev.echelon.contract.result.SpokeState.PREPARING_TO_START;
import static dev.echelon.contract.result.SpokeState.STARTING;
import static dev.echelon.contract.result.SpokeState.SUCCEEDED;
import static dev.echelon.executor.TestHub.ACTIONS;
import static dev.echelon.executor.TestHub.VIEWS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** Pre-cache and backup on both hubs, with spokes that are played by hand (contract 10.4 to 10.7, 11). */
class PrecacheIT extends OnEachHub {

    @BeforeParameterizedClassInvocation
    static void startExecutor() {
        fixture.startExecutor();
    }

    @Test
    void eachStateIsSeenUntilTheSpokeHasAnswered() {
        HandSpoke spoke = spoke("happy");
        Intent.Precache intent = ExecutorFixture.precache(ExecutorFixture.cgu("happy"), "happy", false);

        fixture.scheduler().want(intent);
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START);
        assertThat(fixture.hub().names(VIEWS, "happy")).containsExactly("view-precache-namespace");
        assertThat(fixture.hub().names(ACTIONS, "happy")).containsExactly("precache-crb-delete", "precache-ns-delete");

        spoke.answerFound("view-precache-namespace");
        spoke.deleteNamespace();
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START, STARTING);
        spoke.answerFound("view-precache-spec-configmap");
        spoke.answerFound("view-precache-service-acct");
        spoke.answerFound("view-precache-cluster-role-binding");
        var first = spoke.awaitView("view-precache-job");
        spoke.answerNotFound("view-precache-job");
        spoke.awaitAnotherView(first);
        assertThat(spoke.awaitAction("precache-job-create").<Object>get("spec", "kube", "template", "spec", "template",
                "spec", "containers", 0, "image")).isEqualTo("registry.example/pre-cache:1");

        spoke.answerJob("view-precache-job", "{\"active\": 1}");
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START, STARTING, ACTIVE);
        assertThat(fixture.hub().names(VIEWS, "happy")).containsExactly("view-precache-job");

        spoke.answerJob("view-precache-job", "{\"active\": null, \"succeeded\": 1}");
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START, STARTING, ACTIVE, SUCCEEDED);
        await("the views are gone").atMost(Duration.ofSeconds(120)).until(() ->
                fixture.hub().names(VIEWS, "happy").isEmpty());
        assertThat(fixture.hub().names(ACTIONS, "happy")).contains("precache-crb-delete", "precache-ns-delete");
        assertThat(spoke.awaitAction("precache-spec-cm-create").<Object>get("spec", "kube", "template", "data"))
                .isEqualTo(Map.of(
                        "platform.image", "quay.io/example/release@sha256:aaaa",
                        "operators.indexes", "registry.example/index:v1",
                        "operators.packagesAndChannels", "ptp-operator:stable\nsriov-network-operator:stable",
                        "excludePrecachePatterns", "aws\nazure",
                        "additionalImages", "",
                        "spaceRequired", "35"));
    }

    @Test
    void aViewThatSaysNoIsMadeAgainWhenItsActionIsAnsweredOrRemovedAndKeepsWhatWasPutThereUntilThen() {
        HandSpoke spoke = spoke("answering");
        Intent.Precache intent = ExecutorFixture.precache(ExecutorFixture.cgu("answering"), "answering", true);
        fixture.scheduler().want(intent);
        spoke.deleteNamespace();
        var account = spoke.awaitView("view-precache-service-acct");
        spoke.answerFound("view-precache-spec-configmap");
        spoke.answerFound("view-precache-cluster-role-binding");
        spoke.answerNotFound("view-precache-service-acct");
        within(Duration.ofSeconds(25), () -> {
            spoke.answerAction("precache-sa-create");
            spoke.awaitAnotherView(account);
        });

        spoke.answerFound("view-precache-service-acct");
        var asked = spoke.awaitView("view-precache-job");
        spoke.answerNotFound("view-precache-job");
        spoke.awaitAnotherView(asked);
        var withJob = spoke.awaitView("view-precache-job");
        spoke.answerNotFound("view-precache-job");
        within(Duration.ofSeconds(25), () -> {
            fixture.hub().client().genericKubernetesResources(ACTIONS).inNamespace("answering")
                    .withName("precache-job-create").delete();
            spoke.awaitAnotherView(withJob);
        });

        // Whoever answers in ACM's stead is heard although "not found" was said a moment ago.
        spoke.answerNotFound("view-precache-job");
        spoke.answerJob("view-precache-job", "{\"active\": 1}");
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START, STARTING, ACTIVE);
    }

    /** Sooner than upstream's polling, which would do it in the end. */
    private static void within(Duration limit, Runnable what) {
        long begun = System.nanoTime();
        what.run();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(limit);
    }

    @Test
    void aBackupGoesThroughItsStates() {
        HandSpoke spoke = spoke("backed-up");
        Intent.Backup intent = ExecutorFixture.backup(ExecutorFixture.cgu("backed-up"), "backed-up");

        fixture.scheduler().want(intent);
        fixture.scheduler().awaitStates(intent, Workload.BACKUP, PREPARING_TO_START, STARTING);
        var namespace = spoke.awaitView("view-backup-namespace");
        spoke.answerNotFound("view-backup-namespace");
        spoke.awaitAction("backup-crb-create");
        spoke.answerFound("view-backup-namespace");
        spoke.awaitAction("backup-job-create");
        assertThat(spoke.awaitView("view-backup-namespace").getMetadata().getUid())
                .as("nobody has answered the actions, so no view was made anew")
                .isEqualTo(namespace.getMetadata().getUid());
        spoke.answerJob("view-backup-job", "{}");
        spoke.answerJob("view-backup-job", "{\"active\": 1}");
        fixture.scheduler().awaitStates(intent, Workload.BACKUP, PREPARING_TO_START, STARTING, ACTIVE);
        spoke.answerJob("view-backup-job", "{\"active\": null, \"succeeded\": 1}");
        fixture.scheduler().awaitStates(intent, Workload.BACKUP, PREPARING_TO_START, STARTING, ACTIVE, SUCCEEDED);

        await("the views are gone").atMost(Duration.ofSeconds(120)).until(() ->
                fixture.hub().names(VIEWS, "backed-up").isEmpty());
        assertThat(fixture.hub().names(ACTIONS, "backed-up")).isEqualTo(List.of(
                "backup-crb-create", "backup-crb-delete", "backup-job-create", "backup-ns-create", "backup-ns-delete",
                "backup-sa-create"));
    }

    @Test
    void aBackupGoesOnWhereNobodyCarriesOutTheDeleteOfAnEarlierNamespace() {
        HandSpoke spoke = spoke("undeleted");
        Intent.Backup intent = ExecutorFixture.backup(ExecutorFixture.cgu("undeleted"), "undeleted");
        fixture.scheduler().want(intent);
        spoke.awaitAction("backup-ns-delete");

        // Nothing shows when the executor has begun to wait for those 20 s; it looks whenever there is news.
        AtomicInteger news = new AtomicInteger();
        await("it is not waited for any more").atMost(Duration.ofSeconds(50)).pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofSeconds(1)).until(() -> {
                    fixture.passTime(Duration.ofSeconds(20));
                    spoke.answerFound("view-backup-namespace", namespace(news.incrementAndGet()));
                    return fixture.hub().names(ACTIONS, "undeleted").contains("backup-job-create");
                });
        spoke.answerJob("view-backup-job", "{\"active\": 1}");
        fixture.scheduler().awaitStates(intent, Workload.BACKUP, PREPARING_TO_START, STARTING, ACTIVE);
        assertThat(fixture.hub().names(ACTIONS, "undeleted")).contains("backup-ns-delete", "backup-job-create");
    }

    private static String namespace(int resourceVersion) {
        return """
                {"apiVersion": "v1", "kind": "Namespace", "status": {"phase": "Active"},
                 "metadata": {"name": "openshift-talo-backup", "uid": "7", "resourceVersion": "%d"}}"""
                .formatted(resourceVersion);
    }

    private static HandSpoke spoke(String cluster) {
        fixture.hub().cluster(cluster, true);
        return new HandSpoke(fixture.hub(), cluster);
    }

    private static void awaitStates(Intent.Precache intent, dev.echelon.contract.result.SpokeState... states) {
        fixture.scheduler().awaitStates(intent, Workload.PRECACHE, states);
    }
}
