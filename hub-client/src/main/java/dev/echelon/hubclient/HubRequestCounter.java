package dev.echelon.hubclient;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Counts a service's requests to the hub as {@code echelon_hub_requests_total{service,verb,resource,code}} when they
 * are answered; the code is {@code none} where no answer came.
 */
public final class HubRequestCounter implements Interceptor {

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
    public void after(HttpRequest request, HttpResponse<?> response, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        count(request, String.valueOf(response.code()));
    }

    @Override
    public void afterConnectionFailure(HttpRequest request, Throwable failure) {
        count(request, "none");
    }

    private void count(HttpRequest request, String code) {
        HubRequest about = HubRequest.of(request);
        Counter.builder(METER)
                .description("Requests to the hub")
                .tag("service", service)
                .tag("verb", about.verb())
                .tag("resource", about.resource())
                .tag("code", code)
                .register(registry)
                .increment();
    }
}
