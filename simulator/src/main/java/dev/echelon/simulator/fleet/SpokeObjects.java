package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.DeletePreconditions;
import dev.echelon.kubeapi.InMemoryStore;
import dev.echelon.kubeapi.Listing;
import dev.echelon.kubeapi.Part;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.ResourceStore;
import dev.echelon.kubeapi.Subscription;
import dev.echelon.kubeapi.WatchEvent;
import dev.echelon.kubeapi.WatchListener;
import dev.echelon.kubeapi.WriteOptions;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.MergePatch;
import dev.echelon.simulator.api.SpokeKinds;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * The objects of one spoke. Whoever writes them, a behaviour or a user with kubectl, the spoke hears of the change.
 * What an API server adds to new objects is added here: namespaces are held by a finalizer until the spoke has taken
 * them down, jobs get their selector.
 */
final class SpokeObjects implements ResourceStore {
    /** Holds a namespace while it is seen Terminating. */
    static final String HELD = "simulator.echelon.dev/content";

    private static final WriteOptions SPOKE = WriteOptions.by("system:spoke");
    /** Few look at one spoke at a time: a short memory does, and there are thousands of spokes. */
    private static final int HISTORY = 256;

    private final InMemoryStore store;
    private final SpokeKinds kinds;
    private final BiConsumer<ResourceKind, WatchEvent> listener;
    private final Set<String> watched = ConcurrentHashMap.newKeySet();

    SpokeObjects(Clock clock, SpokeKinds kinds, BiConsumer<ResourceKind, WatchEvent> listener) {
        store = new InMemoryStore(clock, HISTORY, true);
        this.kinds = kinds;
        this.listener = listener;
    }

    SpokeKinds kinds() {
        return kinds;
    }

    /** The kind of an object, by its apiVersion and kind. */
    ResourceKind kindOf(ObjectNode object) {
        return kinds.of(Json.textAt(object, "apiVersion"), Json.textAt(object, "kind"),
                !Json.textAt(Json.objectAt(object, "metadata"), "namespace").isEmpty());
    }

    ObjectNode create(ObjectNode object) {
        return create(kindOf(object), object, SPOKE);
    }

    /** Creates the namespace where it is missing. */
    void ensureNamespace(String namespace) {
        if (!namespace.isEmpty() && get(SpokeKinds.NAMESPACE, "", namespace).isEmpty()) {
            ObjectNode created = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
            created.putObject("metadata").put("name", namespace);
            create(created);
        }
    }

    /** Merges a patch into an object, status included. */
    ObjectNode merge(ResourceKind kind, String namespace, String name, ObjectNode patch) {
        return change(kind, namespace, name, object -> (ObjectNode) MergePatch.apply(object, patch));
    }

    /** Changes an object as a function says, all parts of it. */
    ObjectNode change(ResourceKind kind, String namespace, String name, UnaryOperator<ObjectNode> change) {
        while (true) {
            ObjectNode current = get(kind, namespace, name).orElseThrow(() -> ApiException.notFound(kind, name));
            ObjectNode wanted = change.apply(current);
            try {
                ObjectNode written = Json.same(current, wanted) ? current : update(kind, wanted, Part.MAIN, SPOKE);
                if (!kind.statusSubresource() || Json.same(written.get("status"), wanted.get("status"))) {
                    return written;
                }
                ObjectNode status = Json.with(written, "status", wanted.get("status"));
                return update(kind, status, Part.STATUS, SPOKE);
            } catch (ApiException e) {
                // Somebody was quicker; unless it is the change itself that insists on a version.
                if (e.code() != 409 || !current.at("/metadata/resourceVersion").equals(
                        wanted.at("/metadata/resourceVersion"))) {
                    throw e;
                }
            }
        }
    }

    /** Deletes an object; whether it was there. */
    boolean delete(ResourceKind kind, String namespace, String name) {
        try {
            delete(kind, namespace, name, DeletePreconditions.NONE, SPOKE);
            return true;
        } catch (ApiException e) {
            if (e.code() == 404) {
                return false;
            }
            throw e;
        }
    }

    /** Lets a namespace that is being deleted go. */
    void release(String namespace) {
        get(SpokeKinds.NAMESPACE, "", namespace).ifPresent(object -> {
            ObjectNode metadata = Json.with(Json.objectAt(object, "metadata"), "finalizers", null);
            update(SpokeKinds.NAMESPACE, Json.with(object, "metadata", metadata), Part.MAIN, SPOKE);
        });
    }

    @Override
    public Listing list(ResourceKind kind, Optional<String> namespace) {
        return store.list(kind, namespace);
    }

    List<ObjectNode> in(ResourceKind kind, String namespace) {
        return store.list(kind, Optional.of(namespace)).items();
    }

    @Override
    public Optional<ObjectNode> get(ResourceKind kind, String namespace, String name) {
        return store.get(kind, namespace, name);
    }

    @Override
    public ObjectNode create(ResourceKind kind, ObjectNode object, WriteOptions options) {
        listenTo(kind);
        return store.create(kind, completed(kind, object), options);
    }

    @Override
    public ObjectNode update(ResourceKind kind, ObjectNode object, Part part, WriteOptions options) {
        return store.update(kind, object, part, options);
    }

    @Override
    public ObjectNode delete(ResourceKind kind, String namespace, String name, DeletePreconditions preconditions,
            WriteOptions options) {
        return store.delete(kind, namespace, name, preconditions, options);
    }

    @Override
    public Subscription watch(ResourceKind kind, Optional<String> namespace, String resourceVersion,
            WatchListener watcher) {
        return store.watch(kind, namespace, resourceVersion, watcher);
    }

    private void listenTo(ResourceKind kind) {
        if (watched.add(kind.qualifiedPlural())) {
            store.watch(kind, Optional.empty(), store.list(kind, Optional.of("-")).resourceVersion(),
                    event -> listener.accept(kind, event));
        }
    }

    private static ObjectNode completed(ResourceKind kind, ObjectNode object) {
        ObjectNode metadata = Json.objectAt(object, "metadata");
        if (kind.equals(SpokeKinds.NAMESPACE)) {
            ArrayNode held = Json.array();
            held.add(HELD);
            return Json.with(object, "metadata", Json.with(metadata, "finalizers", held));
        }
        return kind.equals(SpokeKinds.JOB) ? withSelector(object, Json.textAt(metadata, "name")) : object;
    }

    /** By its labels a job finds its pods, and kubectl the logs. */
    private static ObjectNode withSelector(ObjectNode job, String name) {
        ObjectNode labels = Json.object().put("batch.kubernetes.io/job-name", name).put("job-name", name);
        ObjectNode spec = Json.objectAt(job, "spec").deepCopy();
        spec.putObject("selector").set("matchLabels", labels);
        ObjectNode template = spec.withObject("/template");
        JsonNode given = template.at("/metadata/labels");
        ObjectNode all = given instanceof ObjectNode own ? own : Json.object();
        all.setAll(labels);
        template.withObject("/metadata").set("labels", all);
        return Json.with(job, "spec", spec);
    }
}
