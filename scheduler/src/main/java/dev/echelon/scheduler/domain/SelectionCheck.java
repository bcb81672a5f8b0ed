package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.Observation.ClusterSelection;
import java.util.List;
import java.util.Optional;

/** Whether the clusters that a spec selects can be worked on (contract 2.2). */
final class SelectionCheck {

    private SelectionCheck() {}

    /** The failure that goes with a {@link #problem}; only missing clusters have names. */
    static ValidationFailure failure(ClusterSelection selection) {
        return new ValidationFailure(
                ValidationFailure.Kind.MISSING_CLUSTERS,
                selection.error().isEmpty() ? selection.missing() : List.of());
    }

    /** What is wrong, in the words that follow {@code Unable to select clusters:}; empty when nothing is. */
    static Optional<String> problem(ClusterSelection selection, List<String> canaries) {
        if (!selection.error().isEmpty()) {
            return Optional.of("cannot obtain all the details about the clusters in the CR: " + selection.error());
        }
        if (!selection.missing().isEmpty()) {
            return Optional.of("cluster " + selection.missing().getFirst() + " is not a ManagedCluster");
        }
        return canaries.stream()
                .filter(canary -> !selection.clusters().contains(canary))
                .findFirst()
                .map(canary -> "canary cluster " + canary + " is not in the list of clusters");
    }
}
