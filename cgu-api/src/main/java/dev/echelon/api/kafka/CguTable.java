package dev.echelon.api.kafka;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.kafka.TopicRecord;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.Lifecycle;
import dev.echelon.kubeapi.Listing;
import dev.echelon.kubeapi.Subscription;
import dev.echelon.kubeapi.WatchEvent;
import dev.echelon.kubeapi.WatchListener;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * The topic {@code cgus} in memory: what every ClusterGroupUpgrade is now, and the last changes in the order in which
 * they arrived here.
 *
 * <p>The resourceVersions are the scheduler's. They are unique, and grow for each object, but two objects' changes may
 * arrive in another order than their versions have. So the order of a watch is the order of arrival, and a watch
 * resumes only from a version that this process has itself seen arrive; every other one is answered with 410, and the
 * client lists again. A deletion has no version in the topic; it gets the next free one after the object's last.
 */
public final class CguTable {

    /** The scheduler's versions are 64 apart, one for each of up to 64 partitions; the last is never a partition's. */
    private static final long VERSION_STEP = 64;

    private static final int MICROS_PER_MILLI = 1_000;

    /** What a deletion counts in the history: it shares its object with the change before it. */
    private static final int DELETION_BYTES = 256;

    /** Deletions happen faster than who asked for them can look: the last ones are kept to be shown. */
    private static final int GONE_KEPT = 100;

    private static final int DELETIONS_KNOWN = 10_000;

    private final InstantSource clock;
    private final long historyBytes;

    private final NavigableMap<String, Entry> current = new TreeMap<>();
    private final Deque<Change> history = new ArrayDeque<>();
    private final Map<String, Long> positions = new HashMap<>();
    private final Set<Watch> watches = new HashSet<>();
    private final Map<CguId, List<Waiting>> waiting = new HashMap<>();
    private final List<BiConsumer<CguId, Optional<ClusterGroupUpgrade>>> followers = new ArrayList<>();
    private final Map<CguId, Instant> deletedAt = bounded(DELETIONS_KNOWN);
    private final Map<String, ObjectNode> goneByUid = bounded(GONE_KEPT);
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private long lastPosition;
    private long historySize;
    private String lastVersion = "1";

    /** @param wantedSince the version with which what users decide on last changed */
    private record Entry(ObjectNode tree, ClusterGroupUpgrade cgu, long wantedSince) {

        Entry after(Entry before) {
            return before != null && sameWish(before.cgu(), cgu) ? new Entry(tree, cgu, before.wantedSince()) : this;
        }

        private static boolean sameWish(ClusterGroupUpgrade before, ClusterGroupUpgrade after) {
            return before.spec().equals(after.spec())
                    && before.metadata().labels().equals(after.metadata().labels())
                    && before.metadata().annotations().equals(after.metadata().annotations());
        }
    }

    private record Change(long position, WatchEvent event, int bytes) {}

    private record Waiting(String uid, long version, CompletableFuture<ObjectNode> shown) {}

    /** @param historyBytes how much of the past, as JSON, is kept for watches to resume */
    public CguTable(InstantSource clock, long historyBytes) {
        this.clock = clock;
        this.historyBytes = historyBytes;
    }

    /**
     * Takes in a record of the topic.
     *
     * @throws IllegalArgumentException when it is not a ClusterGroupUpgrade under its own key
     */
    public void accept(TopicRecord received) {
        CguId id = CguId.parse(received.key());
        if (received.isTombstone()) {
            remove(id, received.timestamp());
            return;
        }
        byte[] json = received.value().orElseThrow();
        ClusterGroupUpgrade cgu = Json.read(json, ClusterGroupUpgrade.class);
        if (!cgu.id().equals(id)) {
            throw new IllegalArgumentException(
                    "found " + cgu.id() + " under the key " + id + "; a CGU's key is its namespace/name");
        }
        put(id, new Entry(tree(json), cgu, version(cgu)), version(cgu), json.length);
    }

    private static ObjectNode tree(byte[] json) {
        try {
            return (ObjectNode) Json.mapper().readTree(json);
        } catch (IOException | ClassCastException e) {
            throw new IllegalArgumentException("not a ClusterGroupUpgrade: " + e.getMessage(), e);
        }
    }

