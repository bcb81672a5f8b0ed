package dev.echelon.executor.kube;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.echelon.contract.Json;
import dev.echelon.contract.telemetry.Traces;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.HubObject;
import dev.echelon.executor.domain.SeenObject;
import dev.echelon.executor.work.HubException;
import dev.echelon.hubclient.HubContact;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
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
        return create(object.kind(), object.namespace(), object.name(), object.manifest());
    }

    /** As {@link #create(HubObject)}, for a manifest with more than a {@link HubObject} knows. */
    Optional<SeenObject> create(HubKind kind, String namespace, String name, Map<String, Object> manifest) {
        String what = "create " + name(kind, namespace, name);
        HttpResponse<byte[]> response = send(what, request(path(kind, namespace) + FIELD_MANAGER)
                .post("application/json", Json.write(manifest)));
        if (response.code() == 409 && "AlreadyExists".equals(read(response).get("reason"))) {
            return Optional.empty();
        }
        return Optional.of(SeenObjects.of(kind, success(kind, what, response)));
    }

    /**
     * Gives an existing object the labels, annotations and fields of this one, and leaves all others as they are.
     *
     * @return the object as the hub has it now; empty where none of this name exists
     * @throws HubException when the hub refused or could not be reached
     */
    public Optional<SeenObject> patch(HubObject object) {
        Map<String, Object> patch = new HashMap<>(object.content());
        patch.put("metadata", Map.of("labels", object.labels(), "annotations", object.annotations()));
        return patch(object.kind(), object.namespace(), object.name(), patch);
    }

    /**
     * Merges into an existing object (RFC 7386: null removes).
     *
     * @return the object as the hub has it now; empty where none of this name exists
     * @throws HubException when the hub refused or could not be reached
     */
    public Optional<SeenObject> patch(HubKind kind, String namespace, String name, Map<String, Object> patch) {
        String what = "patch " + name(kind, namespace, name);
        String body = new String(Json.write(patch), StandardCharsets.UTF_8);
        HttpResponse<byte[]> response = send(what, request(path(kind, namespace, name) + FIELD_MANAGER)
                .patch("application/merge-patch+json", body));
        return response.code() == 404 && isAbout(read(response), name)
                ? Optional.empty()
                : Optional.of(SeenObjects.of(kind, success(kind, what, response)));
    }

    /**
     * Reads the object; only for a name that the watch has not shown yet.
     *
     * @throws HubException when the hub refused, does not have the kind, or could not be reached
     */
    public Optional<SeenObject> read(HubKind kind, String namespace, String name) {
        String what = "read " + name(kind, namespace, name);
        HttpResponse<byte[]> response = send(what, request(path(kind, namespace, name)));
        return response.code() == 404 && !isOfKind(read(response))
                ? Optional.empty()
                : Optional.of(SeenObjects.of(kind, success(kind, what, response)));
    }

    /**
     * Deletes the object; one that does not exist is as good as deleted.
     *
     * @return the object, where finalizers hold it; empty where it is gone
     * @throws HubException when the hub refused or could not be reached
     */
    public Optional<SeenObject> delete(HubKind kind, String namespace, String name) {
        return delete(kind, namespace, name, Map.of());
    }

    /**
     * As {@link #delete(HubKind, String, String)}, but only where the object is still as it was seen.
     *
     * @throws HubException also when it has changed, with code 409
     */
    public Optional<SeenObject> delete(SeenObject seen) {
        return delete(seen.kind(), seen.namespace(), seen.name(),
                Map.of("preconditions", Map.of("uid", seen.uid(), "resourceVersion", seen.resourceVersion())));
    }

    private Optional<SeenObject> delete(HubKind kind, String namespace, String name, Map<String, Object> options) {
        String what = "delete " + name(kind, namespace, name);
        HttpResponse<byte[]> response = send(what, request(path(kind, namespace, name))
                .method("DELETE", "application/json", new String(Json.write(options), StandardCharsets.UTF_8)));
        if (response.code() == 404) {
            return Optional.empty();
        }
        Map<String, Object> answer = success(kind, what, response);
        return answer.get("metadata") instanceof Map<?, ?> metadata
                        && metadata.get("finalizers") instanceof List<?> finalizers
                        && !finalizers.isEmpty()
                ? Optional.of(SeenObjects.of(kind, answer))
                : Optional.empty();
    }

    private HttpRequest.Builder request(String path) {
        String base = client.getMasterUrl().toString();
        return client.getHttpClient().newHttpRequestBuilder()
                .uri((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }

    private HttpResponse<byte[]> send(String what, HttpRequest.Builder request) {
        String[] words = what.split(" ", 3);
        return Traces.request(words[0] + " " + words[1], words[2], () -> sendInTrace(what, request));
    }

    private HttpResponse<byte[]> sendInTrace(String what, HttpRequest.Builder request) {
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
            HubContact.of(client).failed(e);
            throw HubException.unreachable(what, e.getCause());
        } catch (TimeoutException e) {
            response.cancel(true);
            TimeoutException silence = new TimeoutException("no answer within " + timeout.toMillis() + " ms");
            HubContact.of(client).failed(silence);
            throw HubException.unreachable(what, silence);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw HubException.unreachable(what, e);
        }
    }

    private static Map<String, Object> success(HubKind kind, String what, HttpResponse<byte[]> response) {
        Map<String, Object> answer = read(response);
        if (response.code() >= 200 && response.code() < 300) {
            return answer;
        }
        if (response.code() == 404 && isOfKind(answer)) {
            throw HubException.notInstalled(kind);
        }
        Object message = answer.get("message");
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

    /** Whether a 404 says that there is no such kind: it names no object. */
    private static boolean isOfKind(Map<String, Object> status) {
        return !(status.get("details") instanceof Map<?, ?> details && details.get("name") instanceof String);
    }

    private static String name(HubKind kind, String namespace, String name) {
        return kind.kind() + " " + (kind.isNamespaced() ? namespace + "/" : "") + name;
    }

    private static String path(HubKind kind, String namespace) {
        String where = kind.isNamespaced() ? "/namespaces/" + namespace : "";
        return "/apis/" + kind.apiVersion() + where + "/" + kind.plural();
    }

    private static String path(HubKind kind, String namespace, String name) {
        return path(kind, namespace) + "/" + name;
    }
}
