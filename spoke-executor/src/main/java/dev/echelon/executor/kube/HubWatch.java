package dev.echelon.executor.kube;

import dev.echelon.executor.domain.CguLabels;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.SeenObject;
import dev.echelon.executor.work.HubListener;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * Watches what the executor acts on: ManagedClusterViews and ManagedClusterActions of the fixed names or with the CGU's
 * label, Placements, PlacementBindings and ManifestWorks of CGUs, and ManagedClusters. One watch for a kind, over all
 * namespaces. A watch that breaks is begun anew by the client; what was missed meanwhile shows as changes.
 */
public final class HubWatch implements AutoCloseable {

    /** Keeps one answer of a hub with thousands of spokes at a bearable size. */
    private static final long PAGE = 500;

    private final KubernetesClient client;
    private final HubCache cache;
    private final HubListener listener;
    private final Map<String, SharedIndexInformer<GenericKubernetesResource>> informers = new LinkedHashMap<>();
    private final List<CompletableFuture<Void>> listed = new ArrayList<>();

    public HubWatch(KubernetesClient client, HubCache cache, HubListener listener) {
        this.client = client;
        this.cache = cache;
        this.listener = listener;
    }

    /**
     * Begins to watch, and goes on trying where the hub is away.
     *
     * @return completes when everything has been listed once; never fails, and may take for ever
     */
    public CompletionStage<Void> start() {
        // A watch cannot select by "this name or that label", so these two kinds are sorted out here.
        watchAll(HubKind.VIEW, new HashSet<>(LiveHub.VIEWS));
        watchAll(HubKind.ACTION, new HashSet<>(LiveHub.ACTIONS));
        watchLabelled(HubKind.PLACEMENT);
        watchLabelled(HubKind.BINDING);
        watchLabelled(HubKind.WORK);
        begin(HubKind.CLUSTER,
                client.genericKubernetesResources(context(HubKind.CLUSTER)).withLimit(PAGE).runnableInformer(0),
                new ClusterEvents(), _ -> true);
        return CompletableFuture.allOf(listed.toArray(CompletableFuture[]::new));
    }

    /** Finds what was deleted without an event; to be called now and then. Costs no request. */
    public void sweep() {
        for (HubKind kind : HubKind.values()) {
            SharedIndexInformer<GenericKubernetesResource> informer = informers.get(kind.plural());
            String upTo = informer == null ? null : informer.lastSyncResourceVersion();
            if (upTo != null) {
                cache.sweep(kind, upTo, (namespace, name) ->
                                informer.getStore().getByKey(Cache.namespaceKeyFunc(namespace, name)) != null)
                        .forEach(object -> tell(kind, object));
            }
        }
    }

    /** Whether all watches stand now; false while the hub is away. */
    public boolean isWatching() {
        return !informers.isEmpty() && informers.values().stream().allMatch(SharedIndexInformer::isWatching);
    }

    /** What cannot be watched at present, for a health check to show; empty when everything is. */
    public Optional<String> problem() {
        List<String> unwatched = new ArrayList<>();
        informers.forEach((resource, informer) -> {
            if (!informer.isWatching()) {
                unwatched.add(resource);
            }
        });
        return unwatched.isEmpty() ? Optional.empty() : Optional.of("not watched: " + String.join(", ", unwatched));
    }

    @Override
    public void close() {
        informers.values().forEach(SharedIndexInformer::stop);
    }

    private void watchAll(HubKind kind, Set<String> names) {
        Predicate<GenericKubernetesResource> matters =
                object -> names.contains(object.getMetadata().getName()) || isLabelled(object);
        begin(kind,
                client.genericKubernetesResources(context(kind)).inAnyNamespace().withLimit(PAGE).runnableInformer(0),
                new ObjectEvents(kind, matters), matters);
    }