    private static long version(ClusterGroupUpgrade cgu) {
        try {
            return Long.parseLong(cgu.metadata().resourceVersion());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(cgu.id()
                    + ": metadata.resourceVersion has to be a decimal number, found "
                    + cgu.metadata().resourceVersion());
        }
    }

    private synchronized void put(CguId id, Entry entry, long version, int bytes) {
        Entry before = current.get(id.key());
        boolean another = before != null
                && !before.cgu().metadata().uid().equals(entry.cgu().metadata().uid());
        if (before != null && !another && version(before.cgu()) >= version) {
            // Handed over again after trouble with the broker.
            return;
        }
        if (another) {
            remove(id, clock.instant());
            before = null;
        }
        current.put(id.key(), entry.after(before));
        deletedAt.remove(id);
        followers.forEach(follower -> follower.accept(id, Optional.of(entry.cgu())));
        tell(before == null ? WatchEvent.added(entry.tree()) : WatchEvent.modified(entry.tree(), before.tree()), bytes);
        answer(id, entry, one -> one.version() <= version, entry.tree());
    }

    private synchronized void remove(CguId id, Instant at) {
        deletedAt.put(id, at);
        Entry last = current.remove(id.key());
        followers.forEach(follower -> follower.accept(id, Optional.empty()));
        if (last != null) {
            tellGone(id, last);
        }
    }

    private void tellGone(CguId id, Entry last) {
        long version = version(last.cgu()) + VERSION_STEP;
        while (positions.containsKey(Long.toString(version))) {
            version += VERSION_STEP;
        }
        ObjectNode gone = Lifecycle.withVersion(last.tree(), Long.toString(version));
        goneByUid.put(last.cgu().metadata().uid(), gone);
        tell(WatchEvent.deleted(gone), DELETION_BYTES);
        answer(id, last, _ -> true, gone);
    }

    private void answer(CguId id, Entry shown, Predicate<Waiting> met, ObjectNode object) {
        List.copyOf(waiting.getOrDefault(id, List.of())).stream()
                .filter(one -> one.uid().equals(shown.cgu().metadata().uid()))
                .filter(met)
                .forEach(one -> one.shown().complete(object));
    }

    private void tell(WatchEvent event, int bytes) {
        if (!loaded.isDone()) {
            // Nobody can have seen a version of this process yet: what is read at the start is no event.
            return;
        }
        lastVersion = event.resourceVersion();
        positions.put(lastVersion, ++lastPosition);
        history.addLast(new Change(lastPosition, event, bytes));
        historySize += bytes;
        while (history.size() > 1 && historySize > historyBytes) {
            Change forgotten = history.removeFirst();
            historySize -= forgotten.bytes();
            positions.remove(forgotten.event().resourceVersion(), forgotten.position());
        }
        watches.forEach(watch -> watch.offer(event));
    }

    /** All that was in the topic at the start has been handed over: from now on reads are answered. */
    public synchronized void loaded() {
        if (loaded.isDone()) {
            return;
        }
        // The listing's version is this process's own until something changes: a version that an earlier process handed
        // out must not resume here, because what happened in between is not known.
        long newest = current.values().stream().mapToLong(entry -> version(entry.cgu())).max().orElse(0);
        long now = clock.millis() * MICROS_PER_MILLI;
        lastVersion = Long.toString(Math.max(now, newest / VERSION_STEP + 1) * VERSION_STEP + VERSION_STEP - 1);
        positions.put(lastVersion, 0L);
        loaded.complete(null);
    }

    /** Completes when reads are answered. */
    public CompletableFuture<Void> whenLoaded() {
        return loaded.copy();
    }

    /** Every object, or those of one namespace, by namespace and name. */
    public synchronized Listing list(Optional<String> namespace) {
        List<ObjectNode> items = current.entrySet().stream()
                .filter(entry -> namespace.isEmpty() || entry.getKey().startsWith(namespace.get() + "/"))
                .map(entry -> entry.getValue().tree())
                .toList();
        return new Listing(items, lastVersion);
    }

    /** One object as JSON. */
    public synchronized Optional<ObjectNode> tree(CguId id) {
        return Optional.ofNullable(current.get(id.key())).map(Entry::tree);
    }

    /** One object. */
    public synchronized Optional<ClusterGroupUpgrade> get(CguId id) {
        return Optional.ofNullable(current.get(id.key())).map(Entry::cgu);
    }

