package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.JsonPatchOperations;
import dev.echelon.kubeapi.json.MalformedBodyException;
import dev.echelon.kubeapi.json.MergePatch;
import dev.echelon.kubeapi.json.StrategicMerge;
import dev.echelon.kubeapi.schema.FieldError;
import java.util.List;
import java.util.Locale;

/** A patch as it came in: read once, applied as often as a conflict demands. */
sealed interface Patches {
    /** The media types of patches. */
    String UNDERSTOOD = "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml, "
            + "application/strategic-merge-patch+json";

    /** The object with the patch applied. @throws ApiException 400 or 422 where it cannot be */
    ObjectNode apply(ObjectNode current);

    /** RFC 7396. */
    record Merge(ObjectNode patch) implements Patches {
        @Override
        public ObjectNode apply(ObjectNode current) {
            return (ObjectNode) MergePatch.apply(current, patch);
        }
    }

    /** RFC 6902. */
    record Operations(JsonNode patch) implements Patches {
        @Override
        public ObjectNode apply(ObjectNode current) {
            try {
                if (JsonPatchOperations.apply(current, patch) instanceof ObjectNode object) {
                    return object;
                }
                throw ApiException.unprocessable("the JSON patch leaves no object");
            } catch (MalformedBodyException e) {
                throw ApiException.badRequest(e.getMessage());
            } catch (JsonPatchOperations.DoesNotApplyException e) {
                throw ApiException.unprocessable(
                        "the server rejected our request due to an error in our request: " + e.getMessage());
            }
        }
    }

    /** A merge in which some lists merge, too. */
    record Strategic(ObjectNode patch) implements Patches {
        @Override
        public ObjectNode apply(ObjectNode current) {
            if (StrategicMerge.apply(current, patch) instanceof ObjectNode object) {
                return object;
            }
            throw ApiException.unprocessable("the strategic merge patch leaves no object");
        }
    }

    /** Server-side apply, as a merge: what is applied is set, lists are replaced, nothing is owned. */
    record Apply(ObjectNode applied) implements Patches {
        @Override
        public ObjectNode apply(ObjectNode current) {
            return (ObjectNode) MergePatch.apply(current, applied);
        }
    }

    /** Reads the patch of a request. @throws ApiException 400, 415 or 422 where it is not one */
    static Patches read(Exchange exchange, ResourceKind kind) {
        return switch (exchange.contentType()) {
            case "application/merge-patch+json" -> new Merge(object(parse(exchange, false)));
            // Only built-in kinds have lists that merge; for the others a strategic patch is a merge patch.
            case "application/strategic-merge-patch+json" -> kind.schema().isPresent()
                    ? new Merge(object(parse(exchange, false))) : new Strategic(object(parse(exchange, false)));
            case "application/json-patch+json" -> new Operations(parse(exchange, false));
            case "application/apply-patch+yaml" -> applied(exchange, kind);
            default -> throw ApiException.unsupportedMediaType(UNDERSTOOD);
        };
    }

    private static Apply applied(Exchange exchange, ResourceKind kind) {
        if (exchange.query("fieldManager").isEmpty()) {
            throw ApiException.invalid("meta.k8s.io", "PatchOptions", "",
                    List.of(FieldError.required("fieldManager", "is required for apply patch")));
        }
        ObjectNode applied = object(parse(exchange, true));
        if (!Json.textAt(applied, "apiVersion").equals(kind.apiVersion())
                || !Json.textAt(applied, "kind").equals(kind.kind())) {
            throw ApiException.badRequest("invalid object type: %s, Kind=%s; must be %s, Kind=%s".formatted(
                    Json.textAt(applied, "apiVersion"), Json.textAt(applied, "kind"), kind.apiVersion(), kind.kind()));
        }
        if (Json.objectAt(applied, "metadata").has("managedFields")) {
            throw ApiException.badRequest("metadata.managedFields must be nil");
        }
        return new Apply(applied);
    }

    private static JsonNode parse(Exchange exchange, boolean yaml) {
        try {
            return yaml ? Json.parseYaml(exchange.body()) : Json.parse(exchange.body());
        } catch (MalformedBodyException e) {
            throw ApiException.badRequest("error decoding patch: " + e.getMessage());
        }
    }

    private static ObjectNode object(JsonNode patch) {
        if (patch instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.badRequest("error decoding patch: a JSON object is needed, found "
                + patch.getNodeType().name().toLowerCase(Locale.ROOT));
    }
}
