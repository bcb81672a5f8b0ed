package dev.echelon.api.domain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** The smallest JSON merge patch (RFC 7396) that makes one object of another. */
public final class MergeDiff {

    private MergeDiff() {}

    /** The patch; empty when both are equal. */
    public static ObjectNode between(JsonNode from, JsonNode to) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> wanted : to.properties()) {
            JsonNode before = from.get(wanted.getKey());
            JsonNode after = wanted.getValue();
            if (before != null && before.isObject() && after.isObject()) {
                ObjectNode inner = between(before, after);
                if (!inner.isEmpty()) {
                    patch.set(wanted.getKey(), inner);
                }
            } else if (!after.equals(before)) {
                patch.set(wanted.getKey(), after);
            }
        }
        from.fieldNames().forEachRemaining(name -> {
            if (!to.has(name)) {
                patch.putNull(name);
            }
        });
        return patch;
    }
}
