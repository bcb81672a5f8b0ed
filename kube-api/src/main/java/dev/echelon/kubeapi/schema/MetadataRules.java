package dev.echelon.kubeapi.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The rules of {@code metadata}: which fields it has, of which type, and what names, labels and the like look like. */
public final class MetadataRules {
    private static final Map<String, String> TYPES = Map.ofEntries(Map.entry("name", "string"),
            Map.entry("generateName", "string"), Map.entry("namespace", "string"), Map.entry("selfLink", "string"),
            Map.entry("uid", "string"), Map.entry("resourceVersion", "string"), Map.entry("generation", "number"),
            Map.entry("creationTimestamp", "string"), Map.entry("deletionTimestamp", "string"),
            Map.entry("deletionGracePeriodSeconds", "number"), Map.entry("labels", "map"),
            Map.entry("annotations", "map"), Map.entry("ownerReferences", "objects"),
            Map.entry("finalizers", "strings"), Map.entry("managedFields", "objects"));

    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern QUALIFIED = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
    private static final Set<String> LENIENT_NAMES =
            Set.of("rbac.authorization.k8s.io", "events.k8s.io");

    private static final String SUBDOMAIN_RULE = "a lowercase RFC 1123 subdomain must consist of lower case "
            + "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
            + "'example.com', regex used for validation is "
            + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private static final String LABEL_RULE = "a lowercase RFC 1123 label must consist of lower case alphanumeric "
            + "characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or "
            + "'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private static final String QUALIFIED_RULE = "must consist of alphanumeric characters, '-', '_' or '.', and must "
            + "start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used "
            + "for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    private static final String VALUE_RULE = "a valid label must be an empty string or consist of alphanumeric "
            + "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
            + "'my_value',  or '12345', regex used for validation is "
            + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    private static final int ANNOTATIONS_LIMIT = 256 * 1024;

    private MetadataRules() {
    }

    /**
     * The metadata without nulls, unknown fields and what is empty, which all mean "not set".
     *
     * @param unknown is told the path of each field taken out
     * @throws IllegalArgumentException in the API server's words where a field has a wrong type
     */
    public static ObjectNode shape(ObjectNode metadata, Consumer<String> unknown) {
        ObjectNode result = Json.object();
        metadata.properties().forEach(entry -> {
            String type = TYPES.get(entry.getKey());
            JsonNode value = entry.getValue();
            if (type == null) {
                unknown.accept("metadata." + entry.getKey());
            } else if (!value.isNull()) {
                checkType(entry.getKey(), type, value);
                if (isEmpty(value)) {
                    return;
                }
                result.set(entry.getKey(), type.equals("map") ? withoutNulls((ObjectNode) value) : value);
            }
        });
        return result;
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isContainerNode() ? value.isEmpty() : value.isTextual() && value.textValue().isEmpty();
    }

