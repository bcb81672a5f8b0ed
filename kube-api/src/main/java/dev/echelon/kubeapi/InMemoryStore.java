package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A store in memory, for the simulator and for tests. It promises what etcd behind an API server promises: one version
 * counter over all kinds that only grows, changes told in order, an update that changes nothing makes no version.
 *
 * <p>Of each kind, the last changes are remembered so that watches can resume; a watch from before that is told 410.
 * A deleted Namespace takes its content along and stays, terminating, until objects held by finalizers are gone.
 */
public final class InMemoryStore implements ResourceStore {
    /** How many changes of each kind are remembered, unless said otherwise. */
    public static final int DEFAULT_HISTORY = 10_000;

    private final Clock clock;
    private final int history;
    private final boolean namespacesRequired;
    private final Object lock = new Object();
    private final Map<String, Shelf> shelves = new HashMap<>();
    private long version;

    /** A store on the system's clock that does not ask for namespaces to exist. */
    public InMemoryStore() {
        this(Clock.systemUTC(), DEFAULT_HISTORY, false);
    }

    /**
     * A store.
     *
     * @param clock              gives creation and deletion times
     * @param history            how many changes of each kind are remembered
     * @param namespacesRequired whether creating an object in a namespace that is not there is refused, as a real API
     *                           server does
     */
    public InMemoryStore(Clock clock, int history, boolean namespacesRequired) {
        if (history < 1) {
            throw new IllegalArgumentException("history must be at least 1, was " + history);
        }
        this.clock = clock;
        this.history = history;
        this.namespacesRequired = namespacesRequired;
    }

    /** All objects of one kind (in whatever API version), by namespace and name, with what has happened to them. */
    private static final class Shelf {
        private final boolean namespaces;
        private final NavigableMap<String, NavigableMap<String, ObjectNode>> objects = new TreeMap<>();
        private final Deque<WatchEvent> events = new ArrayDeque<>();
        private final List<Watch> watches = new CopyOnWriteArrayList<>();
        private long forgotten;

        Shelf(boolean namespaces) {
            this.namespaces = namespaces;
        }

        Optional<ObjectNode> get(String namespace, String name) {
            return Optional.ofNullable(objects.getOrDefault(namespace, new TreeMap<>()).get(name));
        }

        void put(String namespace, String name, ObjectNode object) {
            objects.computeIfAbsent(namespace, _ -> new TreeMap<>()).put(name, object);
        }

        void remove(String namespace, String name) {
            NavigableMap<String, ObjectNode> inNamespace = objects.get(namespace);
            inNamespace.remove(name);
            if (inNamespace.isEmpty()) {
                objects.remove(namespace);
            }
        }
    }

    private final class Watch implements Subscription {
        private final Shelf shelf;
        private final Optional<String> namespace;
        private final String apiVersion;
        private final WatchListener listener;

        Watch(Shelf shelf, Optional<String> namespace, String apiVersion, WatchListener listener) {
            this.shelf = shelf;
            this.namespace = namespace;
            this.apiVersion = apiVersion;
            this.listener = listener;
        }

        void offer(WatchEvent event) {
            if (namespace.isEmpty() || namespace.get().equals(namespaceOf(event.object()))) {
                listener.changed(inVersion(apiVersion, event));
            }
        }

        @Override
        public String resourceVersion() {
            synchronized (lock) {
                return Long.toString(version);
            }
        }

        @Override
        public void close() {
            shelf.watches.remove(this);
        }
    }

    @Override
    public Listing list(ResourceKind kind, Optional<String> namespace) {
        List<ObjectNode> items = new ArrayList<>();
        synchronized (lock) {
            Shelf shelf = shelf(kind);
            if (namespace.isPresent()) {
                items.addAll(shelf.objects.getOrDefault(namespace.get(), new TreeMap<>()).values());
            } else {
                shelf.objects.values().forEach(inNamespace -> items.addAll(inNamespace.values()));
            }
            items.replaceAll(object -> inVersion(kind.apiVersion(), object));
            return new Listing(items, Long.toString(version));
        }
    }

