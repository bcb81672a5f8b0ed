package dev.echelon.executor.kube;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Counts a service's requests to the hub as {@code echelon_hub_requests_total{service,verb,resource}}, with the verbs
 * of Kubernetes' own RBAC. Made for a client's
 * {@code withHttpClientBuilderConsumer(builder -> builder.addOrReplaceInterceptor(NAME, counter))}.
 */
public final class HubRequestCounter implements Interceptor {

    /** Under which the interceptor is registered with the client. */
    public static final String NAME = "echelon-hub-requests";

    /** The counter's name in Micrometer; Prometheus shows {@code echelon_hub_requests_total}. */
    public static final String METER = "echelon.hub.requests";

    private final String service;
    private final MeterRegistry registry;

    /** @param service whose requests these are, for example {@code spoke-executor} */
    public HubRequestCounter(String service, MeterRegistry registry) {
        this.service = service;
        this.registry = registry;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        Target target = Target.of(request.uri().getPath());
        Counter.builder(METER)
                .description("Requests to the hub")
                .tag("service", service)
                .tag("verb", verb(request, target))
                .tag("resource", target.resource())
                .register(registry)
                .increment();
    }

    private static String verb(HttpRequest request, Target target) {
        String query = request.uri().getQuery();
        return switch (request.method()) {
            case "GET" -> {
                if (query != null && query.contains("watch=true")) {
                    yield "watch";
                }
                yield target.named() || target.equals(Target.NONE) ? "get" : "list";
            }
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> target.named() ? "delete" : "deletecollection";
            default -> request.method().toLowerCase(Locale.ROOT);
        };
    }

    /** What a path of the API names: {@code /apis/<group>/<version>[/namespaces/<ns>]/<resource>[/<name>[/<sub>]]}. */
    private record Target(String resource, boolean named) {

        /** Not a resource: {@code /version}, for one. */
        private static final Target NONE = new Target("none", false);

        static Target of(String path) {
            List<String> parts = Arrays.stream(path.split("/")).filter(part -> !part.isEmpty()).toList();
            int start = parts.indexOf("apis");
            start = start >= 0 ? start + 3 : parts.indexOf("api") + 2;
            if (start < 2 || start >= parts.size()) {
                return NONE;
            }
            // A namespace is itself a resource: only with something after its name is it where the resource lies.
            if (parts.get(start).equals("namespaces") && parts.size() > start + 2) {
                start += 2;
            }
            String resource = parts.get(start);
            return parts.size() > start + 2
                    ? new Target(resource + "/" + parts.get(start + 2), true)
                    : new Target(resource, parts.size() > start + 1);
        }
    }
}
