package dev.echelon.executor.kube;

import dev.echelon.contract.CguId;
import dev.echelon.executor.domain.BackupObjects;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.HubObject;
import dev.echelon.executor.domain.ObservedSpoke;
import dev.echelon.executor.domain.ObservedSpoke.ActionState;
import dev.echelon.executor.domain.PrecacheObjects;
import dev.echelon.executor.domain.SeenObject;
import dev.echelon.executor.domain.ViewAnswer;
import dev.echelon.executor.work.Hub;
import dev.echelon.executor.work.HubException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The hub as it is: what it shows comes from the cache, changes go out as requests. */
public final class LiveHub implements Hub {

    /** The views of the fixed names that the executor makes on a spoke. */
    static final List<String> VIEWS =
            Stream.of(PrecacheObjects.VIEWS, BackupObjects.VIEWS).flatMap(List::stream).toList();

    /** The actions of the fixed names that the executor makes on a spoke. */
    static final List<String> ACTIONS = Stream.of(
                    PrecacheObjects.CREATE_ACTIONS, PrecacheObjects.DELETE_ACTIONS,
                    BackupObjects.CREATE_ACTIONS, BackupObjects.DELETE_ACTIONS)
            .flatMap(List::stream)
            .toList();

    private final HubCache cache;
    private final HubWriter writer;

    public LiveHub(HubCache cache, HubWriter writer) {
        this.cache = cache;
        this.writer = writer;
    }

    @Override
    public ObservedSpoke spoke(String cluster) {
        Map<String, ViewAnswer> views = new HashMap<>();
        for (String name : VIEWS) {
            cache.get(HubKind.VIEW, cluster, name).ifPresent(view -> views.put(name, ViewAnswer.of(status(view))));
        }
        Map<String, ActionState> actions = new HashMap<>();
        for (String name : ACTIONS) {
            cache.get(HubKind.ACTION, cluster, name).ifPresent(action ->
                    actions.put(name, isSpent(action) ? ActionState.SPENT : ActionState.WAITING));
        }
        return new ObservedSpoke(cache.isAvailable(cluster), views, actions);
    }

    @Override
    public Collection<SeenObject> enforcing(CguId cgu) {
        return cache.enforcing(cgu);
    }

    @Override
    public Optional<SeenObject> find(HubKind kind, String namespace, String name) {
        if (cache.lacks(kind)) {
            throw HubException.notInstalled(kind);
        }
        return cache.get(kind, namespace, name);
    }

    @Override
    public Collection<SeenObject> ofCgus(HubKind kind, String cluster) {
        return cache.ofCgus(kind, cluster);
    }

    @Override
    public Optional<SeenObject> read(HubKind kind, String namespace, String name) {
        return writer.read(kind, namespace, name);
    }

    @Override
    public void apply(Change change) {
        switch (change) {
            case Change.Ensure(var object) -> {
                if (find(object).isEmpty()) {
                    create(object);
                }
            }
            case Change.Issue(var action) -> {
                Optional<SeenObject> found = find(action);
                if (found.isPresent() && isSpent(found.get())) {
                    delete(action.kind(), action.namespace(), action.name());
                    create(action);
                } else if (found.isEmpty() && create(action).filter(LiveHub::isSpent).isPresent()) {
                    delete(action.kind(), action.namespace(), action.name());
                    create(action);
                }
            }
            case Change.Recreate(var object) -> {
                find(object).ifPresent(this::deleteAsSeen);
                create(object);
            }
            case Change.Align(var object) -> align(object);
            case Change.Relabel relabel -> relabel(relabel);
            case Change.Delete(var kind, var namespace, var name) -> delete(kind, namespace, name);
        }
    }

    private Optional<SeenObject> find(HubObject object) {
        return cache.get(object.kind(), object.namespace(), object.name());
    }

    private void align(HubObject object) {
        Optional<SeenObject> found = find(object);
        if (found.isEmpty()) {
            found = create(object);
        }
        if (found.isPresent() && found.get().matches(object)) {
            return;
        }
        Optional<SeenObject> patched = writer.patch(object);
        if (patched.isPresent()) {
            cache.seen(patched.get());
            return;
        }
        // It was deleted a moment ago, and the watch has not shown that yet.
        found.ifPresent(gone -> cache.deleted(gone.kind(), gone.namespace(), gone.name(), gone.uid()));
        create(object);
    }

    private void relabel(Change.Relabel change) {
        Map<String, Object> metadata = new HashMap<>();
        metadata.put("labels", merge(change.labels(), change.noLabels()));
        metadata.put("annotations", merge(change.annotations(), change.noAnnotations()));
        writer.patch(HubKind.CLUSTER, "", change.cluster(), Map.of("metadata", metadata)).ifPresent(cache::seen);
    }

    private static Map<String, String> merge(Map<String, String> set, Set<String> removed) {
        Map<String, String> merge = new HashMap<>(set);
        removed.forEach(key -> merge.put(key, null));
        return merge;
    }

    /** Creates the object, or learns of the one that is there although no watch has shown it. */
    private Optional<SeenObject> create(HubObject object) {
        Optional<SeenObject> now = writer.create(object);
        if (now.isEmpty()) {
            now = writer.read(object.kind(), object.namespace(), object.name());
            // It may also have gone between the two requests: then nothing is there, and nothing would tell of it.
            if (now.filter(there -> !there.deleting()).isEmpty()) {
                throw HubException.refused(
                        "create " + object.kind().kind() + " " + object.namespace() + "/" + object.name(), 409,
                        "the one before it is still being deleted");
            }
        }
        now.ifPresent(cache::seen);
        return now;
    }

    private void delete(HubKind kind, String namespace, String name) {
        cache.get(kind, namespace, name).ifPresent(object -> {
            Optional<SeenObject> held = writer.delete(kind, namespace, name);
            if (kind == HubKind.WORK && held.isPresent()) {
                // Its agent first takes away what it brought; until then the next one must not come.
                cache.seen(held.get());
            } else {
                cache.deleted(kind, namespace, name, object.uid());
            }
        });
    }

    /** What somebody has answered in the meantime would be lost with the object. */
    private void deleteAsSeen(SeenObject object) {
        writer.delete(object);
        cache.deleted(object.kind(), object.namespace(), object.name(), object.uid());
    }

    /** Whether the spoke has carried the action out, or said that it cannot: an action is done once. */
    private static boolean isSpent(SeenObject action) {
        Map<?, ?> status = status(action);
        return status != null && status.get("conditions") instanceof List<?> conditions && !conditions.isEmpty();
    }

    private static Map<?, ?> status(SeenObject object) {
        return object.content().get("status") instanceof Map<?, ?> status ? status : null;
    }
}
