package dev.echelon.kubeapi.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import java.util.Map;

/**
 * Puts a schema's defaults where values are absent. A default applies only where the object around it is there (or
 * comes by a default itself). What stays as it was is shared with the value given, which is not changed.
 */
public final class Defaulting {
    private Defaulting() {
    }

    /** The object with all defaults filled in. */
    public static ObjectNode applyDefaults(Schema schema, ObjectNode object) {
        return (ObjectNode) value(schema, object);
    }

    private static JsonNode value(Schema schema, JsonNode value) {
        return switch (value) {
            case ObjectNode object -> fields(schema, object);
            case ArrayNode list when schema.shape().items().isPresent() -> elements(schema.shape().items().get(), list);
            default -> value;
        };
    }

    private static ObjectNode fields(Schema schema, ObjectNode object) {
        ObjectNode result = object;
        for (Map.Entry<String, Schema> property : schema.shape().properties().entrySet()) {
            JsonNode before = object.get(property.getKey());
            JsonNode given = before != null ? before : property.getValue().defaultValue().orElse(null);
            JsonNode after = given == null ? null : value(property.getValue(), given);
            if (after != before) {
                result = result == object ? Json.copyOf(object) : result;
                result.set(property.getKey(), after);
            }
        }
        if (schema.shape().additional().isPresent()) {
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                if (!schema.shape().properties().containsKey(entry.getKey())) {
                    JsonNode after = value(schema.shape().additional().get(), entry.getValue());
                    if (after != entry.getValue()) {
                        result = result == object ? Json.copyOf(object) : result;
                        result.set(entry.getKey(), after);
                    }
                }
            }
        }
        return result;
    }

    private static ArrayNode elements(Schema schema, ArrayNode list) {
        ArrayNode result = list;
        for (int i = 0; i < list.size(); i++) {
            JsonNode after = value(schema, list.get(i));
            if (after != list.get(i)) {
                result = result == list ? Json.array().addAll(list) : result;
                result.set(i, after);
            }
        }
        return result;
    }
}
