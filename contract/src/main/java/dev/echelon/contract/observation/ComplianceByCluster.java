package dev.echelon.contract.observation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The compliance of many clusters with one policy, in a form that stays small for a large fleet: a cluster in neither
 * list is {@link Compliance#NOT_MATCHED}. Lists are sorted, so that equal compliance means equal records.
 */
public record ComplianceByCluster(List<String> compliant, List<String> nonCompliant) {

    public ComplianceByCluster {
        compliant = sorted(compliant);
        nonCompliant = sorted(nonCompliant);
    }

    /** Every listed cluster with its compliance. Clusters that do not match are absent. */
    public Map<String, Compliance> asMap() {
        Map<String, Compliance> map = HashMap.newHashMap(compliant.size() + nonCompliant.size());
        compliant.forEach(cluster -> map.put(cluster, Compliance.COMPLIANT));
        nonCompliant.forEach(cluster -> map.put(cluster, Compliance.NON_COMPLIANT));
        return map;
    }

    private static List<String> sorted(List<String> clusters) {
        return clusters == null ? List.of() : List.copyOf(new TreeSet<>(clusters));
    }
}
