package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.schema.FieldError;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rules by which an object's metadata come about and change, the same for every store. Pure functions: time and
 * identity come in, nothing given is changed. The resourceVersion is the store's own business.
 */
public final class Lifecycle {
    private static final Set<String> NOT_CONTENT = Set.of("metadata", "status", "apiVersion", "kind");

    private Lifecycle() {
    }

    /** The object as it is at first: identity, generation 1, no status where status is a subresource. */
    public static ObjectNode created(ResourceKind kind, ObjectNode object, String uid, Instant now) {
        ObjectNode metadata = Json.copyOf(Json.objectAt(object, "metadata"));
        metadata.remove(List.of("managedFields", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds",
                "resourceVersion"));
        metadata.put("uid", uid).put("creationTimestamp", timestamp(now)).put("generation", 1);
        ObjectNode created = withMetadata(kind, object, metadata);
        if (kind.statusSubresource()) {
            created.remove("status");
        }
        return created;
    }

    /**
     * The object after an update, with the resourceVersion of {@code current}.
     *
     * @param proposed what the client wants the object to be
     * @param part     what of it counts
     * @return {@code current} itself where nothing changes
     * @throws ApiException 409 where the client means another version or another object of the same name, 422 where a
     *                      finalizer is added to an object that is being deleted
     */
    public static ObjectNode updated(ResourceKind kind, ObjectNode current, ObjectNode proposed, Part part) {
        ObjectNode before = Json.objectAt(current, "metadata");
        ObjectNode wanted = Json.objectAt(proposed, "metadata");
        String name = Json.textAt(before, "name");
        String version = Json.textAt(wanted, "resourceVersion");
        if (!version.isEmpty() && !version.equals(Json.textAt(before, "resourceVersion"))) {
            throw ApiException.conflict(kind, name);
        }
        String uid = Json.textAt(wanted, "uid");
        if (!uid.isEmpty() && !uid.equals(Json.textAt(before, "uid"))) {
            throw ApiException.conflict(kind, name,
                    "Precondition failed: UID in precondition: %s, UID in object meta: %s".formatted(
                            uid, Json.textAt(before, "uid")));
        }
        ObjectNode after = switch (part) {
            case STATUS -> Json.with(current, "status", proposed.get("status"));
            case MAIN -> main(kind, current, proposed);
        };
        return Json.same(after, current) ? current : after;
    }

    private static ObjectNode main(ResourceKind kind, ObjectNode current, ObjectNode proposed) {
        ObjectNode before = Json.objectAt(current, "metadata");
        ObjectNode metadata = Json.copyOf(Json.objectAt(proposed, "metadata"));
        metadata.remove(List.of("managedFields", "selfLink"));
        for (String owned : List.of("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
                "deletionGracePeriodSeconds", "resourceVersion", "generation")) {
            if (before.has(owned)) {
                metadata.set(owned, before.get(owned));
            } else {
                metadata.remove(owned);
            }
        }
        if (before.has("deletionTimestamp")) {
            refuseNewFinalizers(kind, before, metadata);
        }
        ObjectNode after = withMetadata(kind, proposed, metadata);
        if (kind.statusSubresource()) {
            if (current.has("status")) {
                after.set("status", current.get("status"));
            } else {
                after.remove("status");
            }
        }
        if (!sameContent(kind, current, after)) {
            metadata.put("generation", before.path("generation").asLong() + 1);
        }
        return after;
    }

    private static void refuseNewFinalizers(ResourceKind kind, ObjectNode before, ObjectNode after) {
        Set<String> added = new TreeSet<>();
        after.path("finalizers").forEach(finalizer -> added.add(finalizer.asText()));
        before.path("finalizers").forEach(finalizer -> added.remove(finalizer.asText()));
        if (!added.isEmpty()) {
            throw ApiException.invalid(kind, Json.textAt(before, "name"), List.of(FieldError.forbidden(
                    "metadata.finalizers", "no new finalizers can be added if the object is being deleted, found new "
                            + "finalizers []string{\"" + String.join("\", \"", added) + "\"}")));
        }
    }

    /** The object on its way out: marked, and held by its finalizers. */
    public static ObjectNode deleting(ObjectNode current, Instant now) {
        ObjectNode metadata = Json.copyOf(Json.objectAt(current, "metadata"));
        metadata.put("deletionTimestamp", timestamp(now)).put("deletionGracePeriodSeconds", 0)
                .put("generation", metadata.path("generation").asLong() + 1);
        return Json.with(current, "metadata", metadata);
    }

    /** Whether the object is on its way out already. */
    public static boolean isDeleting(ObjectNode object) {
        return Json.objectAt(object, "metadata").has("deletionTimestamp");
    }

    /** Whether finalizers hold the object. */
    public static boolean hasFinalizers(ObjectNode object) {
        return !Json.objectAt(object, "metadata").path("finalizers").isEmpty();
    }

    /** The same object under another resourceVersion. */
    public static ObjectNode withVersion(ObjectNode object, String resourceVersion) {
        return Json.with(object, "metadata", Json.with(Json.objectAt(object, "metadata"), "resourceVersion",
                Json.object().textNode(resourceVersion)));
    }

    /** A moment in the form of metadata: UTC, whole seconds. */
    public static String timestamp(Instant moment) {
        return moment.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Type and metadata first, whatever order the client had: what one reads starts with what it is. */
    private static ObjectNode withMetadata(ResourceKind kind, ObjectNode object, ObjectNode metadata) {
        ObjectNode result = Json.object();
        result.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        result.set("metadata", metadata);
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            result.putIfAbsent(field.getKey(), field.getValue());
        }
        return result;
    }

    private static boolean sameContent(ResourceKind kind, ObjectNode before, ObjectNode after) {
        Set<String> fields = new TreeSet<>();
        before.fieldNames().forEachRemaining(fields::add);
        after.fieldNames().forEachRemaining(fields::add);
        return fields.stream()
                .filter(field -> !NOT_CONTENT.contains(field) || field.equals("status") && !kind.statusSubresource())
                .allMatch(field -> Json.same(before.get(field), after.get(field)));
    }
}