    @Override
    public Optional<ObjectNode> get(ResourceKind kind, String namespace, String name) {
        synchronized (lock) {
            return shelf(kind).get(namespace, name).map(object -> inVersion(kind.apiVersion(), object));
        }
    }

    @Override
    public ObjectNode create(ResourceKind kind, ObjectNode object, WriteOptions options) {
        String name = nameOf(object);
        String namespace = namespaceOf(object);
        synchronized (lock) {
            Shelf shelf = shelf(kind);
            if (kind.namespaced()) {
                requireNamespace(kind, namespace, name);
            }
            if (shelf.get(namespace, name).isPresent()) {
                throw ApiException.alreadyExists(kind, name);
            }
            ObjectNode created = Lifecycle.created(kind, object, UUID.randomUUID().toString(), clock.instant());
            if (shelf.namespaces) {
                created = Namespaces.active(created);
            }
            if (options.dryRun()) {
                return created;
            }
            ObjectNode stored = Lifecycle.withVersion(created, nextVersion());
            shelf.put(namespace, name, stored);
            tell(shelf, WatchEvent.added(stored));
            return stored;
        }
    }

    @Override
    public ObjectNode update(ResourceKind kind, ObjectNode object, Part part, WriteOptions options) {
        String name = nameOf(object);
        String namespace = namespaceOf(object);
        synchronized (lock) {
            Shelf shelf = shelf(kind);
            ObjectNode current = shelf.get(namespace, name).map(o -> inVersion(kind.apiVersion(), o))
                    .orElseThrow(() -> ApiException.notFound(kind, name));
            ObjectNode updated = Lifecycle.updated(kind, current, object, part);
            if (updated == current || options.dryRun()) {
                return updated;
            }
            if (Lifecycle.isDeleting(updated) && !Lifecycle.hasFinalizers(updated)
                    && !(shelf.namespaces && hasContent(name))) {
                remove(shelf, namespace, name, updated);
                return updated;
            }
            return replace(shelf, namespace, name, current, updated);
        }
    }

    @Override
    public ObjectNode delete(ResourceKind kind, String namespace, String name, DeletePreconditions preconditions,
            WriteOptions options) {
        synchronized (lock) {
            Shelf shelf = shelf(kind);
            ObjectNode current = shelf.get(namespace, name).orElseThrow(() -> ApiException.notFound(kind, name));
            preconditions.check(kind, current);
            return options.dryRun() ? current : delete(shelf, namespace, name, current);
        }
    }

    private ObjectNode delete(Shelf shelf, String namespace, String name, ObjectNode current) {
        if (shelf.namespaces) {
            empty(name);
        }
        boolean held = Lifecycle.hasFinalizers(current) || shelf.namespaces && hasContent(name);
        if (!held) {
            // Emptying a namespace may have been the end of it already.
            return shelf.get(namespace, name).isPresent() ? remove(shelf, namespace, name, current) : current;
        }
        if (Lifecycle.isDeleting(current)) {
            return current;
        }
        ObjectNode leaving = Lifecycle.deleting(current, clock.instant());
        return replace(shelf, namespace, name, current, shelf.namespaces ? Namespaces.terminating(leaving) : leaving);
    }

    private void empty(String namespace) {
        for (Shelf shelf : List.copyOf(shelves.values())) {
            if (!shelf.namespaces) {
                Map.copyOf(shelf.objects.getOrDefault(namespace, new TreeMap<>()))
                        .forEach((name, object) -> delete(shelf, namespace, name, object));
            }
        }
    }

    private boolean hasContent(String namespace) {
        return shelves.values().stream().anyMatch(shelf -> shelf.objects.containsKey(namespace) && !shelf.namespaces);
    }

    private ObjectNode replace(Shelf shelf, String namespace, String name, ObjectNode current, ObjectNode updated) {
        ObjectNode stored = Lifecycle.withVersion(updated, nextVersion());
        shelf.put(namespace, name, stored);
        tell(shelf, WatchEvent.modified(stored, current));
        return stored;
    }

