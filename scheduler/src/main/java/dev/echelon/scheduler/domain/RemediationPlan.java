package dev.echelon.scheduler.domain;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which clusters are remediated in which batch (contract 4).
 *
 * @param batches in order; a canary is a batch of its own, and canaries come first
 * @param compliant the clusters that need no work, in the order in which they were looked at
 */
public record RemediationPlan(List<List<String>> batches, List<String> compliant) {

    public RemediationPlan {
        batches = batches.stream().map(List::copyOf).toList();
        compliant = List.copyOf(compliant);
    }

    /**
     * Packs clusters into batches.
     *
     * @param clusters the candidates, in order, each once
     * @param canaries clusters that go first; those that are no candidate, and repeats, are passed over
     * @param concurrency the size of a batch; below one counts as one
     * @param needsWork whether a cluster is not compliant with at least one policy of the rollout
     */
    public static RemediationPlan plan(
            List<String> clusters, List<String> canaries, int concurrency, Predicate<String> needsWork) {
        Set<String> candidates = new LinkedHashSet<>(clusters);
        Set<String> ordered = new LinkedHashSet<>(canaries);
        ordered.retainAll(candidates);
        int canaryCount = ordered.size();
        ordered.addAll(candidates);

        List<List<String>> batches = new ArrayList<>();
        List<String> compliant = new ArrayList<>();
        List<String> open = new ArrayList<>();
        int seen = 0;
        for (String cluster : ordered) {
            boolean canary = seen++ < canaryCount;
            if (!needsWork.test(cluster)) {
                compliant.add(cluster);
                continue;
            }
            open.add(cluster);
            if (canary || open.size() >= Math.max(1, concurrency)) {
                batches.add(open);
                open = new ArrayList<>();
            }
        }
        if (!open.isEmpty()) {
            batches.add(open);
        }
        return new RemediationPlan(batches, compliant);
    }

    /** How many of the first batches are canary batches, for the canary time-out (decision on row 19). */
    static int canaryBatches(List<List<String>> batches, List<String> canaries) {
        int count = 0;
        while (count < batches.size()
                && batches.get(count).size() == 1
                && canaries.contains(batches.get(count).getFirst())) {
            count++;
        }
        return count;
    }

    /** All clusters of a plan, in order. */
    static List<String> clusters(List<List<String>> batches) {
        return batches.stream().flatMap(List::stream).toList();
    }
}
