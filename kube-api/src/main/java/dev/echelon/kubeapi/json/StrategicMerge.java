package dev.echelon.kubeapi.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Strategic merge patch for built-in kinds: a merge patch in which some lists are merged by a key of their elements,
 * and which may carry the directives {@code $patch}, {@code $retainKeys}, {@code $setElementOrder/x} and
 * {@code $deleteFromPrimitiveList/x}. Which lists are merged, by which key, is known here by the list's name; all other
 * lists are replaced.
 */
public final class StrategicMerge {
    private static final Map<String, List<String>> KEYS = Map.ofEntries(
            Map.entry("containers", List.of("name")), Map.entry("initContainers", List.of("name")),
            Map.entry("ephemeralContainers", List.of("name")), Map.entry("volumes", List.of("name")),
            Map.entry("env", List.of("name")), Map.entry("imagePullSecrets", List.of("name")),
            Map.entry("secrets", List.of("name")), Map.entry("resourceClaims", List.of("name")),
            Map.entry("volumeMounts", List.of("mountPath")), Map.entry("volumeDevices", List.of("devicePath")),
            Map.entry("ports", List.of("containerPort", "port")), Map.entry("hostAliases", List.of("ip")),
            Map.entry("conditions", List.of("type")), Map.entry("ownerReferences", List.of("uid")),
            Map.entry("topologySpreadConstraints", List.of("topologyKey")));
    private static final String ORDER = "$setElementOrder/";
    private static final String DELETE_VALUES = "$deleteFromPrimitiveList/";

    private StrategicMerge() {
    }

    /** The target with the patch merged in; null where the patch says that it goes. */
    public static JsonNode apply(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch;
        }
        String directive = Json.textAt(changes, "$patch");
        if (directive.equals("delete")) {
            return null;
        }
        ObjectNode result = target instanceof ObjectNode object && !directive.equals("replace")
                ? Json.copyOf(object) : Json.object();
        if (changes.get("$retainKeys") instanceof ArrayNode kept) {
            List<String> names = texts(kept);
            result.retain(names);
        }
        changes.properties().forEach(change -> {
            String field = change.getKey();
            JsonNode value = change.getValue();
            if (field.startsWith(DELETE_VALUES)) {
                String list = field.substring(DELETE_VALUES.length());
                result.set(list, without(result.path(list), value));
            } else if (!field.startsWith("$")) {
                JsonNode merged = value.isNull() ? null : field(field, result.get(field), value);
                if (merged == null) {
                    result.remove(field);
                } else {
                    result.set(field, merged);
                }
            }
        });
        changes.properties().stream().filter(change -> change.getKey().startsWith(ORDER)).forEach(change -> {
            String list = change.getKey().substring(ORDER.length());
            if (result.get(list) instanceof ArrayNode elements && change.getValue() instanceof ArrayNode order) {
                result.set(list, ordered(list, elements, order));
            }
        });
        return result;
    }

    private static JsonNode field(String name, JsonNode target, JsonNode patch) {
        if (!(patch instanceof ArrayNode changes)) {
            return apply(target, patch);
        }
        if (name.equals("finalizers")) {
            ArrayNode union = target instanceof ArrayNode list ? Json.array().addAll(list) : Json.array();
            changes.forEach(value -> {
                if (texts(union).stream().noneMatch(value.asText()::equals)) {
                    union.add(value);
                }
            });
            return union;
        }
        String key = keyOf(name, changes);
        boolean replace = key.isEmpty() || changes.valueStream().anyMatch(e -> e.size() == 1
                && Json.textAt(e, "$patch").equals("replace"));
        return replace ? elements(changes)
                : merged(key, target instanceof ArrayNode list ? list : Json.array(), changes);
    }

    private static ArrayNode merged(String key, ArrayNode target, ArrayNode changes) {
        List<JsonNode> result = new ArrayList<>();
        target.forEach(result::add);
        for (JsonNode change : changes) {
            int at = indexOf(result, key, change.get(key));
            JsonNode after = apply(at < 0 ? null : result.get(at), change);
            if (at < 0 && after != null) {
                result.add(after);
            } else if (at >= 0 && after != null) {
                result.set(at, after);
            } else if (at >= 0) {
                result.remove(at);
            }
        }
        return Json.array().addAll(result);
    }

    /** A list that replaces another one: its elements without directives. */
    private static ArrayNode elements(ArrayNode changes) {
        ArrayNode result = Json.array();
        for (JsonNode change : changes) {
            if (!change.has("$patch")) {
                result.add(apply(null, change));
            }
        }
        return result;
    }

    private static ArrayNode ordered(String name, ArrayNode elements, ArrayNode order) {
        String key = keyOf(name, order);
        List<JsonNode> left = new ArrayList<>();
        elements.forEach(left::add);
        ArrayNode result = Json.array();
        for (JsonNode next : order) {
            Iterator<JsonNode> candidates = left.iterator();
            while (candidates.hasNext()) {
                JsonNode candidate = candidates.next();
                boolean same = next.isObject() ? Json.same(candidate.get(key), next.get(key)) : candidate.equals(next);
                if (same) {
                    result.add(candidate);
                    candidates.remove();
                }
            }
        }
        return result.addAll(left);
    }

    private static ArrayNode without(JsonNode list, JsonNode values) {
        ArrayNode result = Json.array();
        list.forEach(element -> {
            if (values.valueStream().noneMatch(element::equals)) {
                result.add(element);
            }
        });
        return result;
    }

    private static String keyOf(String list, ArrayNode elements) {
        return KEYS.getOrDefault(list, List.of()).stream()
                .filter(key -> elements.valueStream().anyMatch(element -> element.has(key))).findFirst().orElse("");
    }

    private static int indexOf(List<JsonNode> elements, String key, JsonNode value) {
        for (int i = 0; i < elements.size(); i++) {
            if (value != null && Json.same(elements.get(i).get(key), value)) {
                return i;
            }
        }
        return -1;
    }

    private static List<String> texts(ArrayNode list) {
        return list.valueStream().map(JsonNode::asText).toList();
    }
}
