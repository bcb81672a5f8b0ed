package dev.echelon.kubeapi.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.util.Set;

/** JSON patch (RFC 6902). */
public final class JsonPatchOperations {
    private static final Set<String> KNOWN = Set.of("add", "remove", "replace", "move", "copy", "test");
    private static final int LIMIT = 10_000;

    private JsonPatchOperations() {
    }

    /** The patch is well-formed, but does not fit the object: a test failed, or a path leads nowhere. */
    public static final class DoesNotApplyException extends RuntimeException {
        private DoesNotApplyException(String message) {
            super(message);
        }
    }

    /**
     * The target with all operations applied, in order, all or none.
     *
     * @throws MalformedBodyException where the patch is not a list of known operations
     * @throws DoesNotApplyException  where an operation cannot be done or a test fails
     */
    public static JsonNode apply(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ArrayNode operations)) {
            throw new MalformedBodyException("a JSON patch is a list of operations, found "
                    + patch.getNodeType().name().toLowerCase(java.util.Locale.ROOT));
        }
        if (operations.size() > LIMIT) {
            throw new MalformedBodyException("The allowed maximum operations in a JSON patch is %d, got %d"
                    .formatted(LIMIT, operations.size()));
        }
        for (JsonNode operation : operations) {
            if (!KNOWN.contains(Json.textAt(operation, "op"))) {
                throw new MalformedBodyException("invalid operation %s: unsupported operation".formatted(operation));
            }
        }
        try {
            return JsonPatch.apply(operations, target);
        } catch (JsonPatchException e) {
            throw new DoesNotApplyException(e.getMessage());
        } catch (RuntimeException e) {
            // Paths that are no JSON pointers surface as whatever the parser of pointers throws.
            throw new DoesNotApplyException("operation does not apply: " + e.getMessage());
        }
    }
}
