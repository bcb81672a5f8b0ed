package dev.echelon.watcher.domain;

import dev.echelon.contract.observation.Observation.ClusterSelection;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.LabelSelector;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;

/**
 * Which clusters a spec selects (contract 2.1): the named ones in their order, then those that any selector matches,
 * sorted. Equal selectors select the same.
 *
 * @param clusters {@code spec.clusters}
 * @param equalities {@code spec.clusterSelector}, the deprecated form: {@code key=value}, or {@code key} for an empty
 *     value; an entry with more than one {@code =} selects nothing
 * @param labelSelectors {@code spec.clusterLabelSelectors}
 */
public record ClusterSelector(List<String> clusters, List<String> equalities, List<LabelSelector> labelSelectors) {

    public ClusterSelector {
        clusters = List.copyOf(clusters);
        equalities = List.copyOf(equalities);
        labelSelectors = List.copyOf(labelSelectors);
    }

    public static ClusterSelector of(CguSpec spec) {
        return new ClusterSelector(spec.clusters(), spec.clusterSelector(), spec.clusterLabelSelectors());
    }

    /** Whether labels of clusters matter at all. */
    public boolean looksAtLabels() {
        return !equalities.isEmpty() || !labelSelectors.isEmpty();
    }

    /**
     * Selects.
     *
     * @param fleet every ManagedCluster with its labels, sorted by name
     * @return clusters and missing ones, or the error because of which nothing can be selected
     */
    public ClusterSelection select(NavigableMap<String, Map<String, String>> fleet) {
        Optional<String> defect = defect();
        if (defect.isPresent()) {
            return new ClusterSelection(List.of(), List.of(), defect.get());
        }
        Set<String> named = new LinkedHashSet<>(clusters);
        List<String> selected = new ArrayList<>(named);
        List<String> missing =
                named.stream().filter(cluster -> !fleet.containsKey(cluster)).toList();
        if (looksAtLabels()) {
            fleet.forEach((cluster, labels) -> {
                if (!named.contains(cluster) && matches(labels)) {
                    selected.add(cluster);
                }
            });
        }
        return new ClusterSelection(selected, missing, "");
    }

    /** Whether a well-formed selector matches a cluster with these labels, named or not. */
    public boolean matches(Map<String, String> labels) {
        for (String equality : equalities) {
            if (matches(equality, labels)) {
                return true;
            }
        }
        for (LabelSelector selector : labelSelectors) {
            if (LabelRequirements.matches(selector, labels)) {
                return true;
            }
        }
        return false;
    }

    private Optional<String> defect() {
        if (clusters.isEmpty() && equalities.isEmpty() && labelSelectors.isEmpty()) {
            return Optional.of("no cluster specified for remediation");
        }
        return labelSelectors.stream()
                .map(LabelRequirements::defect)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static boolean matches(String equality, Map<String, String> labels) {
        int equals = equality.indexOf('=');
        if (equals < 0) {
            // A bare key is no existence test: the label has to be there with the empty value.
            return "".equals(labels.get(equality));
        }
        if (equality.indexOf('=', equals + 1) >= 0) {
            return false;
        }
        return equality.substring(equals + 1).equals(labels.get(equality.substring(0, equals)));
    }
}
