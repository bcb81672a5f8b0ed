package dev.echelon.api.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.Json;
import dev.echelon.kubeapi.ApiException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Puts questions to the hub whose answer comes at once: reviews. No answer is a refusal, 503, that says so; what was
 * asked is in no log and no message, for it has tokens in it.
 */
final class HubReviews implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(HubReviews.class);
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int AT_ONCE = 32;

    private final KubernetesClient client;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private volatile Optional<String> problem = Optional.empty();

    HubReviews(Config hub) {
        // Who waits for an answer to a request should not wait for a hub that is away.
        this.client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(hub)
                        .withRequestRetryBackoffLimit(0)
                        .withRequestTimeout(PATIENCE_MILLIS)
                        .withConnectionTimeout(PATIENCE_MILLIS)
                        .build())
                .build();
    }

    /**
     * Asks.
     *
     * @param kind as in {@code TokenReview}, for messages
     * @param path as in {@code /apis/authentication.k8s.io/v1/tokenreviews}
     * @return the review's status
     * @throws ApiException 503 without an answer
     */
    JsonNode ask(String kind, String path, ObjectNode review) {
        try {
            if (!places.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw unavailable(kind, "too many questions are waiting for the hub's answers");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("the server is shutting down");
        }
        try {
            String answer = client.raw(path, "POST", review);
            JsonNode status = answer == null
                    ? Json.mapper().missingNode()
                    : Json.mapper().readTree(answer.getBytes(StandardCharsets.UTF_8)).path("status");
            if (!status.isObject()) {
                throw unavailable(kind, "the hub has no " + path);
            }
            problem = Optional.empty();
            return status;
        } catch (KubernetesClientException e) {
            throw unavailable(kind, switch (e.getCode()) {
                case 401 -> "the hub does not know this service's own token";
                case 403 -> "the hub does not let this service create " + path.substring(path.lastIndexOf('/') + 1);
                // fabric8's codes for what is no answer.
                case 0, -1 -> "the hub cannot be reached";
                default -> "the hub answered " + e.getCode();
            });
        } catch (IOException e) {
            throw unavailable(kind, "the hub's answer is no " + kind);
        } finally {
            places.release();
        }
    }

    /** Why the hub did not answer last time; empty where it did. */
    Optional<String> problem() {
        return problem;
    }

    private ApiException unavailable(String kind, String why) {
        if (!problem.equals(Optional.of(why))) {
            problem = Optional.of(why);
            LOG.warnf("requests to the API are refused: review=%s reason=%s", kind, why);
        }
        return ApiException.unavailable("nobody is let in now: " + kind + ": " + why);
    }

    @Override
    public void close() {
        client.close();
    }
}
