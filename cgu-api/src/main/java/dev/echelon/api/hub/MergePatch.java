package dev.echelon.api.hub;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.Json;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A merge patch (RFC 7386) as one request. The client's own operation reads the object before it. */
final class MergePatch {

    private MergePatch() {}

    /**
     * Sends it.
     *
     * @param path of the object, or of a subresource of it
     * @return the object as the hub has it now
     * @throws KubernetesClientException when the hub refused, or did not answer
     */
    static ObjectNode send(KubernetesClient client, String path, ObjectNode patch) {
        String base = client.getMasterUrl().toString().replaceFirst("/$", "");
        CompletableFuture<HttpResponse<byte[]>> answer = client.getHttpClient().sendAsync(
                client.getHttpClient().newHttpRequestBuilder()
                        .uri(base + path + "?fieldManager=" + HubObject.FIELD_MANAGER)
                        .patch("application/merge-patch+json", patch.toString())
                        .build(),
                byte[].class);
        try {
            int timeout = client.getConfiguration().getRequestTimeout();
            return read(path, timeout > 0 ? answer.get(timeout, TimeUnit.MILLISECONDS) : answer.get());
        } catch (ExecutionException e) {
            throw new KubernetesClientException("the hub could not be asked to patch " + path, e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new KubernetesClientException("the hub did not answer to a patch of " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("interrupted at a patch of " + path, e);
        } catch (IOException e) {
            throw new KubernetesClientException("the hub's answer to a patch of " + path + " cannot be read", e);
        }
    }

    private static ObjectNode read(String path, HttpResponse<byte[]> answer) throws IOException {
        if (answer.isSuccessful()) {
            return (ObjectNode) Json.mapper().readTree(answer.body());
        }
        throw new KubernetesClientException("the hub refused to patch " + path, answer.code(), status(answer));
    }

    private static Status status(HttpResponse<byte[]> answer) {
        try {
            return Json.mapper().readValue(answer.body(), Status.class);
        } catch (IOException e) {
            // A proxy before the hub may answer in HTML or plain text.
            Status status = new Status();
            status.setMessage(new String(answer.body(), StandardCharsets.UTF_8));
            return status;
        }
    }
}
