package dev.echelon.kubeapi;

/**
 * Answers a subresource that Kubernetes has no verb for, as {@code /plan} or {@code /log}. Runs on a virtual thread
 * and may block; an {@link ApiException} becomes a {@code Status}.
 */
@FunctionalInterface
public interface SubresourceHandler {
    /** Answers the request, by exactly one of its {@code respond} methods or its stream. */
    void handle(SubresourceRequest request) throws InterruptedException;
}
