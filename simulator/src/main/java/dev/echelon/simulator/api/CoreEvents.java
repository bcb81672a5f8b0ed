package dev.echelon.simulator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.DeletePreconditions;
import dev.echelon.kubeapi.Listing;
import dev.echelon.kubeapi.Part;
import dev.echelon.kubeapi.PrinterColumn;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.ResourceStore;
import dev.echelon.kubeapi.Subscription;
import dev.echelon.kubeapi.WatchEvent;
import dev.echelon.kubeapi.WatchListener;
import dev.echelon.kubeapi.WriteOptions;
import dev.echelon.kubeapi.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Events as the core group has them: the same objects as those of {@code events.k8s.io}, under the older names of their
 * fields. What is written in one group is read in the other.
 */
public final class CoreEvents implements ResourceStore {

    /** Events as they are kept. */
    public static final ResourceKind KIND = ResourceKind.namespaced("events.k8s.io/v1", "Event", "events", "ev")
            .withColumns(columns("regarding", "note", "deprecatedCount"));
    /** The same, of the core group. */
    public static final ResourceKind CORE_KIND = ResourceKind.namespaced("v1", "Event", "events", "ev")
            .withColumns(columns("involvedObject", "message", "count"));

    /** The core group's names, by those under which events are kept; all others are the same. */
    private static final Map<String, String> NAMES = Map.of(
            "regarding", "involvedObject",
            "note", "message",
            "reportingController", "reportingComponent",
            "deprecatedSource", "source",
            "deprecatedFirstTimestamp", "firstTimestamp",
            "deprecatedLastTimestamp", "lastTimestamp",
            "deprecatedCount", "count");
    private static final Map<String, String> BACK = turned(NAMES);

    private final ResourceStore events;

    /** @param events keeps {@link #KIND} */
    public CoreEvents(ResourceStore events) {
        this.events = events;
    }

    private static PrinterColumn[] columns(String about, String text, String count) {
        return new PrinterColumn[] {
            PrinterColumn.age("Last Seen", ".metadata.creationTimestamp"),
            PrinterColumn.text("Type", ".type"),
            PrinterColumn.text("Reason", ".reason"),
            new PrinterColumn("Object", "string", PrinterColumn.REFERENCE, "", "." + about, 0),
            PrinterColumn.text("Message", "." + text),
            new PrinterColumn("Count", "integer", "", "", "." + count, 1),
            new PrinterColumn("Name", "string", "name", "", ".metadata.name", 1)
        };
    }

    private static Map<String, String> turned(Map<String, String> names) {
        Map<String, String> turned = new LinkedHashMap<>();
        names.forEach((kept, core) -> turned.put(core, kept));
        return turned;
    }

    private static ObjectNode core(ObjectNode kept) {
        return renamed(kept, NAMES, CORE_KIND);
    }

    private static ObjectNode kept(ObjectNode core) {
        return renamed(core, BACK, KIND);
    }

    private static ObjectNode renamed(ObjectNode event, Map<String, String> names, ResourceKind kind) {
        ObjectNode renamed = Json.object();
        event.properties().forEach(field ->
                renamed.set(names.getOrDefault(field.getKey(), field.getKey()), field.getValue()));
        return renamed.put("apiVersion", kind.apiVersion());
    }

    private static WatchEvent core(WatchEvent event) {
        ObjectNode object = core(event.object());
        return switch (event.type()) {
            case ADDED -> WatchEvent.added(object);
            case MODIFIED -> WatchEvent.modified(object, event.previous().map(CoreEvents::core).orElse(object));
            case DELETED -> WatchEvent.deleted(object);
        };
    }

    @Override
    public Listing list(ResourceKind kind, Optional<String> namespace) {
        Listing listing = events.list(KIND, namespace);
        return new Listing(listing.items().stream().map(CoreEvents::core).toList(), listing.resourceVersion());
    }

    @Override
    public Optional<ObjectNode> get(ResourceKind kind, String namespace, String name) {
        return events.get(KIND, namespace, name).map(CoreEvents::core);
    }

    @Override
    public ObjectNode create(ResourceKind kind, ObjectNode object, WriteOptions options) {
        return core(events.create(KIND, kept(object), options));
    }

    @Override
    public ObjectNode update(ResourceKind kind, ObjectNode object, Part part, WriteOptions options) {
        return core(events.update(KIND, kept(object), part, options));
    }

    @Override
    public ObjectNode delete(
            ResourceKind kind, String namespace, String name, DeletePreconditions preconditions, WriteOptions options) {
        return core(events.delete(KIND, namespace, name, preconditions, options));
    }

    @Override
    public Subscription watch(
            ResourceKind kind, Optional<String> namespace, String resourceVersion, WatchListener listener) {
        return events.watch(KIND, namespace, resourceVersion, new WatchListener() {
            @Override
            public void changed(WatchEvent event) {
                listener.changed(core(event));
            }

            @Override
            public void ended(ApiException reason) {
                listener.ended(reason);
            }
        });
    }
}
