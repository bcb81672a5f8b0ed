package dev.echelon.executor.domain;

import dev.echelon.contract.intent.Intent;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Labels and annotations of a ManagedCluster that a CGU sets and removes (contract 8). */
public final class Relabeling {

    private Relabeling() {}

    /**
     * What has to change so that the cluster is as the intent wants it: all in one, and nothing where it is so already
     * or where the cluster is no ManagedCluster.
     *
     * @param cluster as the hub was last seen to have it
     */
    public static Optional<Change> change(Intent.Relabel intent, Optional<SeenObject> cluster) {
        return cluster.flatMap(found -> {
            Change.Relabel change = new Change.Relabel(
                    intent.cluster(),
                    missing(intent.addLabels(), intent.removeLabels(), found.labels()),
                    present(intent.removeLabels(), found.labels()),
                    missing(intent.addAnnotations(), intent.removeAnnotations(), found.annotations()),
                    present(intent.removeAnnotations(), found.annotations()));
            boolean right = change.labels().isEmpty() && change.noLabels().isEmpty()
                    && change.annotations().isEmpty() && change.noAnnotations().isEmpty();
            return right ? Optional.empty() : Optional.of(change);
        });
    }

    /** The error that contract 8 publishes. */
    public static String failed(String cluster, String error) {
        return "failed to update labels/annotations for cluster: " + cluster + ", err: " + error;
    }

    /** What is to be set and is not so yet. Removal wins over addition of the same key. */
    private static Map<String, String> missing(
            Map<String, String> wanted, Collection<String> unwanted, Map<String, String> found) {
        Map<String, String> missing = new TreeMap<>(wanted);
        missing.keySet().removeAll(unwanted);
        missing.entrySet().removeIf(entry -> entry.getValue().equals(found.get(entry.getKey())));
        return missing;
    }

    private static Set<String> present(Collection<String> unwanted, Map<String, String> found) {
        Set<String> present = new TreeSet<>(unwanted);
        present.retainAll(found.keySet());
        return present;
    }
}
