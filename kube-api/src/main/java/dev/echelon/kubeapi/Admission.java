package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.MalformedBodyException;
import dev.echelon.kubeapi.json.Protobuf;
import dev.echelon.kubeapi.schema.Defaulting;
import dev.echelon.kubeapi.schema.FieldError;
import dev.echelon.kubeapi.schema.MetadataRules;
import dev.echelon.kubeapi.schema.Pruning;
import dev.echelon.kubeapi.schema.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What stands between a body and the store: reading it, its type, unknown fields, defaults, validation. In this order,
 * as the API server does it, so that the same mistakes give the same answers.
 */
final class Admission {
    private static final Set<String> FIELD_VALIDATIONS = Set.of("Ignore", "Strict", "Warn");
    private static final String READABLE = "application/json, application/yaml";

    private final Target target;
    private final Exchange exchange;
    private final String fieldValidation;

    /** @param options as in {@code CreateOptions}, for errors */
    Admission(Target target, Exchange exchange, String options) {
        this.target = target;
        this.exchange = exchange;
        this.fieldValidation = exchange.query("fieldValidation").orElse("Warn");
        if (!FIELD_VALIDATIONS.contains(fieldValidation)) {
            throw ApiException.invalid("meta.k8s.io", options, "", List.of(new FieldError("fieldValidation",
                    "FieldValueNotSupported", "Unsupported value: \"%s\": supported values: \"\", \"Ignore\", "
                            .formatted(fieldValidation) + "\"Strict\", \"Warn\"")));
        }
    }

    /** The body as an object of the target's kind, read but not yet checked. */
    ObjectNode read() {
        ResourceKind kind = target.kind();
        JsonNode value;
        try {
            value = switch (exchange.contentType()) {
                case "application/json", "" -> Json.parse(exchange.body());
                case "application/yaml" -> Json.parseYaml(exchange.body());
                case "application/vnd.kubernetes.protobuf" -> Protobuf.parse(exchange.body());
                default -> throw ApiException.unsupportedMediaType(READABLE);
            };
        } catch (MalformedBodyException e) {
            throw unrecognized(e.getMessage());
        }
        if (!(value instanceof ObjectNode object)) {
            throw unrecognized("a JSON object is needed, found "
                    + value.getNodeType().name().toLowerCase(Locale.ROOT));
        }
        if (Json.textAt(object, "kind").isEmpty()) {
            throw unrecognized("Object 'Kind' is missing");
        }
        if (!Json.textAt(object, "apiVersion").equals(kind.apiVersion())) {
            throw ApiException.badRequest(
                    "the API version in the data (%s) does not match the expected API version (%s)".formatted(
                            Json.textAt(object, "apiVersion"), kind.apiVersion()));
        }
        return object;
    }

    private ApiException unrecognized(String why) {
        return ApiException.badRequest("the object provided is unrecognized (must be of type %s): %s"
                .formatted(target.kind().kind(), why));
    }

    /**
     * The object without unknown fields (reported as the client wishes) and with defaults and the target's namespace.
     *
     * @throws ApiException 400 where the object is of another kind, name or namespace than the URL, or has unknown
     *                      fields and the client is strict; 422 where its kind is another one
     */
    ObjectNode shape(ObjectNode object) {
        ResourceKind kind = target.kind();
        List<String> unknown = new ArrayList<>();
        ObjectNode shaped = object;
        JsonNode given = object.get("metadata");
        if (given != null && !given.isObject() && !given.isNull()) {
            throw undecodable("json: cannot unmarshal %s into Go struct field metadata of type ObjectMeta"
                    .formatted(given.getNodeType().name().toLowerCase(Locale.ROOT)));
        }
        ObjectNode metadata;
        try {
            metadata = MetadataRules.shape(Json.objectAt(object, "metadata"), unknown::add);
        } catch (IllegalArgumentException e) {
            throw undecodable(e.getMessage());
        }
        metadata.remove("managedFields");
        checkIdentity(object, metadata);
        if (kind.namespaced()) {
            metadata.put("namespace", target.namespace());
        } else {
            metadata.remove("namespace");
        }
        shaped = Json.with(shaped, "metadata", metadata);
        if (target.served().schema().isPresent()) {
            shaped = Pruning.prune(target.served().schema().get(), shaped, unknown::add);
        }
        report(unknown);
        return target.served().schema().isPresent()
                ? Defaulting.applyDefaults(target.served().schema().get(), shaped) : shaped;
    }

    private void checkIdentity(ObjectNode object, ObjectNode metadata) {
        String kind = Json.textAt(object, "kind");
        String name = Json.textAt(metadata, "name");
        if (!kind.equals(target.kind().kind())) {
            throw ApiException.invalid(target.kind().group(), kind, name, List.of(
                    FieldError.invalid("kind", kind, "must be " + target.kind().kind())));
        }
        if (!target.isCollection() && !name.isEmpty() && !name.equals(target.name())) {
            throw ApiException.badRequest("the name of the object (%s) does not match the name on the URL (%s)"
                    .formatted(name, target.name()));
        }
        String namespace = Json.textAt(metadata, "namespace");
        if (!namespace.isEmpty() && !namespace.equals(target.namespace())) {
            throw ApiException.badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request");
        }
    }

    private void report(List<String> unknown) {
        List<String> sentences = unknown.stream().sorted().map(field -> "unknown field \"" + field + "\"").toList();
        if (!sentences.isEmpty() && fieldValidation.equals("Strict")) {
            throw undecodable("strict decoding error: " + String.join(", ", sentences));
        }
        if (fieldValidation.equals("Warn")) {
            sentences.forEach(exchange::warn);
        }
    }

    private ApiException undecodable(String why) {
        String kind = target.kind().kind();
        return ApiException.badRequest("%s in version \"%s\" cannot be handled as a %s: %s"
                .formatted(kind, target.kind().version(), kind, why));
    }

    /**
     * Refuses an object that breaks the rules of metadata or of its schema.
     *
     * @throws ApiException 422 with a cause per field
     */
    void validate(ObjectNode object) {
        ObjectNode metadata = Json.objectAt(object, "metadata");
        boolean isNamespace = target.kind().qualifiedPlural().equals(Namespaces.SHELF);
        List<FieldError> errors = new ArrayList<>(MetadataRules.validate(metadata, target.kind().group(), isNamespace,
                target.kind().namespaced()));
        target.served().schema().ifPresent(schema -> errors.addAll(Validation.validate(schema, object)));
        if (!errors.isEmpty()) {
            throw ApiException.invalid(target.kind(), Json.textAt(metadata, "name"), errors);
        }
    }
}
