package dev.echelon.watcher.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The store of an informer, which keeps of each object only its name and version: what the informer needs to tell news
 * from repetition and to find out after a new list what is gone. The object itself goes to the intake on its way in, at
 * once and in order, and is then garbage.
 *
 * <p>The intake sits here and not in an event handler, because handlers run later on another thread: the list would be
 * "done" before its objects have arrived, and the queue between would hold all of them whole.
 */
final class IntakeStore<T extends HasMetadata> implements ItemStore<T> {

    private static final Logger LOG = System.getLogger(IntakeStore.class.getName());

    private final Map<String, T> stubs = new HashMap<>();
    private final Supplier<T> newObject;
    private final Intake<T> intake;

    IntakeStore(Supplier<T> newObject, Intake<T> intake) {
        this.newObject = newObject;
        this.intake = intake;
    }

    @Override
    public String getKey(T object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public synchronized T put(String key, T object) {
        try {
            intake.seen(object);
        } catch (RuntimeException e) {
            // An exception from here would stop the watch of the whole kind.
            LOG.log(Level.ERROR, "cannot make sense of " + object.getKind() + " " + key + "; it is passed over", e);
        }
        return stubs.put(key, stub(object));
    }

    @Override
    public synchronized T remove(String key) {
        T removed = stubs.remove(key);
        if (removed != null) {
            intake.gone(removed.getMetadata().getNamespace(), removed.getMetadata().getName());
        }
        return removed;
    }

    @Override
    public synchronized Stream<String> keySet() {
        return java.util.List.copyOf(stubs.keySet()).stream();
    }

    @Override
    public synchronized Stream<T> values() {
        return java.util.List.copyOf(stubs.values()).stream();
    }

    @Override
    public synchronized int size() {
        return stubs.size();
    }

    @Override
    public synchronized T get(String key) {
        return stubs.get(key);
    }

    /** No: so the informer does not come back for the objects. */
    @Override
    public boolean isFullState() {
        return false;
    }

    private T stub(T object) {
        T stub = newObject.get();
        stub.setMetadata(new ObjectMetaBuilder()
                .withNamespace(object.getMetadata().getNamespace())
                .withName(object.getMetadata().getName())
                .withResourceVersion(object.getMetadata().getResourceVersion())
                .build());
        return stub;
    }
}
