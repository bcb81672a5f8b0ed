package dev.echelon.executor.kube;

import dev.echelon.executor.domain.Enforcement;
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
 * Watches what the executor acts on: ManagedClusterViews and ManagedClusterActions of the fixed names, Placements and
 * PlacementBindings of CGUs, and whether ManagedClusters are available. One watch for a kind, over all namespaces. A
 * watch that breaks is begun anew by the client; what was missed meanwhile shows as changes.
 */
public final class HubWatch implements AutoCloseable {

    private static final ResourceDefinitionContext MANAGED_CLUSTERS = new ResourceDefinitionContext.Builder()
            .withGroup("cluster.open-cluster-management.io")
            .withVersion("v1")
            .withKind("ManagedCluster")
            .withPlural("managedclusters")
            .withNamespaced(false)
            .build();

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
        Set<String> views = new HashSet<>(LiveHub.VIEWS);
        Set<String> actions = new HashSet<>(LiveHub.ACTIONS);
        watch(HubKind.VIEW, views::contains);
        watch(HubKind.ACTION, actions::contains);
        watch(HubKind.PLACEMENT, _ -> true);
        watch(HubKind.BINDING, _ -> true);
        SharedIndexInformer<GenericKubernetesResource> clusters = client
                .genericKubernetesResources(MANAGED_CLUSTERS)
                .withLimit(PAGE)
                .runnableInformer(0);
        begin("managedclusters", clusters, new ClusterEvents(), _ -> true);
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

    private void watch(HubKind kind, Predicate<String> names) {
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                .withGroup(kind.group())
                .withVersion(kind.version())
                .withKind(kind.kind())
                .withPlural(kind.plural())
                .withNamespaced(true)
                .build();
        var all = client.genericKubernetesResources(context).inAnyNamespace();
        var informer = switch (kind) {
            case VIEW, ACTION -> all.withLimit(PAGE).runnableInformer(0);
            case PLACEMENT, BINDING -> all.withLabel(Enforcement.CGU_LABEL).withLimit(PAGE).runnableInformer(0);
        };
        begin(kind.plural(), informer, new ObjectEvents(kind, names), names);
    }

    private void begin(
            String resource,
            SharedIndexInformer<GenericKubernetesResource> informer,
            ResourceEventHandler<GenericKubernetesResource> events,
            Predicate<String> names) {
        informers.put(resource, informer);
        listed.add(informer.removeNamespaceIndex()
                .itemStore(new NamedOnly(names))
                .exceptionHandler((_, _) -> true)
                .addEventHandler(events)
                .start()
                .toCompletableFuture());
    }

    private void tell(HubKind kind, SeenObject object) {
        switch (kind) {
            case VIEW -> listener.spokeChanged(object.namespace());
            // Nothing waits for an action: what it did shows in a view.
            case ACTION -> {}
            case PLACEMENT, BINDING -> Enforcement.owner(object.labels()).ifPresent(listener::enforcementChanged);
        }
    }

    private final class ObjectEvents implements ResourceEventHandler<GenericKubernetesResource> {

        private final HubKind kind;
        private final Predicate<String> names;

        ObjectEvents(HubKind kind, Predicate<String> names) {
            this.kind = kind;
            this.names = names;
        }

        @Override
        public void onAdd(GenericKubernetesResource object) {
            if (names.test(object.getMetadata().getName())) {
                SeenObject seen = SeenObjects.of(kind, object);
                if (cache.seen(seen)) {
                    tell(kind, seen);
                }
            }
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
            onAdd(object);
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
            if (names.test(object.getMetadata().getName())) {
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
