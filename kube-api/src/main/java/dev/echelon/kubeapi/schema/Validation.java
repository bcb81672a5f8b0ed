package dev.echelon.kubeapi.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Holds a value against its schema and says what is wrong, field by field, in the API server's words. */
public final class Validation {
    private final List<FieldError> errors = new ArrayList<>();

    private Validation() {
    }

    /** Everything that is wrong with the object, in the order of its fields; empty where it is valid. */
    public static List<FieldError> validate(Schema schema, ObjectNode object) {
        Validation validation = new Validation();
        validation.value(schema, object, "");
        return validation.errors;
    }

    private void value(Schema schema, JsonNode value, String path) {
        if (value.isNull() && schema.nullable()) {
            return;
        }
        if (!typeFits(schema, value, path)) {
            return;
        }
        switch (value) {
            case ObjectNode object -> object(schema, object, path);
            case ArrayNode list -> list(schema, list, path);
            default -> {
                if (value.isTextual()) {
                    text(schema, value, path);
                } else if (value.isNumber()) {
                    number(schema, value, path);
                }
            }
        }
        List<JsonNode> possible = schema.limits().enumeration();
        if (!possible.isEmpty() && possible.stream().noneMatch(v -> Json.same(v, value))) {
            errors.add(FieldError.notSupported(path, value, possible));
        }
        combinations(schema, value, path);
    }

    private boolean typeFits(Schema schema, JsonNode value, String path) {
        if (schema.intOrString()) {
            if (!value.isTextual() && !isInteger(value)) {
                errors.add(FieldError.wrongType(path, "integer,string", nameOf(value)));
                return false;
            }
            return true;
        }
        boolean fits = switch (schema.type()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "number" -> value.isNumber();
            case "integer" -> isInteger(value);
            default -> true;
        };
        if (!fits) {
            errors.add(FieldError.wrongType(path, schema.type(), nameOf(value)));
            return false;
        }
        String format = schema.limits().json().path("format").asText("");
        if (schema.type().equals("integer") && (format.equals("int32") && !value.canConvertToInt()
                || format.equals("int64") && !value.canConvertToLong())) {
            errors.add(FieldError.wrongType(path, format, nameOf(value)));
            return false;
        }
        if (value.isTextual() && format.equals("date-time") && !isDateTime(value.textValue())) {
            errors.add(FieldError.wrongType(path, "date-time", value.textValue()));
            return false;
        }
        return true;
    }

    private static boolean isInteger(JsonNode value) {
        return value.isIntegralNumber()
                || value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
    }

    private static boolean isDateTime(String text) {
        try {
            OffsetDateTime.parse(text);
            return true;
        } catch (DateTimeParseException _) {
            return false;
        }
    }

