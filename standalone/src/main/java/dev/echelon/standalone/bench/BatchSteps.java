package dev.echelon.standalone.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures, from what the hub shows, the time between "the last cluster of a batch became compliant with the last
 * policy" and "the next batch is enforced": its clusters stand in the first policy's Placement.
 *
 * <p>Fed with what two watches deliver, in the order of arrival; times are nanoseconds of one clock.
 */
final class BatchSteps {

    private final List<List<String>> batches;
    private final Map<String, Set<String>> awaited = new HashMap<>();
    private final Map<Integer, Long> compliantAt = new HashMap<>();
    private final Map<Integer, Long> enforcedAt = new HashMap<>();
    private final String firstPolicy;

    /** @param policies in the order of remediation */
    BatchSteps(List<List<String>> batches, List<String> policies) {
        this.batches = batches.stream().map(List::copyOf).toList();
        this.firstPolicy = policies.getFirst();
        policies.forEach(policy -> {
            Set<String> clusters = new HashSet<>();
            batches.forEach(clusters::addAll);
            awaited.put(policy, clusters);
        });
    }

    /** The policy's status names these clusters as compliant. */
    synchronized void compliant(String policy, Collection<String> clusters, long atNanos) {
        Set<String> waiting = awaited.get(policy);
        if (waiting == null || !waiting.removeAll(clusters)) {
            return;
        }
        for (int batch = 0; batch < batches.size(); batch++) {
            if (!compliantAt.containsKey(batch) && nothingAwaitedOf(batch)) {
                compliantAt.put(batch, atNanos);
            }
        }
    }

    /** The policy's Placement names these clusters. */
    synchronized void enforced(String policy, Collection<String> clusters, long atNanos) {
        if (!policy.equals(firstPolicy)) {
            return;
        }
        Set<String> named = new HashSet<>(clusters);
        for (int batch = 0; batch < batches.size(); batch++) {
            if (!enforcedAt.containsKey(batch) && named.containsAll(batches.get(batch))) {
                enforcedAt.put(batch, atNanos);
            }
        }
    }

    /** One duration per step from a batch to the next; fewer while the rollout runs. Never negative. */
    synchronized List<Duration> steps() {
        List<Duration> steps = new ArrayList<>();
        for (int batch = 1; batch < batches.size(); batch++) {
            Long from = compliantAt.get(batch - 1);
            Long to = enforcedAt.get(batch);
            if (from != null && to != null) {
                // The two watches are two connections: what happened first may be delivered second.
                steps.add(Duration.ofNanos(Math.max(0, to - from)));
            }
        }
        return steps;
    }

    private boolean nothingAwaitedOf(int batch) {
        return awaited.values().stream()
                .allMatch(waiting -> batches.get(batch).stream().noneMatch(waiting::contains));
    }
}
