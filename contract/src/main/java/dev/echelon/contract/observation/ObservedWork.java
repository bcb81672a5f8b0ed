package dev.echelon.contract.observation;

import java.util.Map;

/**
 * A ManifestWork as the hub shows it (contract 13.2).
 *
 * @param complete whether it is applied and available and every expected value holds
 * @param deleting whether it is being deleted
 * @param problem why completeness cannot be told (an annotation that is no JSON); empty when it can
 * @param status its resource status, trimmed as {@code status.clusters} shows it (contract 7.6)
 */
public record ObservedWork(boolean complete, boolean deleting, String problem, Map<String, Object> status) {
    public ObservedWork {
        problem = problem == null ? "" : problem;
        status = status == null ? Map.of() : status;
    }
}
