package dev.echelon.executor.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What an informer holds: only the objects that matter, because the views that others make on a hub are many, and of
 * them only what matters, because ManifestWorks are large.
 */
final class Selected implements ItemStore<GenericKubernetesResource> {

    private final Map<String, GenericKubernetesResource> items = new ConcurrentHashMap<>();
    private final Predicate<GenericKubernetesResource> matters;
    private final boolean withContent;

    /** @param withContent whether more than the metadata matters */
    Selected(Predicate<GenericKubernetesResource> matters, boolean withContent) {
        this.matters = matters;
        this.withContent = withContent;
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        // One that does not matter any more is let go, and the handler hears of it as of a change.
        return matters.test(object) ? items.put(key, held(object)) : items.remove(key);
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

    /** The handlers are told of what was listed by what is held here, so it has to be all that they look at. */
    private GenericKubernetesResource held(GenericKubernetesResource object) {
        object.getMetadata().setManagedFields(null);
        if (withContent) {
            return object;
        }
        GenericKubernetesResource slim = new GenericKubernetesResource();
        slim.setApiVersion(object.getApiVersion());
        slim.setKind(object.getKind());
        slim.setMetadata(object.getMetadata());
        return slim;
    }
}
