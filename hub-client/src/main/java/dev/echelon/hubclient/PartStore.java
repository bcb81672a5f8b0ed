package dev.echelon.hubclient;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What an informer holds of the objects of a kind: only those that matter, and of them only the part that matters. What
 * its handlers are told of when it lists for the first time comes from here, so the part has to have all that they look
 * at, and the names and versions that the informer needs.
 */
public final class PartStore implements ItemStore<GenericKubernetesResource> {

    private final Map<String, GenericKubernetesResource> items = new ConcurrentHashMap<>();
    private final Function<GenericKubernetesResource, Optional<GenericKubernetesResource>> part;

    /** @param part what is held of an object; empty for one that does not matter */
    public PartStore(Function<GenericKubernetesResource, Optional<GenericKubernetesResource>> part) {
        this.part = part;
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        // One that does not matter any more is let go, and the handler hears of it as of a change.
        Optional<GenericKubernetesResource> held = part.apply(object);
        return held.isPresent() ? items.put(key, held.get()) : items.remove(key);
    }

    @Override
    public GenericKubernetesResource remove(String key) {
        return items.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return items.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return items.values().stream();
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public GenericKubernetesResource get(String key) {
        return items.get(key);
    }
}
