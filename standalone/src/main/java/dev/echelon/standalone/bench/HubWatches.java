package dev.echelon.standalone.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import dev.echelon.standalone.client.KubeHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Watches policies and placements on the hub, as a bystander, and feeds {@link BatchSteps}. */
final class HubWatches implements AutoCloseable {

    private final List<Thread> readers = new ArrayList<>();
    private volatile boolean closing;

    HubWatches(KubeHttp hub, BatchSteps steps) throws IOException, InterruptedException {
        String namespace = "/namespaces/" + Benchmark.NAMESPACE;
        read(
                hub.watch("/apis/policy.open-cluster-management.io/v1" + namespace + "/policies?watch=true"),
                policy -> steps.compliant(name(policy), compliantClusters(policy), System.nanoTime()));
        read(
                hub.watch("/apis/cluster.open-cluster-management.io/v1beta1" + namespace + "/placements?watch=true"),
                placement -> steps.enforced(
                        placement.path("metadata").path("labels")
                                .path("openshift-cluster-group-upgrades/forPolicy").asText(),
                        enforcedClusters(placement),
                        System.nanoTime()));
    }

    private void read(Stream<String> lines, Consumer<JsonNode> consumer) {
        readers.add(Thread.ofVirtual().name("bench-watch").start(() -> {
            try {
                lines.forEach(line -> consumer.accept(object(line)));
            } catch (UncheckedIOException e) {
                if (!closing) {
                    throw e;
                }
            }
        }));
    }

    private static JsonNode object(String line) {
        try {
            return Json.mapper().readTree(line).path("object");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the hub's watch sent a line that is no JSON: " + line, e);
        }
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    private static List<String> compliantClusters(JsonNode policy) {
        List<String> clusters = new ArrayList<>();
        policy.path("status").path("status").forEach(entry -> {
            if (entry.path("compliant").asText().equals("Compliant")) {
                clusters.add(entry.path("clustername").asText());
            }
        });
        return clusters;
    }

    private static List<String> enforcedClusters(JsonNode placement) {
        List<String> clusters = new ArrayList<>();
        placement.path("spec").path("predicates").path(0).path("requiredClusterSelector").path("labelSelector")
                .path("matchExpressions").path(0).path("values")
                .forEach(value -> clusters.add(value.asText()));
        return clusters;
    }

    @Override
    public void close() {
        closing = true;
        readers.forEach(Thread::interrupt);
    }
}
