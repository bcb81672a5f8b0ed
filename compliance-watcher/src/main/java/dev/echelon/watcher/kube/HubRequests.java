package dev.echelon.watcher.kube;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Counts each request to the hub in {@code echelon_hub_requests_total} by verb and resource, in the words of RBAC, and
 * notices what informers keep to themselves: that the hub does not answer for a resource, and that a watch begins anew,
 * after that or after another list.
 */
final class HubRequests implements Interceptor {

    private static final String METRIC = "echelon.hub.requests";

    private final MeterRegistry metrics;
    private final String service;
    private final Consumer<String> reconnected;
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private final Set<String> anew = ConcurrentHashMap.newKeySet();

    /**
     * @param reconnected given the resource whose watch has begun anew
     */
    HubRequests(MeterRegistry metrics, String service, Consumer<String> reconnected) {
        this.metrics = metrics;
        this.service = service;
        this.reconnected = reconnected;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        Request seen = Request.of(request.method(), request.uri());
        metrics.counter(METRIC, "service", service, "verb", seen.verb(), "resource", seen.resource()).increment();
    }

    @Override
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        Request seen = Request.of(request.method(), request.uri());
        // 101: watches are web sockets where the server has them.
        if (!response.isSuccessful() && response.code() != 101) {
            failed(seen, "the hub answers " + response.code() + " to " + seen.verb());
            return;
        }
        failures.remove(seen.resource());
        if (seen.verb().equals("list")) {
            anew.add(seen.resource());
        } else if (seen.verb().equals("watch") && anew.remove(seen.resource())) {
            reconnected.accept(seen.resource());
        }
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        failed(Request.of(request.method(), request.uri()), "the hub cannot be reached: " + failure.getMessage());
    }

    /** Why the last request about a resource failed; empty when it did not. */
    Optional<String> failure(String resource) {
        return Optional.ofNullable(failures.get(resource));
    }

    private void failed(Request request, String reason) {
        failures.put(request.resource(), reason);
        anew.add(request.resource());
    }

    /** What a request is about. */
    record Request(String verb, String resource) {

        static Request of(String method, URI uri) {
            String[] parts = uri.getPath().replaceFirst("^/+", "").split("/");
            // /api/v1/... and /apis/<group>/<version>/..., then namespaces/<namespace>/ where there is one.
            int at = switch (parts[0]) {
                case "api" -> 2;
                case "apis" -> 3;
                default -> parts.length;
            };
            if (at + 2 < parts.length && parts[at].equals("namespaces")) {
                at += 2;
            }
            if (at >= parts.length) {
                return new Request(method.toLowerCase(Locale.ROOT), "none");
            }
            boolean named = at + 1 < parts.length;
            String query = uri.getQuery() == null ? "" : uri.getQuery();
            String verb = switch (method) {
                case "GET" -> query.contains("watch=true") ? "watch" : named ? "get" : "list";
                case "POST" -> "create";
                case "PUT" -> "update";
                case "DELETE" -> named ? "delete" : "deletecollection";
                default -> method.toLowerCase(Locale.ROOT);
            };
            return new Request(verb, at + 2 < parts.length ? parts[at] + "/" + parts[at + 2] : parts[at]);
        }
    }
}
