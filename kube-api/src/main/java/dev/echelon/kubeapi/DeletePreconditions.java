package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import java.util.Optional;

/**
 * What must hold of an object for it to be deleted.
 *
 * @param uid             its identity
 * @param resourceVersion its version
 */
public record DeletePreconditions(Optional<String> uid, Optional<String> resourceVersion) {
    /** No condition. */
    public static final DeletePreconditions NONE = new DeletePreconditions(Optional.empty(), Optional.empty());

    /** @throws ApiException 409 where the object is another one than was meant */
    public void check(ResourceKind kind, ObjectNode current) {
        ObjectNode metadata = Json.objectAt(current, "metadata");
        differing(uid, Json.textAt(metadata, "uid")).ifPresent(found -> {
            throw ApiException.conflict(kind, Json.textAt(metadata, "name"),
                    ("the UID in the precondition (%s) does not match the UID in record (%s). "
                            + "The object might have been deleted and then recreated").formatted(uid.get(), found));
        });
        differing(resourceVersion, Json.textAt(metadata, "resourceVersion")).ifPresent(found -> {
            throw ApiException.conflict(kind, Json.textAt(metadata, "name"),
                    ("the ResourceVersion in the precondition (%s) does not match the ResourceVersion in record (%s). "
                            + "The object might have been modified").formatted(resourceVersion.get(), found));
        });
    }

    private static Optional<String> differing(Optional<String> wanted, String found) {
        return wanted.isPresent() && !wanted.get().equals(found) ? Optional.of(found) : Optional.empty();
    }
}
