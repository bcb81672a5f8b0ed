package dev.echelon.kubeapi.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * One node of a structural schema, read once from its JSON form.
 *
 * @param type             JSON type, or empty for any
 * @param shape            what the value consists of
 * @param limits           what is allowed of it
 * @param nullable         null is a value, not an absence
 * @param preserveUnknown  fields without a schema are kept
 * @param reportUnknown    they are reported all the same; {@code x-echelon-report-unknown-fields}, not Kubernetes' own
 * @param embeddedResource the value is a Kubernetes object of its own
 * @param intOrString      an integer or a string
 * @param defaultValue     what stands for an absent value
 */
public record Schema(String type, Shape shape, Limits limits, boolean nullable, boolean preserveUnknown,
        boolean reportUnknown, boolean embeddedResource, boolean intOrString, Optional<JsonNode> defaultValue) {

    /**
     * What a value consists of.
     *
     * @param properties known fields, in the order of the schema
     * @param additional the schema of all other fields, where there may be others
     * @param items      the schema of list elements
     * @param listType   {@code atomic} (the default), {@code set} or {@code map}
     * @param mapKeys    the fields that identify an element of a {@code map} list
     */
    public record Shape(Map<String, Schema> properties, Optional<Schema> additional, Optional<Schema> items,
            String listType, List<String> mapKeys) {
    }

    /** What is allowed of a value; {@code json} holds the plain limits as they were written. */
    public record Limits(ObjectNode json, List<String> required, List<JsonNode> enumeration, Optional<Pattern> pattern,
            List<Schema> allOf, List<Schema> anyOf, List<Schema> oneOf, Optional<Schema> not) {
    }

    /**
     * Reads a schema.
     *
     * @throws IllegalArgumentException where a pattern cannot be read
     */
    public static Schema parse(JsonNode json) {
        ObjectNode node = (ObjectNode) json;
        JsonNode additional = node.path("additionalProperties");
        Map<String, Schema> properties = new LinkedHashMap<>();
        node.path("properties").properties().forEach(e -> properties.put(e.getKey(), parse(e.getValue())));
        Shape shape = new Shape(properties,
                additional.isObject() ? Optional.of(parse(additional)) : Optional.empty(),
                node.path("items").isObject() ? Optional.of(parse(node.path("items"))) : Optional.empty(),
                node.path("x-kubernetes-list-type").asText("atomic"),
                texts(node.path("x-kubernetes-list-map-keys")));
        Limits limits = new Limits(node, texts(node.path("required")), elements(node.path("enum")),
                pattern(node.path("pattern").asText("")), schemas(node.path("allOf")), schemas(node.path("anyOf")),
                schemas(node.path("oneOf")),
                node.path("not").isObject() ? Optional.of(parse(node.path("not"))) : Optional.empty());
        return new Schema(node.path("type").asText(""), shape, limits, node.path("nullable").asBoolean(),
                node.path("x-kubernetes-preserve-unknown-fields").asBoolean() || additional.asBoolean(),
                node.path("x-echelon-report-unknown-fields").asBoolean(),
                node.path("x-kubernetes-embedded-resource").asBoolean(),
                node.path("x-kubernetes-int-or-string").asBoolean(),
                Optional.ofNullable(node.get("default")));
    }

    /** The schema of a field, whether listed or not; empty where the field is unknown. */
    Optional<Schema> field(String name) {
        Schema known = shape.properties.get(name);
        return known != null ? Optional.of(known) : shape.additional;
    }

    private static Optional<Pattern> pattern(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("schema pattern '%s' is not a regular expression".formatted(text), e);
        }
    }

    private static List<Schema> schemas(JsonNode list) {
        List<Schema> found = new ArrayList<>();
        list.forEach(element -> found.add(parse(element)));
        return List.copyOf(found);
    }

    private static List<String> texts(JsonNode list) {
        List<String> found = new ArrayList<>();
        list.forEach(element -> found.add(element.asText()));
        return List.copyOf(found);
    }

    private static List<JsonNode> elements(JsonNode list) {
        List<JsonNode> found = new ArrayList<>();
        list.forEach(found::add);
        return List.copyOf(found);
    }
}
