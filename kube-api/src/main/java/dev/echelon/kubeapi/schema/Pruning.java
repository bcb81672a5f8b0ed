package dev.echelon.kubeapi.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes out what the schema does not know, and nulls that stand for "not set". What stays as it was is shared with
 * the value given, which is not changed.
 */
public final class Pruning {
    private static final Set<String> OBJECT_FIELDS = Set.of("apiVersion", "kind", "metadata");

    private Pruning() {
    }

    /**
     * The object without unknown fields.
     *
     * @param object  a whole Kubernetes object; apiVersion, kind and metadata always stay
     * @param unknown is told the path of each field taken out
     */
    public static ObjectNode prune(Schema schema, ObjectNode object, Consumer<String> unknown) {
        return fields(schema, object, "", true, unknown);
    }

    private static JsonNode value(Schema schema, JsonNode value, String path, Consumer<String> unknown) {
        return switch (value) {
            case ObjectNode object -> fields(schema, object, path, schema.embeddedResource(), unknown);
            case ArrayNode list when schema.shape().items().isPresent() ->
                    elements(schema.shape().items().get(), list, path, unknown);
            default -> value;
        };
    }

    private static ObjectNode fields(Schema schema, ObjectNode object, String path, boolean resource,
            Consumer<String> unknown) {
        ObjectNode result = object;
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String name = entry.getKey();
            JsonNode before = entry.getValue();
            if (resource && OBJECT_FIELDS.contains(name)) {
                continue;
            }
            String at = path.isEmpty() ? name : path + "." + name;
            Schema field = schema.field(name).orElse(null);
            JsonNode after;
            if (field == null) {
                if (!schema.preserveUnknown() || schema.reportUnknown()) {
                    unknown.accept(at);
                }
                if (schema.preserveUnknown()) {
                    continue;
                }
                after = null;
            } else if (before.isNull() && !field.nullable() && !field.preserveUnknown()) {
                after = null;
            } else {
                after = value(field, before, at, unknown);
            }
            if (after != before) {
                result = result == object ? Json.copyOf(object) : result;
                if (after == null) {
                    result.remove(name);
                } else {
                    result.set(name, after);
                }
            }
        }
        return result;
    }

    private static ArrayNode elements(Schema schema, ArrayNode list, String path, Consumer<String> unknown) {
        ArrayNode result = list;
        for (int i = 0; i < list.size(); i++) {
            JsonNode after = value(schema, list.get(i), path + "[" + i + "]", unknown);
            if (after != list.get(i)) {
                result = result == list ? Json.array().addAll(list) : result;
                result.set(i, after);
            }
        }
        return result;
    }
}
