package dev.echelon.contract.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;

/**
 * The Kubernetes event that tells of the same (contract 15), as far as the decider knows it; who it is about and where
 * it lies follows from the audit event that carries it.
 *
 * @param type {@code Normal} or {@code Warning}
 * @param note at most 1024 bytes
 * @param annotations with the whole key, cut to what an object may hold
 * @param cluster the ManagedCluster that it relates to; empty for none
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record HubEvent(
        String type, String reason, String action, String note, Map<String, String> annotations, String cluster) {
    public HubEvent {
        note = note == null ? "" : note;
        annotations = annotations == null
                ? Map.of()
                : java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(annotations));
        cluster = cluster == null ? "" : cluster;
    }
}
