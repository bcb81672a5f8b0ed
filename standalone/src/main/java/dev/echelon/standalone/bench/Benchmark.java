package dev.echelon.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.simulator.scenario.GeneratedFleet;
import dev.echelon.standalone.bench.BenchReport.Cost;
import dev.echelon.standalone.bench.BenchReport.Percentiles;
import dev.echelon.standalone.client.KubeHttp;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Two equal rollouts over the same fleet, with two sets of policies: the first one warms the processes up, the second
 * one is measured.
 */
public final class Benchmark {

    static final String NAMESPACE = "bench";

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final String CGUS =
            "/apis/ran.openshift.io/v1alpha1/namespaces/" + NAMESPACE + "/clustergroupupgrades";

    private final Path home;
    private final Path data;
    private final GeneratedFleet fleet;
    private final List<String> warmUpPolicies;
    private final List<String> policies;
    private final int maxConcurrency;
    private final PrintStream out;

    /** @param home the project's folder, where the modules were built */
    public Benchmark(Path home, Path data, int clusters, int policies, int maxConcurrency, PrintStream out) {
        this.home = home;
        this.data = data;
        this.fleet = new GeneratedFleet(NAMESPACE, clusters);
        this.warmUpPolicies = fleet.policies("warm-up-policy", policies);
        this.policies = fleet.policies("policy", policies);
        this.maxConcurrency = maxConcurrency;
        this.out = out;
    }

    /** Starts everything, measures, prints, and stops everything. */
    public void run() throws IOException, InterruptedException {
        List<String> all = Stream.concat(warmUpPolicies.stream(), policies.stream()).toList();
        Path file = Files.writeString(data.resolve("bench.yaml"), fleet.yaml(all));
        try (Installation installation = Installation.start(home, data, file, out)) {
            KubeHttp hub = new KubeHttp(installation.hub());
            out.println("echelon: waiting until the hub has evaluated all policies");
            for (String policy : all) {
                awaitEvaluated(hub, policy);
            }
            out.println("echelon: warm-up rollout over " + fleet.clusters() + " clusters");
            rollout(installation, "warm-up", warmUpPolicies);
            out.println("echelon: measured rollout");
            BenchReport report = measure(installation, hub);
            out.println();
            out.print(report.table());
            out.println(report.json());
        }
    }

    private BenchReport measure(Installation installation, KubeHttp hub) throws IOException, InterruptedException {
        HubRequests requestsBefore = installation.hubRequests();
        Map<String, Long> recordsBefore = records(installation.bootstrapServers());
        Map<String, Double> cpuBefore = new TreeMap<>();
        installation.components().forEach(component -> cpuBefore.put(component.name(), component.cpuSeconds()));

        BatchSteps steps = new BatchSteps(expectedBatches(), policies);
        double wall;
        try (HubWatches watches = new HubWatches(hub, steps)) {
            wall = rollout(installation, "measured", policies);
        }

        HubRequests requests = installation.hubRequests().since(requestsBefore);
        Map<String, Long> records = records(installation.bootstrapServers());
        recordsBefore.forEach((topic, count) -> records.merge(topic, -count, Long::sum));
        List<Cost> costs = new ArrayList<>();
        for (Component component : installation.components()) {
            costs.add(new Cost(
                    component.name(),
                    component.cpuSeconds() - cpuBefore.get(component.name()),
                    component.peakMiB().orElse(0)));
        }
        return new BenchReport(
                fleet.clusters(),
                policies.size(),
                maxConcurrency,
                wall,
                Percentiles.of(steps.steps()),
                requests.total(),
                requests.byVerb(),
                requests.byService(),
                costs,
                records,
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"));
    }

    /** The plan that the scheduler has to make of the sorted cluster names (contract 2.1, 4). */
    private List<List<String>> expectedBatches() {
        List<String> names =
                IntStream.rangeClosed(1, fleet.clusters()).mapToObj(fleet::spoke).toList();
        int size = maxConcurrency > 0 ? maxConcurrency : names.size();
        List<List<String>> batches = new ArrayList<>();
        for (int from = 0; from < names.size(); from += size) {
            batches.add(names.subList(from, Math.min(names.size(), from + size)));
        }
        return batches;
    }

    /** @return seconds from the submission until a client sees {@code completedAt} */
    private double rollout(Installation installation, String name, List<String> policies)
            throws IOException, InterruptedException {
        KubeHttp api = new KubeHttp(installation.api());
        long begun = System.nanoTime();
        JsonNode cgu = api.create(CGUS, fleet.cgu(name, policies, maxConcurrency));
        String changes = CGUS + "?watch=true&timeoutSeconds=" + PATIENCE.toSeconds() + "&fieldSelector=metadata.name="
                + name + "&resourceVersion=" + cgu.path("metadata").path("resourceVersion").asText();
        try (Stream<String> events = api.watch(changes)) {
            Iterator<String> lines = events.iterator();
            while (!cgu.path("status").path("status").has("completedAt")) {
                if (!lines.hasNext()) {
                    throw new IllegalStateException("waited " + PATIENCE + " for rollout " + name + " to complete; its"
                            + " last status is " + cgu.path("status").path("conditions"));
                }
                cgu = Json.mapper().readTree(lines.next()).path("object");
            }
        }
        double seconds = Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1000.0;
        JsonNode last = cgu.path("status").path("conditions").path(cgu.path("status").path("conditions").size() - 1);
        if (!last.path("reason").asText().equals("Completed")) {
            throw new IllegalStateException("rollout " + name + " ended with " + last);
        }
        return seconds;
    }

    private void awaitEvaluated(KubeHttp hub, String policy) throws IOException, InterruptedException {
        String path = "/apis/policy.open-cluster-management.io/v1/namespaces/" + NAMESPACE + "/policies/"
                + policy;
        long begun = System.nanoTime();
        while (hub.get(path).path("status").path("status").size() < fleet.clusters()) {
            requireInTime(begun, "policy " + policy + " to be evaluated on all clusters");
            Thread.sleep(BETWEEN_LOOKS);
        }
    }

    private static void requireInTime(long begunNanos, String what) {
        if (System.nanoTime() - begunNanos > PATIENCE.toNanos()) {
            throw new IllegalStateException("waited " + PATIENCE + " for " + what);
        }
    }

    private static Map<String, Long> records(String bootstrapServers) {
        Map<String, Long> records = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            for (Topic topic : Topic.values()) {
                List<TopicPartition> partitions = consumer.partitionsFor(topic.topicName(Topic.DEFAULT_PREFIX)).stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
                records.put(
                        topic.topicName(""),
                        consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum());
            }
        }
        return records;
    }
}
