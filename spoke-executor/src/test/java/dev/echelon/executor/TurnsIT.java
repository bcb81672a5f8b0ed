package dev.echelon.executor;

import static dev.echelon.contract.result.SpokeState.ACTIVE;
import static dev.echelon.contract.result.SpokeState.NOT_STARTED;
import static dev.echelon.contract.result.SpokeState.PREPARING_TO_START;
import static dev.echelon.contract.result.SpokeState.STARTING;
import static dev.echelon.contract.result.SpokeState.SUCCEEDED;
import static dev.echelon.contract.result.SpokeState.UNRECOVERABLE_ERROR;
import static dev.echelon.executor.TestHub.ACTIONS;
import static dev.echelon.executor.TestHub.VIEWS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** Several CGUs and several intents on one spoke, and a process that stops and starts again in between. */
class TurnsIT extends OnEachHub {

    @BeforeParameterizedClassInvocation
    static void startExecutor() {
        fixture.startExecutor();
    }

    @Test
    void aRestartInAnyStateGoesOnWhereItWas() {
        HandSpoke spoke = spoke("restarted");
        Intent.Precache intent = ExecutorFixture.precache(ExecutorFixture.cgu("restarted"), "restarted", true);
        fixture.scheduler().want(intent);
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START);

        restart();
        spoke.deleteNamespace();
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START, STARTING);
        spoke.answerFound("view-precache-spec-configmap");
        spoke.answerFound("view-precache-service-acct");

        restart();
        spoke.answerFound("view-precache-cluster-role-binding");
        var first = spoke.awaitView("view-precache-job");
        spoke.answerNotFound("view-precache-job");
        spoke.awaitAnotherView(first);
        spoke.answerJob("view-precache-job", "{\"active\": 1}");
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START, STARTING, ACTIVE);

        restart();
        spoke.answerJob("view-precache-job", "{\"active\": null, \"succeeded\": 1}");
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START, STARTING, ACTIVE, SUCCEEDED);
        awaitNoViews("restarted");

        // The intent still holds; what is done is not done again.
        restart();
        Intent.Precache later = ExecutorFixture.precache(ExecutorFixture.cgu("later"), "restarted", true);
        fixture.scheduler().want(later);
        awaitStates(later, NOT_STARTED, PREPARING_TO_START);
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START, STARTING, ACTIVE, SUCCEEDED);
    }

    @Test
    void theCleanUpAfterASuccessIsFinishedAfterARestartAlthoughTheIntentIsGone() {
        HandSpoke spoke = spoke("half-clean");
        Intent.Precache intent = ExecutorFixture.precache(ExecutorFixture.cgu("half-clean"), "half-clean", true);
        fixture.scheduler().want(intent);
        spoke.deleteNamespace();
        spoke.answerFound("view-precache-spec-configmap");
        spoke.answerFound("view-precache-service-acct");
        spoke.answerFound("view-precache-cluster-role-binding");
        var view = spoke.awaitView("view-precache-job");
        spoke.answerJob("view-precache-job", "{\"succeeded\": 1}");
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START, STARTING, SUCCEEDED);
        awaitNoViews("half-clean");
        fixture.stopExecutor();
        fixture.scheduler().settle(intent.key());
        // As if the process had been killed after the report and before the clean-up.
        view.getMetadata().setResourceVersion(null);
        view.getMetadata().setUid(null);
        fixture.hub().client().genericKubernetesResources(VIEWS).inNamespace("half-clean").resource(view).create();
        fixture.hub().client().genericKubernetesResources(ACTIONS).inNamespace("half-clean").delete();

        fixture.startExecutor();

        awaitNoViews("half-clean");
        assertThat(fixture.hub().names(ACTIONS, "half-clean"))
                .containsExactly("precache-crb-delete", "precache-ns-delete");
    }

    @Test
    void theSecondCguWaitsInItsFirstStateUntilTheFirstIsOver() {
        HandSpoke spoke = spoke("contended");
        Intent.Precache first = ExecutorFixture.precache(ExecutorFixture.cgu("first"), "contended", true);
        Intent.Precache second = ExecutorFixture.precache(ExecutorFixture.cgu("second"), "contended", true);
        fixture.scheduler().want(first);
        fixture.scheduler().want(second);
        awaitStates(first, NOT_STARTED, PREPARING_TO_START);
        awaitStates(second, NOT_STARTED);

        // Written again, the first keeps its turn; so it does over a restart.
        fixture.scheduler().want(first);
        restart();
        spoke.deleteNamespace();
        spoke.answerFound("view-precache-spec-configmap");
        spoke.answerFound("view-precache-service-acct");
        spoke.answerFound("view-precache-cluster-role-binding");
        var view = spoke.awaitView("view-precache-job");
        spoke.answerJob("view-precache-job", """
                {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}""");
        awaitStates(first, NOT_STARTED, PREPARING_TO_START, STARTING, UNRECOVERABLE_ERROR);
        awaitStates(second, NOT_STARTED, PREPARING_TO_START);

        // The first one's left-overs went when the second began: cleaning up must not touch what is the second's.
        var secondsView = spoke.awaitView("view-precache-namespace");
        assertThat(secondsView.getMetadata().getUid()).isNotEqualTo(view.getMetadata().getUid());
        Intent.CleanSpoke clean = ExecutorFixture.clean(first.cgu(), "contended", true, false);
        fixture.scheduler().want(clean);
        awaitCleaned(clean);
        assertThat(fixture.hub().names(VIEWS, "contended")).containsExactly("view-precache-namespace");
        assertThat(spoke.awaitView("view-precache-namespace").getMetadata().getUid())
                .isEqualTo(secondsView.getMetadata().getUid());
    }

    @Test
    void leftOversOfAFailureStayUntilTheyAreToBeCleaned() {
        HandSpoke spoke = spoke("failed");
        Intent.Precache intent = ExecutorFixture.precache(ExecutorFixture.cgu("failed"), "failed", true);
        fixture.scheduler().want(intent);
        spoke.deleteNamespace();
        spoke.answerError("view-precache-service-acct", "the spoke says no");
        awaitStates(intent, NOT_STARTED, PREPARING_TO_START, STARTING, UNRECOVERABLE_ERROR);
        Result.SpokeProgress failure = fixture.scheduler().awaitResult("the failure", Result.SpokeProgress.class,
                result -> result.intentId().equals(intent.id()) && result.state() == UNRECOVERABLE_ERROR);
        assertThat(failure.detail()).isEqualTo("MCV processing error: the spoke says no");
        assertThat(fixture.hub().names(VIEWS, "failed")).containsExactly("view-precache-namespace");

        Intent.CleanSpoke clean = ExecutorFixture.clean(intent.cgu(), "failed", true, false);
        fixture.scheduler().want(clean);
        awaitCleaned(clean);

        assertThat(fixture.hub().names(VIEWS, "failed")).isEmpty();
        assertThat(fixture.hub().names(ACTIONS, "failed"))
                .containsExactly("precache-crb-delete", "precache-ns-delete");
    }

    @Test
    void anErrorBeforeTheCguIsEnabledIsToldAndBecomesFinalWhenItIsEnabled() {
        HandSpoke spoke = spoke("patient");
        Intent.Precache waiting = ExecutorFixture.precache(ExecutorFixture.cgu("patient"), "patient", false);
        fixture.scheduler().want(waiting);
        spoke.answerError("view-precache-namespace", "denied");
        Result.Stalled stalled = fixture.scheduler().awaitResult("the reason", Result.Stalled.class,
                result -> result.intentId().equals(waiting.id()));
        assertThat(stalled.reason()).isEqualTo("MCV processing error: denied");
        awaitStates(waiting, NOT_STARTED, PREPARING_TO_START);

        fixture.scheduler().want(ExecutorFixture.precache(waiting.cgu(), "patient", true));

        awaitStates(waiting, NOT_STARTED, PREPARING_TO_START, UNRECOVERABLE_ERROR);
    }

    private static void restart() {
        fixture.stopExecutor();
        fixture.startExecutor();
    }

    private static HandSpoke spoke(String cluster) {
        fixture.hub().cluster(cluster, true);
        return new HandSpoke(fixture.hub(), cluster);
    }

    private static void awaitStates(Intent.Precache intent, SpokeState... states) {
        fixture.scheduler().awaitStates(intent, Workload.PRECACHE, states);
    }

    private static void awaitNoViews(String cluster) {
        await("no view of " + cluster + " is left").atMost(Duration.ofSeconds(120))
                .until(() -> fixture.hub().names(VIEWS, cluster).isEmpty());
    }

    private static void awaitCleaned(Intent.CleanSpoke clean) {
        fixture.scheduler().awaitResult(clean.cluster() + " is clean", Result.SpokeCleaned.class,
                result -> result.intentId().equals(clean.id()));
    }
}