    private static ObjectNode withoutNulls(ObjectNode map) {
        ObjectNode result = map;
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            if (entry.getValue().isNull()) {
                result = Json.with(result, entry.getKey(), Json.object().textNode(""));
            }
        }
        return result;
    }

    private static void checkType(String field, String type, JsonNode value) {
        boolean container = switch (type) {
            case "string" -> value.isTextual();
            case "number" -> value.isIntegralNumber();
            case "map" -> value.isObject();
            default -> value.isArray();
        };
        JsonNode wrong = container ? null : value;
        String expected = switch (type) {
            case "string" -> "string";
            case "number" -> "int64";
            case "map" -> "map[string]string";
            case "strings" -> "[]string";
            default -> "[]object";
        };
        if (container && value.isContainerNode()) {
            for (JsonNode element : value) {
                boolean fits = type.equals("objects") ? element.isObject() : element.isTextual() || element.isNull();
                if (!fits) {
                    wrong = element;
                    expected = type.equals("objects") ? "object" : "string";
                }
            }
        }
        if (wrong != null) {
            throw new IllegalArgumentException("json: cannot unmarshal %s into Go struct field ObjectMeta.%s of type %s"
                    .formatted(goName(wrong), field, expected));
        }
    }

    private static String goName(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT, POJO -> "object";
            case ARRAY -> "array";
            case STRING, BINARY -> "string";
            case BOOLEAN -> "bool";
            case NUMBER -> "number";
            case NULL, MISSING -> "null";
        };
    }

    /**
     * What is wrong with names, labels, annotations, finalizers and owner references.
     *
     * @param group      the API group of the kind; some groups allow more in names
     * @param isLabel    the name must be a label, without dots (namespaces)
     * @param namespaced the kind lives in namespaces
     */
    public static List<FieldError> validate(ObjectNode metadata, String group, boolean isLabel, boolean namespaced) {
        List<FieldError> errors = new ArrayList<>();
        String name = Json.textAt(metadata, "name");
        String generateName = Json.textAt(metadata, "generateName");
        if (!generateName.isEmpty()) {
            // The suffix will follow, so the prefix may end in a dash or a dot.
            checkName("metadata.generateName", generateName.replaceAll("-$", "a"), generateName, group, isLabel,
                    errors);
        }
        if (name.isEmpty()) {
            errors.add(FieldError.required("metadata.name", "name or generateName is required"));
        } else {
            checkName("metadata.name", name, name, group, isLabel, errors);
        }
        if (namespaced) {
            namespaceError(Json.textAt(metadata, "namespace")).ifPresent(errors::add);
        }
        Json.objectAt(metadata, "labels").properties().forEach(label -> {
            checkKey("metadata.labels", label.getKey(), errors);
            String value = label.getValue().asText();
            if (value.length() > 63) {
                errors.add(FieldError.invalid("metadata.labels", value, "must be no more than 63 characters"));
            }
            if (!value.isEmpty() && !QUALIFIED.matcher(value).matches()) {
                errors.add(FieldError.invalid("metadata.labels", value, VALUE_RULE));
            }
        });
        long size = 0;
        for (Map.Entry<String, JsonNode> annotation : Json.objectAt(metadata, "annotations").properties()) {
            checkKey("metadata.annotations", annotation.getKey().toLowerCase(Locale.ROOT),
                    annotation.getKey(), errors);
            size += annotation.getKey().length() + annotation.getValue().asText().length();
        }
        if (size > ANNOTATIONS_LIMIT) {
            errors.add(new FieldError("metadata.annotations", "FieldValueTooLong",
                    "Too long: may not be more than %d bytes".formatted(ANNOTATIONS_LIMIT)));
        }
        metadata.path("finalizers").forEach(finalizer ->
                checkKey("metadata.finalizers", finalizer.asText(), errors));
        ownerReferences(metadata, errors);
        return errors;
    }

    private static void ownerReferences(ObjectNode metadata, List<FieldError> errors) {
        JsonNode owners = metadata.path("ownerReferences");
        for (int i = 0; i < owners.size(); i++) {
            for (String field : List.of("apiVersion", "kind", "name", "uid")) {
                if (Json.textAt(owners.get(i), field).isEmpty()) {
                    errors.add(FieldError.invalid("metadata.ownerReferences[%d].%s".formatted(i, field), "",
                            "must not be empty"));
                }
            }
        }
    }

    /** What is wrong with a namespace's name; empty where it is fine. */
    public static Optional<FieldError> namespaceError(String namespace) {
        if (namespace.length() > 63) {
            return Optional.of(FieldError.invalid("metadata.namespace", namespace,
                    "must be no more than 63 characters"));
        }
        return LABEL.matcher(namespace).matches() ? Optional.empty()
                : Optional.of(FieldError.invalid("metadata.namespace", namespace, LABEL_RULE));
    }

    private static void checkName(String field, String name, String given, String group, boolean isLabel,
            List<FieldError> errors) {
        if (LENIENT_NAMES.contains(group)) {
            if (name.equals(".") || name.equals("..") || name.contains("/") || name.contains("%")) {
                errors.add(FieldError.invalid(field, given, "may not be '.', '..' or contain '/' or '%'"));
            }
            return;
        }
        int limit = isLabel ? 63 : 253;
        if (name.length() > limit) {
            errors.add(FieldError.invalid(field, given, "must be no more than %d characters".formatted(limit)));
            return;
        }
        if (!(isLabel ? LABEL : SUBDOMAIN).matcher(name).matches()) {
            errors.add(FieldError.invalid(field, given, isLabel ? LABEL_RULE : SUBDOMAIN_RULE));
        }
    }

    private static void checkKey(String field, String key, List<FieldError> errors) {
        checkKey(field, key, key, errors);
    }

    private static void checkKey(String field, String key, String given, List<FieldError> errors) {
        String[] parts = key.split("/", -1);
        if (parts.length > 2) {
            errors.add(FieldError.invalid(field, given, "a valid label key " + QUALIFIED_RULE
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"));
            return;
        }
        if (parts.length == 2 && !SUBDOMAIN.matcher(parts[0]).matches()) {
            errors.add(FieldError.invalid(field, given, "prefix part " + SUBDOMAIN_RULE));
        }
        String name = parts[parts.length - 1];
        if (name.length() > 63) {
            errors.add(FieldError.invalid(field, given, "name part must be no more than 63 characters"));
        }
        if (!QUALIFIED.matcher(name).matches()) {
            errors.add(FieldError.invalid(field, given, "name part " + QUALIFIED_RULE));
        }
    }
}
