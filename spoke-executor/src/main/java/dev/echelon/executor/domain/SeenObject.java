package dev.echelon.executor.domain;

import java.util.Map;

/**
 * An object as the hub was last seen to have it.
 *
 * @param uid of this very object; one that is deleted and made again has another
 * @param resourceVersion as the hub gave it
 * @param deleting whether it is being deleted and only waits for its finalizers
 * @param content its top-level fields other than {@code apiVersion}, {@code kind} and {@code metadata}
 */
public record SeenObject(
        HubKind kind,
        String namespace,
        String name,
        String uid,
        String resourceVersion,
        boolean deleting,
        Map<String, String> labels,
        Map<String, String> annotations,
        Map<String, Object> content) {

    public SeenObject {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /** Whether it has all that {@code wanted} says; what the hub or somebody else has added does not matter. */
    public boolean matches(HubObject wanted) {
        return !deleting
                && Trees.has(labels, wanted.labels())
                && Trees.has(annotations, wanted.annotations())
                && Trees.has(content, wanted.content());
    }
}
