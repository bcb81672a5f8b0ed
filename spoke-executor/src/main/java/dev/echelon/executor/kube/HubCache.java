package dev.echelon.executor.kube;

import dev.echelon.contract.CguId;
import dev.echelon.executor.domain.CguLabels;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.SeenObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/**
 * The objects of the executor as they are on the hub now: what the watches have shown, overlaid with what the executor
 * itself has written since. So nothing has to be read before it is written, and a watch that lags never shows an object
 * as it was before the executor's own last write.
 *
 * <p>The newer of two sightings is the one with the higher resource version, which are numbers of one etcd. A deletion
 * is remembered by the uid until the watch has shown it.
 */
public final class HubCache {

    private final Map<Key, Entry> objects = new ConcurrentHashMap<>();
    private final Map<CguId, Set<Key>> enforcing = new ConcurrentHashMap<>();
    /** By namespace, which for these kinds is the cluster's. */
    private final Map<String, Set<Key>> onSpokes = new ConcurrentHashMap<>();
    private final Map<String, Boolean> clusters = new ConcurrentHashMap<>();
    private final Set<HubKind> lacking = ConcurrentHashMap.newKeySet();

    /** The object as it is now; empty where it does not exist. */
    public Optional<SeenObject> get(HubKind kind, String namespace, String name) {
        return objects.get(new Key(kind, namespace, name)) instanceof Entry.Present(var object)
                ? Optional.of(object)
                : Optional.empty();
    }

    /** The Placements and PlacementBindings that carry the CGU's two labels, in all namespaces. */
    public Collection<SeenObject> enforcing(CguId cgu) {
        return enforcing.getOrDefault(cgu, Set.of()).stream()
                .flatMap(key -> get(key.kind(), key.namespace(), key.name()).stream())
                .filter(object -> CguLabels.owner(object.labels()).filter(cgu::equals).isPresent())
                .toList();
    }

    /** The views, actions or works in the cluster's namespace that carry the CGU's label, whichever CGU it names. */
    public Collection<SeenObject> ofCgus(HubKind kind, String cluster) {
        return onSpokes.getOrDefault(cluster, Set.of()).stream()
                .filter(key -> key.kind() == kind)
                .flatMap(key -> get(key.kind(), key.namespace(), key.name()).stream())
                .filter(object -> object.labels().containsKey(CguLabels.CGU))
                .toList();
    }

    /** Whether the cluster's condition {@code ManagedClusterConditionAvailable} is True. */
    public boolean isAvailable(String cluster) {
        return clusters.getOrDefault(cluster, false);
    }

    /** Whether the hub has said that it does not have the kind. */
    boolean lacks(HubKind kind) {
        return lacking.contains(kind);
    }

    /** Takes that the hub does not have the kind. */
    void lacksNow(HubKind kind) {
        lacking.add(kind);
    }

    /** Takes that the hub has the kind. */
    void has(HubKind kind) {
        lacking.remove(kind);
    }

    /** Takes what a watch shows or what the hub has answered to a write. Returns whether it is news. */
    boolean seen(SeenObject object) {
        Key key = Key.of(object);
        boolean[] news = new boolean[1];
        Entry now = objects.compute(key, (_, before) -> {
            news[0] = isNews(before, object);
            return news[0] ? new Entry.Present(object) : before;
        });
        if (now instanceof Entry.Present(var current)) {
            index(key, current);
        }
        return news[0];
    }

    /** Takes that the executor has deleted the object with this uid, before the watch shows it. */
    void deleted(HubKind kind, String namespace, String name, String uid) {
        objects.computeIfPresent(new Key(kind, namespace, name), (_, before) ->
                before instanceof Entry.Present(var object) && object.uid().equals(uid)
                        ? new Entry.Gone(object)
                        : before);
    }

    /** Takes that a watch shows the object as deleted. Returns whether it is news. */
    boolean gone(SeenObject object) {
        Key key = Key.of(object);
        boolean[] news = new boolean[1];
        Entry now = objects.computeIfPresent(key, (_, before) -> switch (before) {
            case Entry.Gone(var deleted) -> deleted.uid().equals(object.uid()) ? null : before;
            case Entry.Present(var present) -> {
                news[0] = present.uid().equals(object.uid());
                yield news[0] ? null : before;
            }
        });
        if (now == null) {
            CguLabels.owner(object.labels()).map(enforcing::get).ifPresent(keys -> keys.remove(key));
            Optional.ofNullable(onSpokes.get(key.namespace())).ifPresent(keys -> keys.remove(key));
        }
        return news[0];
    }

    /**
     * Takes that a watch has shown everything up to a version. What was written before that and is not among what the
     * watch has, is gone: it was made and deleted again while the watch was broken, which no event tells of.
     *
     * @param has whether the watch has an object, by namespace and name
     * @return what is found to be gone
     */
    List<SeenObject> sweep(HubKind kind, String upTo, BiPredicate<String, String> has) {
        List<SeenObject> gone = new ArrayList<>();
        objects.forEach((key, entry) -> {
            if (key.kind() == kind && !has.test(key.namespace(), key.name())) {
                switch (entry) {
                    case Entry.Present(var object) -> {
                        if (isOlder(object.resourceVersion(), upTo) && gone(object)) {
                            gone.add(object);
                        }
                    }
                    case Entry.Gone(var object) -> {
                        if (isOlder(object.resourceVersion(), upTo)) {
                            objects.remove(key, entry);
                        }
                    }
                }
            }
        });
        return gone;
    }

    /** Takes whether a cluster is available. Returns whether that is news. */
    boolean available(String cluster, boolean available) {
        Boolean before = clusters.put(cluster, available);
        return before == null || before != available;
    }

    void forgetCluster(String cluster) {
        clusters.remove(cluster);
    }

    private void index(Key key, SeenObject object) {
        switch (object.kind()) {
            case PLACEMENT, BINDING -> CguLabels.owner(object.labels()).ifPresent(
                    cgu -> enforcing.computeIfAbsent(cgu, _ -> ConcurrentHashMap.newKeySet()).add(key));
            case VIEW, ACTION, WORK -> {
                if (object.labels().containsKey(CguLabels.CGU)) {
                    onSpokes.computeIfAbsent(object.namespace(), _ -> ConcurrentHashMap.newKeySet()).add(key);
                }
            }
            case CLUSTER, TEMPLATE, EVENT, UPGRADE -> {}
        }
    }

    private static boolean isNews(Entry before, SeenObject object) {
        return switch (before) {
            case null -> true;
            case Entry.Gone(var deleted) -> !deleted.uid().equals(object.uid());
            case Entry.Present(var present) -> isNewer(object.resourceVersion(), present.resourceVersion());
        };
    }

    private static boolean isNewer(String version, String than) {
        if (version.equals(than)) {
            return false;
        }
        try {
            return Long.parseLong(version) > Long.parseLong(than);
        } catch (NumberFormatException e) {
            // Versions that are no numbers cannot be compared: what came last is taken as the newer.
            return true;
        }
    }

    private static boolean isOlder(String version, String than) {
        try {
            return Long.parseLong(version) < Long.parseLong(than);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private record Key(HubKind kind, String namespace, String name) {
        static Key of(SeenObject object) {
            return new Key(object.kind(), object.namespace(), object.name());
        }
    }

    private sealed interface Entry {
        record Present(SeenObject object) implements Entry {}

        record Gone(SeenObject object) implements Entry {}
    }
}
