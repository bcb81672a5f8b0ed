package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.MalformedBodyException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What policies ask for, read once for each different spec. Thousands of replicas of a policy share one content, so
 * that a fleet's policies take the room of its root policies.
 */
final class PolicyContents {
    private final Map<Map<String, Object>, PolicyContent> known = new ConcurrentHashMap<>();

    /** What the spec asks for, its remediation action aside. */
    PolicyContent of(Map<String, Object> spec) {
        Map<String, Object> key = new HashMap<>(spec);
        key.remove("remediationAction");
        return known.computeIfAbsent(key, k -> read(World.tree(k)));
    }

    private static PolicyContent read(ObjectNode spec) {
        List<PolicyContent.Template> templates = new ArrayList<>();
        for (JsonNode template : spec.path("policy-templates")) {
            JsonNode definition = template.path("objectDefinition");
            String name = definition.at("/metadata/name").asText();
            JsonNode objects = definition.at("/spec/object-templates");
            if (definition.at("/spec/object-templates-raw").isTextual()) {
                objects = raw(definition.at("/spec/object-templates-raw").asText());
            }
            List<PolicyContent.Wish> wishes = new ArrayList<>();
            objects.forEach(object -> wishes.add(wish(object, wishes.size())));
            if (wishes.isEmpty()) {
                wishes.add(new PolicyContent.Wish.Opaque(name));
            }
            templates.add(new PolicyContent.Template(name, List.copyOf(wishes)));
        }
        return new PolicyContent(List.copyOf(templates), spec.path("disabled").asBoolean());
    }

    private static JsonNode raw(String text) {
        try {
            return text.contains("{{") ? Json.array() : Json.parseYaml(text.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedBodyException _) {
            return Json.array();
        }
    }

    private static PolicyContent.Wish wish(JsonNode template, int index) {
        String type = template.path("complianceType").asText("musthave").toLowerCase(java.util.Locale.ROOT);
        if (template.path("objectDefinition") instanceof ObjectNode object
                && !object.path("kind").asText().isEmpty() && !object.at("/metadata/name").asText().isEmpty()
                && !object.toString().contains("{{")) {
            return type.equals("mustnothave") ? new PolicyContent.Wish.Absent(object)
                    : new PolicyContent.Wish.Present(object);
        }
        return new PolicyContent.Wish.Opaque("object " + index);
    }
}
