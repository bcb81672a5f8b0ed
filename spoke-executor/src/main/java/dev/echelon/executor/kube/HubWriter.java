package dev.echelon.executor.kube;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.echelon.contract.Json;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.HubObject;
import dev.echelon.executor.domain.SeenObject;
import dev.echelon.executor.work.HubException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Writes single objects to the hub: one request for one call, no read before it and no retry after it, which the
 * client's own operations do not promise. Blocks; made for virtual threads. No more than the given number of requests
 * is on its way at a time.
 */
public final class HubWriter {

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final String FIELD_MANAGER = "?fieldManager=echelon-spoke-executor";

    private final KubernetesClient client;
    private final Semaphore requests;
    private final Duration timeout;

    /** @param timeout after which a request that the hub does not answer has failed */
    public HubWriter(KubernetesClient client, int concurrentRequests, Duration timeout) {
        this.client = client;
        this.requests = new Semaphore(concurrentRequests, true);
        this.timeout = timeout;
    }

    /**
     * Creates the object.
     *
     * @return the object as the hub has it now; empty where one of this name exists already
     * @throws HubException when the hub refused or could not be reached
     */
    public Optional<SeenObject> create(HubObject object) {
        String what = "create " + name(object.kind(), object.namespace(), object.name());
        HttpResponse<byte[]> response = send(what, request(path(object.kind(), object.namespace()) + FIELD_MANAGER)
                .post("application/json", Json.write(object.manifest())));
        if (response.code() == 409 && "AlreadyExists".equals(read(response).get("reason"))) {
            return Optional.empty();
        }
        return Optional.of(SeenObjects.of(object.kind(), success(what, response)));
    }

    /**
     * Gives an existing object the labels, annotations and fields of this one, and leaves all others as they are.
     *
     * @return the object as the hub has it now; empty where none of this name exists
     * @throws HubException when the hub refused or could not be reached
     */
    public Optional<SeenObject> patch(HubObject object) {
        String what = "patch " + name(object.kind(), object.namespace(), object.name());
        Map<String, Object> patch = new HashMap<>(object.content());
        patch.put("metadata", Map.of("labels", object.labels(), "annotations", object.annotations()));
        String body = new String(Json.write(patch), StandardCharsets.UTF_8);
        HttpResponse<byte[]> response =
                send(what, request(path(object.kind(), object.namespace(), object.name()) + FIELD_MANAGER)
                        .patch("application/merge-patch+json", body));
        return response.code() == 404 && isAbout(read(response), object.name())
                ? Optional.empty()
                : Optional.of(SeenObjects.of(object.kind(), success(what, response)));
    }

    /**
     * Reads the object; only for a name that the watch has not shown yet.
     *
     * @throws HubException when the hub refused or could not be reached
     */
    public Optional<SeenObject> read(HubKind kind, String namespace, String name) {
        String what = "read " + name(kind, namespace, name);
        HttpResponse<byte[]> response = send(what, request(path(kind, namespace, name)));
        return response.code() == 404
                ? Optional.empty()
                : Optional.of(SeenObjects.of(kind, success(what, response)));
    }

    /**
     * Deletes the object; one that does not exist is as good as deleted.
     *
     * @throws HubException when the hub refused or could not be reached
     */
    public void delete(HubKind kind, String namespace, String name) {
        String what = "delete " + name(kind, namespace, name);
        HttpResponse<byte[]> response =
                send(what, request(path(kind, namespace, name)).method("DELETE", "application/json", "{}"));
        if (response.code() != 404) {
            success(what, response);
        }
    }

    private HttpRequest.Builder request(String path) {
        String base = client.getMasterUrl().toString();
        return client.getHttpClient().newHttpRequestBuilder()
                .uri((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }

    private HttpResponse<byte[]> send(String what, HttpRequest.Builder request) {
        HttpClient http = client.getHttpClient();
        CompletableFuture<HttpResponse<byte[]>> response = null;
        try {
            requests.acquire();
            try {
                response = http.sendAsync(request.build(), byte[].class);
                return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            } finally {
                requests.release();
            }
        } catch (ExecutionException e) {
            throw HubException.unreachable(what, e.getCause());
        } catch (TimeoutException e) {
            response.cancel(true);
            throw HubException.unreachable(
                    what, new TimeoutException("no answer within " + timeout.toMillis() + " ms"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw HubException.unreachable(what, e);
        }
    }

    private static Map<String, Object> success(String what, HttpResponse<byte[]> response) {
        if (response.code() >= 200 && response.code() < 300) {
            return read(response);
        }
        Object message = read(response).get("message");
        throw HubException.refused(what, response.code(), message == null ? "without a reason" : message.toString());
    }

    private static Map<String, Object> read(HttpResponse<byte[]> response) {
        byte[] body = response.body();
        if (body == null || body.length == 0) {
            return Map.of();
        }
        try {
            return Json.read(body, OBJECT);
        } catch (IllegalArgumentException e) {
            // A proxy before the hub may answer in HTML or plain text.
            return Map.of("message", new String(body, StandardCharsets.UTF_8).strip());
        }
    }

    /** A 404 may also say that the namespace or the kind does not exist, which creating would not mend. */
    private static boolean isAbout(Map<String, Object> status, String name) {
        return status.get("details") instanceof Map<?, ?> details && name.equals(details.get("name"));
    }

    private static String name(HubKind kind, String namespace, String name) {
        return kind.kind() + " " + namespace + "/" + name;
    }

    private static String path(HubKind kind, String namespace) {
        return "/apis/" + kind.apiVersion() + "/namespaces/" + namespace + "/" + kind.plural();
    }

    private static String path(HubKind kind, String namespace, String name) {
        return path(kind, namespace) + "/" + name;
    }
}
