package dev.echelon.executor.kube;

import dev.echelon.executor.domain.CguLabels;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.SeenObject;
import dev.echelon.executor.work.HubListener;
import dev.echelon.hubclient.HubContact;
import dev.echelon.hubclient.HubKinds;
import dev.echelon.hubclient.PartStore;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * Watches what the executor acts on: ManagedClusterViews and ManagedClusterActions of the fixed names or with the CGU's
 * label, Placements, PlacementBindings and ManifestWorks of CGUs, and ManagedClusters. One watch for a kind, over all
 * namespaces. A watch that breaks is begun anew by the client; what was missed meanwhile shows as changes. A kind that
 * the hub does not have is looked for again and again; until it is there, there are no objects of it.
 */
public final class HubWatch implements AutoCloseable {

    /** Keeps one answer of a hub with thousands of spokes at a bearable size. */
    private static final long PAGE = 500;

    private final KubernetesClient client;
    private final HubCache cache;
    private final HubListener listener;
    private final Map<HubKind, Watched> watched = new LinkedHashMap<>();

    public HubWatch(KubernetesClient client, HubCache cache, HubListener listener) {
        this.client = client;
        this.cache = cache;
        this.listener = listener;
    }

    /**
     * Begins to watch, and goes on trying where the hub is away.
     *
     * @return completes when everything that the hub has has been listed once; never fails, and may take for ever
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
        return CompletableFuture.allOf(
                watched.values().stream().map(kind -> kind.known).toArray(CompletableFuture[]::new));
    }

    /** Finds what was deleted without an event; to be called now and then. Costs no request. */
    public void sweep() {
        watched.forEach((kind, each) -> {
            String upTo = each.informer.lastSyncResourceVersion();
            if (upTo != null) {
                cache.sweep(kind, upTo, (namespace, name) ->
                                each.informer.getStore().getByKey(Cache.namespaceKeyFunc(namespace, name)) != null)
                        .forEach(object -> tell(kind, object));
            }
        });
    }

    /** Whether all kinds are watched now that the hub has; false while the hub is away. */
    public boolean isWatching() {
        return !watched.isEmpty() && watched.values().stream().noneMatch(Watched::isInterrupted);
    }

    /** What is not watched at present, for a health check to show; empty when everything is. */
    public Optional<String> problem() {
        List<String> problems = new ArrayList<>();
        problems("not watched: ", Watched::isInterrupted).map(this::withCause).ifPresent(problems::add);
        problems("not installed on the hub: ", Watched::isMissing).ifPresent(problems::add);
        return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
    }

    private Optional<String> problems(String title, Predicate<Watched> which) {
        List<String> kinds = watched.entrySet().stream()
                .filter(entry -> which.test(entry.getValue()))
                .map(entry -> entry.getKey().plural())
                .toList();
        return kinds.isEmpty() ? Optional.empty() : Optional.of(title + String.join(", ", kinds));
    }

    private String withCause(String notWatched) {
        return HubContact.of(client)
                .problem()
                .map(away -> away + "; " + notWatched)
                .orElse(notWatched);
    }

    @Override
    public void close() {
        watched.values().forEach(each -> each.informer.stop());
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
        return HubKinds.of(kind.group(), kind.version(), kind.kind(), kind.plural(), kind.isNamespaced());
    }

    /** What is held: the views that others make on a hub are many, and the content of ManifestWorks is large. */
    private static GenericKubernetesResource held(HubKind kind, GenericKubernetesResource object) {
        object.getMetadata().setManagedFields(null);
        if (kind != HubKind.WORK) {
            return object;
        }
        GenericKubernetesResource slim = new GenericKubernetesResource();
        slim.setApiVersion(object.getApiVersion());
        slim.setKind(object.getKind());
        slim.setMetadata(object.getMetadata());
        return slim;
    }

    private void begin(
            HubKind kind,
            SharedIndexInformer<GenericKubernetesResource> informer,
            ResourceEventHandler<GenericKubernetesResource> events,
            Predicate<GenericKubernetesResource> matters) {
        Watched each = new Watched(kind, informer);
        watched.put(kind, each);
        informer.removeNamespaceIndex()
                .itemStore(new PartStore(object -> Optional.of(object).filter(matters).map(one -> held(kind, one))))
                .exceptionHandler((_, failure) -> each.failed(failure))
                .addEventHandler(events)
                .start()
                .thenRun(each::listed);
    }

    /** One kind, and how it stands with it. */
    private final class Watched {

        private final HubKind kind;
        private final SharedIndexInformer<GenericKubernetesResource> informer;
        /** Completes when what there is is known: it has been listed, or the hub has said that it has no such kind. */
        private final CompletableFuture<Void> known = new CompletableFuture<>();
        private volatile boolean listed;

        Watched(HubKind kind, SharedIndexInformer<GenericKubernetesResource> informer) {
            this.kind = kind;
            this.informer = informer;
        }

        boolean isMissing() {
            return cache.lacks(kind);
        }

        boolean isInterrupted() {
            return !informer.isWatching() && !isMissing();
        }

        void listed() {
            listed = true;
            cache.has(kind);
            known.complete(null);
        }

        /** @return true, always: it is tried again */
        boolean failed(Throwable failure) {
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure;
            // A kind that was there may be away while the hub starts; that is waited for like the hub itself.
            if (!listed && cause instanceof KubernetesClientException answered && answered.getCode() == 404) {
                if (!isMissing()) {
                    System.getLogger(HubWatch.class.getName()).log(System.Logger.Level.WARNING,
                            "the hub has no {0}; they are looked for again", kind.plural());
                }
                cache.lacksNow(kind);
                known.complete(null);
            } else {
                HubContact.of(client).failed(failure);
            }
            return true;
        }
    }

    private void tell(HubKind kind, SeenObject object) {
        switch (kind) {
            case VIEW, ACTION, WORK -> listener.spokeChanged(object.namespace());
            case CLUSTER -> listener.spokeChanged(object.name());
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
