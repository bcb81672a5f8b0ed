package dev.echelon.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Duration;

/** One spoke, played by hand: the test says what each view answers, and when. Actions are never carried out. */
record HandSpoke(TestHub hub, String cluster) {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Waits for the view and answers that the spoke has no such object. */
    void answerNotFound(String view) {
        answer(view, """
                {"status": {"conditions": [{"type": "Processing", "status": "False", "reason": "GetResourceFailed",
                  "message": "the object of %s not found", "lastTransitionTime": "2026-01-01T00:00:00Z"}],
                  "result": null}}""".formatted(view));
    }

    /** Waits for the view and answers that the spoke could not look. */
    void answerError(String view, String message) {
        answer(view, """
                {"status": {"conditions": [{"type": "Processing", "status": "False", "reason": "GetResourceFailed",
                  "message": "%s", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}""".formatted(message));
    }

    /** Waits for the view and answers that the spoke has the object. */
    void answerFound(String view) {
        answerFound(view, "{\"apiVersion\": \"v1\", \"kind\": \"Any\", \"metadata\": {\"name\": \"any\"}}");
    }

    /** Waits for the job's view and answers with this status of the job. */
    void answerJob(String view, String status) {
        answerFound(view, """
                {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "job"}, "status": %s}"""
                .formatted(status));
    }

    void answerFound(String view, String result) {
        answer(view, """
                {"status": {"conditions": [{"type": "Processing", "status": "True", "reason": "GetResourceProcessing",
                  "message": "Watching resources successfully", "lastTransitionTime": "2026-01-01T00:00:00Z"}],
                  "result": %s}}""".formatted(result));
    }

    GenericKubernetesResource awaitView(String name) {
        return await("view " + name + " of " + cluster).atMost(PATIENCE)
                .until(() -> hub.find(TestHub.VIEWS, cluster, name), java.util.Optional::isPresent)
                .orElseThrow();
    }

    GenericKubernetesResource awaitAction(String name) {
        return await("action " + name + " of " + cluster).atMost(PATIENCE)
                .until(() -> hub.find(TestHub.ACTIONS, cluster, name), java.util.Optional::isPresent)
                .orElseThrow();
    }

    /** Waits for the action and answers that it is done. */
    void answerAction(String name) {
        answer(TestHub.ACTIONS, name, """
                {"status": {"conditions": [{"type": "Completed", "status": "True", "reason": "ActionDone",
                  "message": "Resource action is done.", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}""");
    }

    /** Carries out the deletes that a pre-cache begins with, and answers that the namespace is gone. */
    void deleteNamespace() {
        answerAction("precache-ns-delete");
        answerAction("precache-crb-delete");
        answerNotFound("view-precache-namespace");
    }

    /** Waits until the executor has made another view of this name than this one. */
    void awaitAnotherView(GenericKubernetesResource than) {
        String name = than.getMetadata().getName();
        await("another view " + name + " of " + cluster).atMost(PATIENCE)
                .until(() -> hub.find(TestHub.VIEWS, cluster, name)
                        .filter(view -> !view.getMetadata().getUid().equals(than.getMetadata().getUid()))
                        .isPresent());
    }

    private void answer(String view, String status) {
        answer(TestHub.VIEWS, view, status);
    }

    /** There may be none just now because the executor makes it anew. */
    private void answer(ResourceDefinitionContext kind, String name, String status) {
        await(name + " of " + cluster + " is answered").atMost(PATIENCE).pollDelay(Duration.ZERO).untilAsserted(() ->
                assertThat(hub.patchStatus(kind, cluster, name, status)).isEqualTo(200));
    }
}