    private static String nameOf(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT, POJO -> "object";
            case ARRAY -> "array";
            case STRING, BINARY -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            case NULL, MISSING -> "null";
        };
    }

    private void object(Schema schema, ObjectNode object, String path) {
        for (String required : schema.limits().required()) {
            if (!object.has(required)) {
                errors.add(FieldError.required(child(path, required), ""));
            }
        }
        count("minProperties", "maxProperties", schema, object.size(), path, "properties");
        object.properties().forEach(entry -> schema.field(entry.getKey())
                .ifPresent(field -> value(field, entry.getValue(), child(path, entry.getKey()))));
    }

    private void list(Schema schema, ArrayNode list, String path) {
        count("minItems", "maxItems", schema, list.size(), path, "items");
        schema.shape().items().ifPresent(items -> {
            for (int i = 0; i < list.size(); i++) {
                value(items, list.get(i), path + "[" + i + "]");
            }
        });
        boolean unique = !schema.shape().listType().equals("atomic")
                || schema.limits().json().path("uniqueItems").asBoolean();
        if (unique) {
            duplicates(schema, list, path);
        }
    }

    private void duplicates(Schema schema, ArrayNode list, String path) {
        Set<JsonNode> seen = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            JsonNode identity = list.get(i);
            if (schema.shape().listType().equals("map") && identity instanceof ObjectNode element) {
                ObjectNode keys = Json.object();
                schema.shape().mapKeys().forEach(key -> keys.set(key, element.path(key).isMissingNode()
                        ? schema.shape().items().flatMap(s -> s.field(key)).flatMap(Schema::defaultValue).orElse(null)
                        : element.get(key)));
                identity = keys;
            }
            if (!seen.add(identity)) {
                errors.add(new FieldError(path + "[" + i + "]", "FieldValueDuplicate",
                        "Duplicate value: " + identity));
            }
        }
    }

    private void text(Schema schema, JsonNode value, String path) {
        JsonNode limits = schema.limits().json();
        int length = value.textValue().codePointCount(0, value.textValue().length());
        if (limits.has("maxLength") && length > limits.get("maxLength").asLong()) {
            errors.add(new FieldError(path, "FieldValueTooLong",
                    "Too long: may not be more than %d bytes".formatted(limits.get("maxLength").asLong())));
        } else if (limits.has("minLength") && length < limits.get("minLength").asLong()) {
            errors.add(FieldError.invalid(path, value, "%s in body should be at least %d chars long"
                    .formatted(path, limits.get("minLength").asLong())));
        } else {
            schema.limits().pattern().filter(pattern -> !pattern.matcher(value.textValue()).find())
                    .ifPresent(pattern -> errors.add(FieldError.invalid(path, value,
                            "%s in body should match '%s'".formatted(path, pattern))));
        }
    }

    private void number(Schema schema, JsonNode value, String path) {
        JsonNode limits = schema.limits().json();
        BigDecimal number = value.decimalValue();
        if (limits.has("minimum")) {
            boolean exclusive = limits.path("exclusiveMinimum").asBoolean();
            if (number.compareTo(limits.get("minimum").decimalValue()) < (exclusive ? 1 : 0)) {
                errors.add(FieldError.invalid(path, value, "%s in body should be greater than %s%s"
                        .formatted(path, exclusive ? "" : "or equal to ", limits.get("minimum"))));
            }
        }
        if (limits.has("maximum")) {
            boolean exclusive = limits.path("exclusiveMaximum").asBoolean();
            if (number.compareTo(limits.get("maximum").decimalValue()) > (exclusive ? -1 : 0)) {
                errors.add(FieldError.invalid(path, value, "%s in body should be less than %s%s"
                        .formatted(path, exclusive ? "" : "or equal to ", limits.get("maximum"))));
            }
        }
        BigDecimal factor = limits.has("multipleOf") ? limits.get("multipleOf").decimalValue() : BigDecimal.ZERO;
        if (factor.signum() != 0 && number.remainder(factor).signum() != 0) {
            errors.add(FieldError.invalid(path, value, "%s in body should be a multiple of %s"
                    .formatted(path, limits.get("multipleOf"))));
        }
    }

    private void count(String least, String most, Schema schema, int size, String path, String what) {
        JsonNode limits = schema.limits().json();
        if (limits.has(most) && size > limits.get(most).asLong()) {
            errors.add(new FieldError(path, "FieldValueTooMany", "Too many: %d: must have at most %d %s"
                    .formatted(size, limits.get(most).asLong(), what)));
        }
        if (limits.has(least) && size < limits.get(least).asLong()) {
            errors.add(new FieldError(path, "FieldValueInvalid",
                    "Invalid value: %d: %s in body should have at least %d %s"
                            .formatted(size, path, limits.get(least).asLong(), what)));
        }
    }

    private void combinations(Schema schema, JsonNode value, String path) {
        Schema.Limits limits = schema.limits();
        limits.allOf().forEach(each -> value(each, value, path));
        if (!limits.anyOf().isEmpty() && matching(limits.anyOf(), value, path) == 0) {
            errors.add(FieldError.invalid(path, value, path + " in body must validate at least one schema (anyOf)"));
        }
        if (!limits.oneOf().isEmpty() && matching(limits.oneOf(), value, path) != 1) {
            errors.add(FieldError.invalid(path, value,
                    path + " in body must validate one and only one schema (oneOf)"));
        }
        if (limits.not().isPresent() && matching(List.of(limits.not().get()), value, path) == 1) {
            errors.add(FieldError.invalid(path, value, path + " in body must not validate the schema (not)"));
        }
    }

    private static long matching(List<Schema> schemas, JsonNode value, String path) {
        return schemas.stream().filter(schema -> {
            Validation trial = new Validation();
            trial.value(schema, value, path);
            return trial.errors.isEmpty();
        }).count();
    }

    private static String child(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
