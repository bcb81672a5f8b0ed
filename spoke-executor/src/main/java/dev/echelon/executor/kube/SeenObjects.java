package dev.echelon.executor.kube;

import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.SeenObject;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.HashMap;
import java.util.Map;

/** Turns what the hub sends into the domain's sightings. */
final class SeenObjects {

    private SeenObjects() {}

    static SeenObject of(HubKind kind, GenericKubernetesResource object) {
        ObjectMeta metadata = object.getMetadata();
        return new SeenObject(
                kind,
                text(metadata.getNamespace()),
                metadata.getName(),
                text(metadata.getUid()),
                text(metadata.getResourceVersion()),
                metadata.getDeletionTimestamp() != null,
                metadata.getLabels() == null ? Map.of() : metadata.getLabels(),
                metadata.getAnnotations() == null ? Map.of() : metadata.getAnnotations(),
                content(kind, object.getAdditionalProperties()));
    }

    static SeenObject of(HubKind kind, Map<String, Object> object) {
        Map<String, Object> content = new HashMap<>(object);
        content.keySet().removeAll(java.util.List.of("apiVersion", "kind", "metadata"));
        Map<?, ?> metadata = object.get("metadata") instanceof Map<?, ?> map ? map : Map.of();
        return new SeenObject(
                kind,
                text(metadata.get("namespace")),
                text(metadata.get("name")),
                text(metadata.get("uid")),
                text(metadata.get("resourceVersion")),
                metadata.get("deletionTimestamp") != null,
                texts(metadata.get("labels")),
                texts(metadata.get("annotations")),
                content(kind, content));
    }

    /** Of these, only what their metadata says matters, and a fleet has many of them. */
    private static Map<String, Object> content(HubKind kind, Map<String, Object> content) {
        return kind == HubKind.CLUSTER || kind == HubKind.WORK ? Map.of() : content;
    }

    private static String text(Object value) {
        return value == null ? "" : value.toString();
    }

    private static Map<String, String> texts(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return Map.of();
        }
        Map<String, String> texts = new HashMap<>();
        map.forEach((key, element) -> texts.put(text(key), text(element)));
        return texts;
    }
}
