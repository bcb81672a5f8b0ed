package dev.echelon.simulator.fleet;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Remembers of each watched object which version was seen, and no more: the behaviours keep what they need of an object
 * themselves, and a fleet's policies are too many to be held twice.
 */
final class VersionsOnly implements ItemStore<GenericKubernetesResource> {
    private final Map<String, GenericKubernetesResource> seen = new ConcurrentHashMap<>();

    @Override
    public String getKey(GenericKubernetesResource object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        ObjectMeta meta = object.getMetadata();
        GenericKubernetesResource slim = new GenericKubernetesResource();
        slim.setApiVersion(object.getApiVersion());
        slim.setKind(object.getKind());
        ObjectMeta kept = new ObjectMeta();
        kept.setName(meta.getName());
        kept.setNamespace(meta.getNamespace());
        kept.setUid(meta.getUid());
        kept.setResourceVersion(meta.getResourceVersion());
        kept.setLabels(meta.getLabels());
        slim.setMetadata(kept);
        return seen.put(key, slim);
    }

    @Override
    public GenericKubernetesResource remove(String key) {
        return seen.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return seen.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return seen.values().stream();
    }

    @Override
    public int size() {
        return seen.size();
    }

    @Override
    public GenericKubernetesResource get(String key) {
        return seen.get(key);
    }

    @Override
    public boolean isFullState() {
        return false;
    }
}
