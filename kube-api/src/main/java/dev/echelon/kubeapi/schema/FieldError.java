package dev.echelon.kubeapi.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is wrong with one field, in the words of the Kubernetes API server.
 *
 * @param field   the path, as in {@code spec.clusters[4]}
 * @param reason  a Kubernetes cause type, as in {@code FieldValueRequired}
 * @param message the sentence without the path
 */
public record FieldError(String field, String reason, String message) {
    /** The field is needed and missing. */
    public static FieldError required(String field, String detail) {
        return new FieldError(field, "FieldValueRequired",
                detail.isEmpty() ? "Required value" : "Required value: " + detail);
    }

    /** The value is not acceptable. */
    public static FieldError invalid(String field, JsonNode value, String detail) {
        return new FieldError(field, "FieldValueInvalid", "Invalid value: %s: %s".formatted(value, detail));
    }

    /** The text is not acceptable. */
    public static FieldError invalid(String field, String value, String detail) {
        return new FieldError(field, "FieldValueInvalid", "Invalid value: \"%s\": %s".formatted(value, detail));
    }

    /** The value has another type than {@code expected}. */
    public static FieldError wrongType(String field, String expected, String found) {
        return new FieldError(field, "FieldValueTypeInvalid",
                "Invalid value: \"%s\": %s in body must be of type %s: \"%s\"".formatted(
                        found, field, expected, found));
    }

    /** The value is none of those that are possible. */
    public static FieldError notSupported(String field, JsonNode value, List<JsonNode> supported) {
        return new FieldError(field, "FieldValueNotSupported", "Unsupported value: %s: supported values: %s".formatted(
                value, supported.stream().map(JsonNode::toString).collect(Collectors.joining(", "))));
    }

    /** The field must not be set like this. */
    public static FieldError forbidden(String field, String detail) {
        return new FieldError(field, "FieldValueForbidden", "Forbidden: " + detail);
    }

    @Override
    public String toString() {
        return field + ": " + message;
    }
}
