package dev.echelon.api.ztp;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Holds only a part of each object for an informer. What the informer tells of when it lists for the first time comes
 * from here, so the part has to have all that listeners look at, and the names and versions that the informer needs.
 */
final class BareStore implements ItemStore<GenericKubernetesResource> {

    private final Map<String, GenericKubernetesResource> items = new ConcurrentHashMap<>();
    private final UnaryOperator<GenericKubernetesResource> bare;

    BareStore(UnaryOperator<GenericKubernetesResource> bare) {
        this.bare = bare;
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        return items.put(key, bare.apply(object));
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
