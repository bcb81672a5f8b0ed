package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The four services as processes, each of which exports its spans to a small OTLP receiver: one rollout is one trace
 * through all of them.
 */
@SecondLane
class TraceScenarioTest {

    @TempDir
    private Path folder;

    private final Map<String, OtlpSpan> spans = new ConcurrentHashMap<>();

    @Test
    void aRolloutIsOneTraceThroughAllServices() throws Exception {
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/v1/traces", exchange -> {
            OtlpSpan.read(exchange.getRequestBody().readAllBytes()).forEach(span -> spans.put(span.id(), span));
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        receiver.start();
        Map<String, String> tracing = Map.of(
                "quarkus.otel.sdk.disabled", "false",
                "quarkus.otel.exporter.otlp.endpoint", "http://127.0.0.1:" + receiver.getAddress().getPort(),
                "quarkus.otel.exporter.otlp.protocol", "http/protobuf",
                "quarkus.otel.bsp.schedule.delay", "200ms");
        try {
            SmallRollout.run(folder, tracing, (bootstrapServers, _) -> {
                await("the end of the rollout among the spans").atMost(Duration.ofSeconds(30)).until(() ->
                        spans.values().stream().filter(this::isOfRollout).count() > 10);
                await("spans of all services").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                                spans.values().stream()
                                        .filter(this::isOfRollout)
                                        .map(OtlpSpan::service)
                                        .collect(Collectors.toSet()))
                        .contains("cgu-api", "scheduler", "spoke-executor", "compliance-watcher"));
            });
        } finally {
            receiver.stop(0);
        }

        List<OtlpSpan> rollout = spans.values().stream().filter(this::isOfRollout).toList();
        assertThat(rollout).extracting(OtlpSpan::trace).as("one trace: %s", rollout).containsOnly(
                rollout.getFirst().trace());
        Set<String> names = rollout.stream().map(OtlpSpan::name).collect(Collectors.toCollection(TreeSet::new));
        assertThat(names).contains(
                "submit Apply", "decide on commands", "observe FleetSnapshot", "decide on observations",
                "carry out EnforcePolicies", "decide on results");
        assertThat(chain("decide on results")).as("what led to the first decision on a result")
                .containsSubsequence("carry out EnforcePolicies", "decide on observations", "observe FleetSnapshot",
                        "decide on commands", "submit Apply");
        assertThat(spans.values()).anySatisfy(span -> {
            assertThat(span.name()).isEqualTo("create Placement");
            assertThat(spans.get(span.parent()).name()).isEqualTo("carry out EnforcePolicies");
        });
    }

    private boolean isOfRollout(OtlpSpan span) {
        return SmallRollout.CGU.key().equals(span.cgu());
    }

    /** The names from the earliest span of this name up to the root. */
    private List<String> chain(String name) {
        OtlpSpan span = spans.values().stream()
                .filter(each -> isOfRollout(each) && each.name().equals(name))
                .min(Comparator.comparingLong(OtlpSpan::startNanos))
                .orElseThrow();
        List<String> names = new ArrayList<>();
        for (OtlpSpan each = spans.get(span.parent()); each != null; each = spans.get(each.parent())) {
            names.add(each.name());
        }
        return names;
    }
}
