package dev.echelon.simulator.scenario;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A failure and where it happens.
 *
 * @param failure  what goes wrong
 * @param clusters where, by name; empty where {@code share} decides
 * @param share    for what part of the fleet, 0 to 1, drawn by the scenario's seed
 */
public record FailureRule(Failure failure, Set<String> clusters, double share) {
    /** Copies the names. */
    public FailureRule {
        clusters = Set.copyOf(clusters);
    }

    /**
     * The clusters that are struck: those named, or exactly {@code share} of all, rounded.
     *
     * @param seed the same seed strikes the same clusters
     */
    public Set<String> struck(List<String> all, long seed) {
        if (!clusters.isEmpty()) {
            return clusters;
        }
        List<String> drawn = new ArrayList<>(all);
        Collections.sort(drawn);
        Collections.shuffle(drawn, new Random(seed));
        return drawn.stream().limit(Math.round(share * all.size())).collect(Collectors.toSet());
    }
}
