package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;

/**
 * What a policy's {@code musthave} means: everything wanted is there, whatever else is there as well. Lists must have
 * an element for each one wanted, in any order.
 */
final class Musthave {
    private Musthave() {
    }

    static boolean holds(JsonNode actual, JsonNode wanted) {
        if (wanted instanceof ObjectNode fields) {
            return actual instanceof ObjectNode && fields.properties().stream()
                    .allMatch(field -> holds(actual.get(field.getKey()), field.getValue()));
        }
        if (wanted instanceof ArrayNode elements) {
            return actual instanceof ArrayNode && elements.valueStream().allMatch(
                    element -> actual.valueStream().anyMatch(candidate -> holds(candidate, element)));
        }
        return Json.same(actual, wanted);
    }

    /** The least change that makes it hold; nothing is taken away, list elements of the same name become one. */
    static JsonNode make(JsonNode actual, JsonNode wanted) {
        if (wanted instanceof ObjectNode fields) {
            ObjectNode made = actual instanceof ObjectNode object ? Json.copyOf(object) : Json.object();
            fields.properties().forEach(field ->
                    made.set(field.getKey(), make(made.get(field.getKey()), field.getValue())));
            return made;
        }
        if (wanted instanceof ArrayNode elements && actual instanceof ArrayNode present) {
            ArrayNode made = Json.array();
            made.addAll(present);
            elements.forEach(element -> add(made, element));
            return made;
        }
        return wanted;
    }

    private static void add(ArrayNode list, JsonNode wanted) {
        if (list.valueStream().anyMatch(candidate -> holds(candidate, wanted))) {
            return;
        }
        for (int i = 0; i < list.size(); i++) {
            if (wanted.hasNonNull("name") && Json.same(list.get(i).get("name"), wanted.get("name"))) {
                list.set(i, make(list.get(i), wanted));
                return;
            }
        }
        list.add(wanted);
    }
}