    private ObjectNode remove(Shelf shelf, String namespace, String name, ObjectNode last) {
        shelf.remove(namespace, name);
        ObjectNode gone = Lifecycle.withVersion(last, nextVersion());
        tell(shelf, WatchEvent.deleted(gone));
        if (!namespace.isEmpty()) {
            finishNamespace(namespace);
        }
        return gone;
    }

    /** Removes a namespace that has only waited for its last object. */
    private void finishNamespace(String namespace) {
        Shelf namespaces = shelves.get(Namespaces.SHELF);
        if (namespaces != null && !hasContent(namespace)) {
            namespaces.get("", namespace).filter(Lifecycle::isDeleting).filter(n -> !Lifecycle.hasFinalizers(n))
                    .ifPresent(leaving -> remove(namespaces, "", namespace, leaving));
        }
    }

    private void requireNamespace(ResourceKind kind, String namespace, String name) {
        Shelf namespaces = shelves.get(Namespaces.SHELF);
        Optional<ObjectNode> found = namespaces == null ? Optional.empty() : namespaces.get("", namespace);
        if (found.isEmpty() && namespacesRequired) {
            throw ApiException.notFound(Namespaces.KIND, namespace);
        }
        if (found.isPresent() && Lifecycle.isDeleting(found.get())) {
            throw ApiException.forbidden(kind, name, "unable to create new content in namespace %s because it is being "
                    .formatted(namespace) + "terminated");
        }
    }

    @Override
    public Subscription watch(ResourceKind kind, Optional<String> namespace, String resourceVersion,
            WatchListener listener) {
        long from;
        try {
            from = Long.parseLong(resourceVersion);
        } catch (NumberFormatException _) {
            throw ApiException.badRequest("resourceVersion: Invalid value: \"" + resourceVersion
                    + "\": a version as a listing or an event of this server gave it is needed");
        }
        synchronized (lock) {
            Shelf shelf = shelf(kind);
            if (from < shelf.forgotten || from > version) {
                // A version from the future is one of an earlier life of this store: the client has to list again.
                throw ApiException.expired("too old resource version: %d (%d)".formatted(from, shelf.forgotten));
            }
            Watch watch = new Watch(shelf, namespace, kind.apiVersion(), listener);
            // Events are few between a listing and its watch: look from the newest backwards.
            Deque<WatchEvent> missed = new ArrayDeque<>();
            var newestFirst = shelf.events.descendingIterator();
            while (newestFirst.hasNext()) {
                WatchEvent event = newestFirst.next();
                if (Long.parseLong(event.resourceVersion()) <= from) {
                    break;
                }
                missed.addFirst(event);
            }
            missed.forEach(watch::offer);
            shelf.watches.add(watch);
            return watch;
        }
    }

    private void tell(Shelf shelf, WatchEvent event) {
        shelf.events.addLast(event);
        if (shelf.events.size() > history) {
            shelf.forgotten = Long.parseLong(shelf.events.removeFirst().resourceVersion());
        }
        shelf.watches.forEach(watch -> watch.offer(event));
    }

    private String nextVersion() {
        return Long.toString(++version);
    }

    private Shelf shelf(ResourceKind kind) {
        return shelves.computeIfAbsent(kind.qualifiedPlural(), key -> new Shelf(key.equals(Namespaces.SHELF)));
    }

    private static ObjectNode inVersion(String apiVersion, ObjectNode object) {
        return Json.textAt(object, "apiVersion").equals(apiVersion) ? object
                : Json.with(object, "apiVersion", Json.object().textNode(apiVersion));
    }

    private static WatchEvent inVersion(String apiVersion, WatchEvent event) {
        ObjectNode object = inVersion(apiVersion, event.object());
        if (object == event.object()) {
            return event;
        }
        return switch (event.type()) {
            case ADDED -> WatchEvent.added(object);
            case MODIFIED -> WatchEvent.modified(object, event.previous().orElse(object));
            case DELETED -> WatchEvent.deleted(object);
        };
    }

    private static String nameOf(ObjectNode object) {
        return Json.textAt(Json.objectAt(object, "metadata"), "name");
    }

    private static String namespaceOf(ObjectNode object) {
        return Json.textAt(Json.objectAt(object, "metadata"), "namespace");
    }
}
