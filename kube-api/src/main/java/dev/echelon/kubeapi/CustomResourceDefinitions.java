package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.schema.FieldError;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Keeps CustomResourceDefinitions and makes the API serve what they define, out of the same store, before the write
 * that defines it is answered. Deleting a definition deletes its objects.
 */
final class CustomResourceDefinitions implements ResourceStore {
    static final ResourceKind KIND = ResourceKind.clusterScoped("apiextensions.k8s.io/v1", "CustomResourceDefinition",
            "customresourcedefinitions", "crd", "crds").withStatus()
            .withColumns(PrinterColumn.text("Created At", ".metadata.creationTimestamp"));

    private final ResourceStore store;
    private final KubeApi api;
    private final Clock clock;

    CustomResourceDefinitions(ResourceStore store, KubeApi api, Clock clock) {
        this.store = store;
        this.api = api;
        this.clock = clock;
    }

    @Override
    public Listing list(ResourceKind kind, Optional<String> namespace) {
        return store.list(kind, namespace);
    }

    @Override
    public Optional<ObjectNode> get(ResourceKind kind, String namespace, String name) {
        return store.get(kind, namespace, name);
    }

    @Override
    public Subscription watch(ResourceKind kind, Optional<String> namespace, String resourceVersion,
            WatchListener listener) {
        return store.watch(kind, namespace, resourceVersion, listener);
    }

    @Override
    public ObjectNode create(ResourceKind kind, ObjectNode object, WriteOptions options) {
        List<ResourceKind> defined = defined(object);
        ObjectNode created = store.create(kind, object, options);
        if (options.dryRun()) {
            return created;
        }
        serve(defined);
        return store.update(kind, Json.with(created, "status", established(created)), Part.STATUS, options);
    }

    @Override
    public ObjectNode update(ResourceKind kind, ObjectNode object, Part part, WriteOptions options) {
        List<ResourceKind> defined = defined(object);
        ObjectNode before = store.get(kind, "", name(object))
                .orElseThrow(() -> ApiException.notFound(kind, name(object)));
        ObjectNode updated = store.update(kind, object, part, options);
        if (part == Part.MAIN && !options.dryRun()) {
            ResourceKind.allFromCrd(before).stream()
                    .filter(old -> defined.stream().noneMatch(now -> now.apiVersion().equals(old.apiVersion())))
                    .forEach(api::withdraw);
            serve(defined);
        }
        return updated;
    }

    @Override
    public ObjectNode delete(ResourceKind kind, String namespace, String name, DeletePreconditions preconditions,
            WriteOptions options) {
        ObjectNode deleted = store.delete(kind, namespace, name, preconditions, options);
        if (!options.dryRun()) {
            List<ResourceKind> defined = ResourceKind.allFromCrd(deleted);
            defined.forEach(api::withdraw);
            defined.stream().findFirst().ifPresent(each -> empty(each, options));
        }
        return deleted;
    }

    private void empty(ResourceKind kind, WriteOptions options) {
        for (ObjectNode object : store.list(kind, Optional.empty()).items()) {
            ObjectNode metadata = Json.objectAt(object, "metadata");
            store.delete(kind, Json.textAt(metadata, "namespace"), Json.textAt(metadata, "name"),
                    DeletePreconditions.NONE, options);
        }
    }

    private void serve(List<ResourceKind> kinds) {
        api.serve(store, kinds.toArray(ResourceKind[]::new));
    }

    /** The kinds that a definition defines. @throws ApiException 422 where it cannot be understood */
    private static List<ResourceKind> defined(ObjectNode crd) {
        String expected = crd.at("/spec/names/plural").asText() + "." + crd.at("/spec/group").asText();
        if (!name(crd).equals(expected)) {
            throw ApiException.invalid(KIND, name(crd), List.of(FieldError.invalid("metadata.name", name(crd),
                    "must be spec.names.plural+\".\"+spec.group")));
        }
        try {
            List<ResourceKind> kinds = ResourceKind.allFromCrd(crd);
            // Reading the schema and the columns shows now, and not at the first object, that they cannot be used.
            kinds.forEach(kind -> new Served(kind, new InMemoryStore()));
            return kinds;
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(KIND, name(crd), List.of(
                    new FieldError("spec", "FieldValueInvalid", "Invalid value: " + e.getMessage())));
        }
    }

    private ObjectNode established(ObjectNode crd) {
        ObjectNode status = Json.object();
        ArrayNode conditions = status.putArray("conditions");
        condition(conditions, "NamesAccepted", "NoConflicts", "no conflicts found");
        condition(conditions, "Established", "InitialNamesAccepted", "the initial names have been accepted");
        status.set("acceptedNames", crd.at("/spec/names"));
        ArrayNode stored = status.putArray("storedVersions");
        crd.at("/spec/versions").forEach(version -> {
            if (version.path("storage").asBoolean()) {
                stored.add(version.path("name").asText());
            }
        });
        return status;
    }

    private void condition(ArrayNode conditions, String type, String reason, String message) {
        conditions.addObject().put("type", type).put("status", "True").put("reason", reason).put("message", message)
                .put("lastTransitionTime", Lifecycle.timestamp(clock.instant()));
    }

    private static String name(ObjectNode object) {
        return Json.textAt(Json.objectAt(object, "metadata"), "name");
    }
}
