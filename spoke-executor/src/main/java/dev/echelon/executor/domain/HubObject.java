package dev.echelon.executor.domain;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An object that should be on the hub.
 *
 * @param labels which it must have; others are left alone
 * @param annotations which it must have; others are left alone
 * @param content its other top-level fields, usually only {@code spec}
 */
public record HubObject(
        HubKind kind,
        String namespace,
        String name,
        Map<String, String> labels,
        Map<String, String> annotations,
        Map<String, Object> content) {

    public HubObject {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        content = Map.copyOf(content);
    }

    /** An object without labels and annotations. */
    public HubObject(HubKind kind, String namespace, String name, Map<String, Object> content) {
        this(kind, namespace, name, Map.of(), Map.of(), content);
    }

    /** The whole object as the hub takes it. Labels and annotations are absent where there are none. */
    public Map<String, Object> manifest() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", name);
        metadata.put("namespace", namespace);
        if (!labels.isEmpty()) {
            metadata.put("labels", labels);
        }
        if (!annotations.isEmpty()) {
            metadata.put("annotations", annotations);
        }
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("apiVersion", kind.apiVersion());
        manifest.put("kind", kind.kind());
        manifest.put("metadata", metadata);
        manifest.putAll(content);
        return manifest;
    }
}
