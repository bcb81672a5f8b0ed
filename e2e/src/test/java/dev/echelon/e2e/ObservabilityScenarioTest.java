package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the running services show of themselves is what the documentation says. */
@SecondLane
class ObservabilityScenarioTest {

    private static final Pattern DOCUMENTED = Pattern.compile("^\\| `(echelon_[a-z_]+)", Pattern.MULTILINE);
    private static final Pattern EXPOSED = Pattern.compile("^(echelon_[a-z_]+)[{ ]", Pattern.MULTILINE);
    private static final Pattern SPOKE = Pattern.compile("spoke-\\d{5}");

    @TempDir
    private Path folder;

    @Test
    void metricsLogsAndHealthAreAsTheyAreDocumentedAndNothingIsTracedUnasked() throws Exception {
        SmallRollout.run(folder, Map.of("quarkus.log.console.json.enabled", "true"), (bootstrapServers, services) -> {
            everyMetricIsOnThePageAndEveryOneOnThePageIsThere(services);
            everyLineIsJsonAndNamesTheCguAndTheCluster(services);
            healthSaysHowItStandsInOneSpelling(services);
            noRecordCarriesATrace(bootstrapServers);
        });
    }

    private static void everyMetricIsOnThePageAndEveryOneOnThePageIsThere(List<Replica> services) throws Exception {
        Set<String> documented = names(DOCUMENTED, Files.readString(Path.of("..", "docs", "metrics.md")));
        Set<String> exposed = new TreeSet<>();
        for (Replica service : services) {
            exposed.addAll(names(EXPOSED, service.get("/q/metrics")));
        }
        // A timer has these beside its quantiles, and a counter in OpenMetrics says when it began.
        exposed.removeIf(name -> name.matches(".*_(max|sum|count|created)") && !name.contains("_total"));
        assertThat(exposed).isEqualTo(documented);
    }

    private static Set<String> names(Pattern pattern, String text) {
        Set<String> names = new TreeSet<>();
        pattern.matcher(text).results().map(found -> found.group(1)).forEach(names::add);
        return names;
    }

    private static void everyLineIsJsonAndNamesTheCguAndTheCluster(List<Replica> services) throws Exception {
        List<String> about = new ArrayList<>();
        for (Replica service : services) {
            for (String line : Files.readAllLines(service.log())) {
                // What the JVM itself warns of comes before any logging.
                if (!line.startsWith("{")) {
                    assertThat(line).as(service.name()).startsWith("WARNING: ");
                    continue;
                }
                JsonNode json = Json.mapper().readTree(line);
                assertThat(json.has("timestamp") && json.has("level") && json.has("loggerName")).as(line).isTrue();
                String message = json.path("message").asText();
                if (message.contains(SmallRollout.CGU.name())) {
                    about.add(message);
                    assertThat(message).contains("cgu=" + SmallRollout.CGU);
                    List<String> spokes = SPOKE.matcher(message).results().map(MatchResult::group).distinct().toList();
                    if (spokes.size() == 1) {
                        assertThat(message).contains("cluster=" + spokes.getFirst());
                    }
                }
            }
        }
        assertThat(about).as("lines about the rollout").hasSizeGreaterThan(10);
    }

    private static void healthSaysHowItStandsInOneSpelling(List<Replica> services) throws Exception {
        for (Replica service : services) {
            for (String what : List.of("live", "ready", "started")) {
                assertThat(service.status("/q/health/" + what)).as(service.name() + " " + what).isEqualTo(200);
            }
            JsonNode ready = Json.mapper().readTree(service.get("/q/health/ready"));
            for (JsonNode check : ready.path("checks")) {
                check.path("data").fieldNames().forEachRemaining(key ->
                        assertThat(key).as(service.name()).matches("[a-z0-9]+(-[a-z0-9]+)*"));
            }
            assertThat(ready.toString()).as(service.name()).contains("\"dead-letters\":");
        }
    }

    private static void noRecordCarriesATrace(String bootstrapServers) {
        List<String> traced = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            WholeTopic.read(bootstrapServers, topic, record -> {
                if (record.headers().lastHeader("traceparent") != null) {
                    traced.add(record.topic() + "@" + record.offset());
                }
            });
        }
        assertThat(traced).isEmpty();
    }

    @Test
    void whereKafkaIsAwayAProcessLivesAndSaysWhatItWaitsFor() throws Exception {
        Path kubeconfig = folder.resolve("no-hub.kubeconfig");
        Files.writeString(kubeconfig, """
                {"apiVersion":"v1","kind":"Config","current-context":"c",
                 "contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],
                 "clusters":[{"name":"c","cluster":{"server":"http://127.0.0.1:1"}}],"users":[{"name":"u","user":{}}]}
                """);
        List<Replica> services = new ArrayList<>();
        try {
            for (String service : List.of("cgu-api", "scheduler", "spoke-executor", "compliance-watcher")) {
                services.add(new Replica(service, service, folder, Map.of(
                                "echelon.kafka.bootstrap-servers", "127.0.0.1:1", "kubeconfig", kubeconfig.toString()))
                        .launch());
            }
            for (Replica service : services) {
                Awaitility.await(service.name() + " to answer").atMost(Duration.ofSeconds(120)).untilAsserted(() -> {
                    assertThat(service.status("/q/health/live")).isEqualTo(200);
                    assertThat(service.status("/q/health/started")).isEqualTo(503);
                    assertThat(service.get("/q/health/ready")).contains("DOWN").contains("127.0.0.1:1");
                });
            }
            services.forEach(Replica::terminate);
            for (Replica service : services) {
                service.awaitEnd();
            }
        } finally {
            for (Replica service : services) {
                service.close();
            }
        }
    }
}
