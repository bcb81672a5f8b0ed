package dev.echelon.contract.resource;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Kubernetes object metadata, as far as Echelon keeps it.
 *
 * @param resourceVersion changes with every visible change of the object; empty before it is stored
 * @param generation grows by one with every change of the spec; 0 before it is stored
 * @param creationTimestamp null before it is stored
 * @param deletionTimestamp null unless the object is being deleted
 */
public record ObjectMeta(
        String name,
        String namespace,
        String uid,
        String resourceVersion,
        long generation,
        Instant creationTimestamp,
        Instant deletionTimestamp,
        Map<String, String> labels,
        Map<String, String> annotations,
        List<String> finalizers) {

    public ObjectMeta {
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
        finalizers = finalizers == null ? List.of() : List.copyOf(finalizers);
    }
}