    /** Whether labels, annotations and spec are still what they were at this version. */
    public synchronized boolean isWishOf(CguId id, String resourceVersion) {
        Entry now = current.get(id.key());
        return now != null && now.wantedSince() <= Long.parseLong(resourceVersion);
    }

    /** The names of all objects. */
    public synchronized List<CguId> ids() {
        return current.values().stream().map(entry -> entry.cgu().id()).toList();
    }

    /** When the object was deleted, as far as the topic still tells; empty while it exists. */
    public synchronized Optional<Instant> deletedAt(CguId id) {
        return Optional.ofNullable(deletedAt.get(id));
    }

    /**
     * Hears of every change, the present state first; must return at once.
     *
     * @return what ends it
     */
    public synchronized Runnable follow(BiConsumer<CguId, Optional<ClusterGroupUpgrade>> follower) {
        current.values().forEach(entry -> follower.accept(entry.cgu().id(), Optional.of(entry.cgu())));
        followers.add(follower);
        return () -> {
            synchronized (this) {
                followers.remove(follower);
            }
        };
    }

    /**
     * Completes with the object when this table shows this version of it or a later one, or its last state when it is
     * gone. All followers have heard of it by then. Who gives up waiting completes or cancels the future.
     */
    public synchronized CompletableFuture<ObjectNode> whenShown(CguId id, String uid, String resourceVersion) {
        long wanted = Long.parseLong(resourceVersion);
        Entry now = current.get(id.key());
        if (now != null && now.cgu().metadata().uid().equals(uid) && version(now.cgu()) >= wanted) {
            return CompletableFuture.completedFuture(now.tree());
        }
        if (goneByUid.containsKey(uid)) {
            return CompletableFuture.completedFuture(goneByUid.get(uid));
        }
        CompletableFuture<ObjectNode> shown = new CompletableFuture<>();
        waiting.computeIfAbsent(id, _ -> new ArrayList<>()).add(new Waiting(uid, wanted, shown));
        shown.whenComplete((_, _) -> forget(id));
        return shown;
    }

    private static <K, V> Map<K, V> bounded(int size) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > size;
            }
        };
    }

    private synchronized void forget(CguId id) {
        List<Waiting> here = waiting.get(id);
        if (here != null && here.removeIf(one -> one.shown().isDone()) && here.isEmpty()) {
            waiting.remove(id);
        }
    }

    /**
     * Tells every change after the version, in the order of arrival, none twice.
     *
     * @throws ApiException 410 where this process has not seen that version, or has forgotten what came after it
     */
    public synchronized Subscription watch(Optional<String> namespace, String resourceVersion, WatchListener listener) {
        Watch watch = new Watch(namespace, listener);
        if (resourceVersion.isEmpty() || resourceVersion.equals("0")) {
            list(namespace).items().forEach(item -> listener.changed(WatchEvent.added(item)));
        } else {
            Long position = positions.get(resourceVersion);
            if (position == null) {
                throw ApiException.expired("too old resource version: " + resourceVersion + " (" + lastVersion
                        + "): list again and watch from there");
            }
            resume(watch, position);
        }
        watches.add(watch);
        return watch;
    }

    private void resume(Watch watch, long after) {
        // Clients are close behind as a rule: look from the newest backwards.
        Deque<WatchEvent> missed = new ArrayDeque<>();
        Iterator<Change> newestFirst = history.descendingIterator();
        boolean more = newestFirst.hasNext();
        while (more) {
            Change change = newestFirst.next();
            if (change.position() <= after) {
                break;
            }
            missed.addFirst(change.event());
            more = newestFirst.hasNext();
        }
        if (!missed.isEmpty() && lastPosition - after > missed.size()) {
            throw ApiException.expired("too old resource version: changes since then are not known any more");
        }
        missed.forEach(watch::offer);
    }

    private final class Watch implements Subscription {

        private final Optional<String> namespace;
        private final WatchListener listener;

        Watch(Optional<String> namespace, WatchListener listener) {
            this.namespace = namespace;
            this.listener = listener;
        }

        void offer(WatchEvent event) {
            String found = event.object().path("metadata").path("namespace").asText();
            if (namespace.isEmpty() || namespace.get().equals(found)) {
                listener.changed(event);
            }
        }

        @Override
        public String resourceVersion() {
            synchronized (CguTable.this) {
                return lastVersion;
            }
        }

        @Override
        public void close() {
            synchronized (CguTable.this) {
                watches.remove(this);
            }
        }
    }
}