    private void watchLabelled(HubKind kind) {
        begin(kind,
                client.genericKubernetesResources(context(kind)).inAnyNamespace()
                        .withLabel(CguLabels.CGU).withLimit(PAGE).runnableInformer(0),
                new ObjectEvents(kind, _ -> true), _ -> true);
    }

    private static boolean isLabelled(GenericKubernetesResource object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels != null && labels.containsKey(CguLabels.CGU);
    }

    private static ResourceDefinitionContext context(HubKind kind) {
        return new ResourceDefinitionContext.Builder()
                .withGroup(kind.group())
                .withVersion(kind.version())
                .withKind(kind.kind())
                .withPlural(kind.plural())
                .withNamespaced(kind.isNamespaced())
                .build();
    }

    private void begin(
            HubKind kind,
            SharedIndexInformer<GenericKubernetesResource> informer,
            ResourceEventHandler<GenericKubernetesResource> events,
            Predicate<GenericKubernetesResource> matters) {
        informers.put(kind.plural(), informer);
        listed.add(informer.removeNamespaceIndex()
                .itemStore(new Selected(matters, kind != HubKind.WORK))
                .exceptionHandler((_, _) -> true)
                .addEventHandler(events)
                .start()
                .toCompletableFuture());
    }

    private void tell(HubKind kind, SeenObject object) {
        switch (kind) {
            case VIEW, WORK -> listener.spokeChanged(object.namespace());
            case CLUSTER -> listener.spokeChanged(object.name());
            // Nothing waits for an action: what it did shows in a view.
            case ACTION -> {}
            case PLACEMENT, BINDING -> CguLabels.owner(object.labels()).ifPresent(listener::enforcementChanged);
            case TEMPLATE, EVENT, UPGRADE -> throw new IllegalArgumentException(kind + " is not watched");
        }
    }

    private final class ObjectEvents implements ResourceEventHandler<GenericKubernetesResource> {

        private final HubKind kind;
        private final Predicate<GenericKubernetesResource> matters;

        ObjectEvents(HubKind kind, Predicate<GenericKubernetesResource> matters) {
            this.kind = kind;
            this.matters = matters;
        }

        @Override
        public void onAdd(GenericKubernetesResource object) {
            if (matters.test(object)) {
                SeenObject seen = SeenObjects.of(kind, object);
                if (cache.seen(seen)) {
                    tell(kind, seen);
                }
            }
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
            if (matters.test(object)) {
                onAdd(object);
            } else {
                onDelete(before, false);
            }
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
            if (matters.test(object)) {
                SeenObject seen = SeenObjects.of(kind, object);
                if (cache.gone(seen)) {
                    tell(kind, seen);
                }
            }
        }

    }

    private final class ClusterEvents implements ResourceEventHandler<GenericKubernetesResource> {

        @Override
        public void onAdd(GenericKubernetesResource cluster) {
            String name = cluster.getMetadata().getName();
            // Nothing waits for a label: only what changes whether the spoke can be reached wakes its worker.
            cache.seen(SeenObjects.of(HubKind.CLUSTER, cluster));
            if (cache.available(name, isAvailable(cluster))) {
                listener.spokeChanged(name);
            }
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource cluster) {
            onAdd(cluster);
        }

        @Override
        public void onDelete(GenericKubernetesResource cluster, boolean finalStateUnknown) {
            cache.gone(SeenObjects.of(HubKind.CLUSTER, cluster));
            cache.forgetCluster(cluster.getMetadata().getName());
            listener.spokeChanged(cluster.getMetadata().getName());
        }

        private static boolean isAvailable(GenericKubernetesResource cluster) {
            return cluster.getAdditionalProperties().get("status") instanceof Map<?, ?> status
                    && status.get("conditions") instanceof List<?> conditions
                    && conditions.stream().anyMatch(condition -> condition instanceof Map<?, ?> map
                            && "ManagedClusterConditionAvailable".equals(map.get("type"))
                            && "True".equals(map.get("status")));
        }
    }
}
