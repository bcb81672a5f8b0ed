package dev.echelon.api.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.telemetry.RepeatedTrouble;
import dev.echelon.hubclient.HubContact;
import dev.echelon.hubclient.HubFailures;
import dev.echelon.hubclient.HubKinds;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * ClusterGroupUpgrades on the hub: watched where the CRD is installed, written with one request each. The CRD may come
 * and go; a hub that cannot be reached is tried again for ever.
 */
final class HubCgus implements AutoCloseable {

    /** Hears what happens on the hub. */
    interface Listener {

        /** Everything that is there has been seen; {@code changed} follows for what changes later. */
        void synced(List<ObjectNode> crs);

        void changed(ObjectNode cr);

        void deleted(ObjectNode lastKnown);

        /** The CRD is not there, or not any more, and with it everything. */
        void withdrawn();

        void namespaceAppeared(String namespace);
    }

    private static final Logger LOG = Logger.getLogger(HubCgus.class);
    private static final String CRD = ClusterGroupUpgrade.PLURAL + "." + ClusterGroupUpgrade.GROUP;
    private static final ResourceDefinitionContext KIND = HubKinds.of(
            ClusterGroupUpgrade.GROUP,
            ClusterGroupUpgrade.VERSION,
            ClusterGroupUpgrade.KIND,
            ClusterGroupUpgrade.PLURAL,
            true);

    private final KubernetesClient client;
    private final Listener listener;
    private final RepeatedTrouble repeated = new RepeatedTrouble(InstantSource.system());
    private SharedIndexInformer<CustomResourceDefinition> definitions;
    private Optional<SharedIndexInformer<GenericKubernetesResource>> crs = Optional.empty();
    private Optional<SharedIndexInformer<Namespace>> namespaces = Optional.empty();
    private boolean closed;
    private String lastFailure = "the hub has not answered yet";

    HubCgus(KubernetesClient client, Listener listener) {
        this.client = client;
        this.listener = listener;
    }

    /** Begins to watch, in the background. */
    synchronized void start() {
        definitions = client.apiextensions().v1().customResourceDefinitions().withName(CRD).runnableInformer(0);
        definitions.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(CustomResourceDefinition crd) {
                watchCrs();
            }

            @Override
            public void onUpdate(CustomResourceDefinition before, CustomResourceDefinition after) {
                watchCrs();
            }

            @Override
            public void onDelete(CustomResourceDefinition crd, boolean unknown) {
                stopWatchingCrs();
            }
        });
        definitions.exceptionHandler((started, e) -> retry("CustomResourceDefinitions", e));
        definitions.start().thenRun(this::lookedForCrd);
    }

    private synchronized void lookedForCrd() {
        if (crs.isEmpty() && definitions.getStore().list().isEmpty()) {
            LOG.info("the CRD " + CRD + " is not on the hub: nothing is mirrored until it is");
            listener.withdrawn();
        }
    }

    /** Why the hub is not mirrored at present; empty when it is, or has no CRD. */
    synchronized Optional<String> problem() {
        boolean watching = definitions != null
                && definitions.isWatching()
                && crs.stream().allMatch(SharedIndexInformer::isWatching);
        return watching
                ? Optional.empty()
                : HubContact.of(client)
                        .problem()
                        .or(() -> Optional.of(lastFailure));
    }

    /** Whether a request failed because the hub is away, which is told of then. */
    boolean isAway(Throwable failure) {
        return HubContact.of(client).failed(failure);
    }

    private synchronized boolean retry(String what, Throwable e) {
        String now = what + " cannot be watched on the hub " + client.getMasterUrl() + ": " + HubFailures.inWords(e);
        if (!isAway(e) && repeated.isNews(now)) {
            LOG.warn(now + "; trying again until it works");
        }
        lastFailure = now;
        return true;
    }

    private synchronized void watchCrs() {
        if (closed || crs.isPresent()) {
            return;
        }
        SharedIndexInformer<GenericKubernetesResource> informer =
                client.genericKubernetesResources(KIND).inAnyNamespace().runnableInformer(0);
        crs = Optional.of(informer);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(GenericKubernetesResource cr) {
                listener.changed(tree(cr));
            }

            @Override
            public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
                listener.changed(tree(after));
            }

            @Override
            public void onDelete(GenericKubernetesResource cr, boolean unknown) {
                listener.deleted(tree(cr));
            }
        });
        informer.exceptionHandler((started, e) -> retry("ClusterGroupUpgrades", e));
        informer.start().thenRun(() -> {
            LOG.info("ClusterGroupUpgrades on the hub are mirrored");
            listener.synced(informer.getStore().list().stream().map(this::tree).toList());
        });
    }

    private synchronized void stopWatchingCrs() {
        crs.ifPresent(informer -> {
            informer.stop();
            LOG.info("the CRD " + CRD + " is gone from the hub: nothing is mirrored until it is back");
            listener.withdrawn();
        });
        crs = Optional.empty();
    }

    /** Tells the listener of every namespace that appears from now on. */
    synchronized void watchNamespaces() {
        if (closed || namespaces.isPresent()) {
            return;
        }
        SharedIndexInformer<Namespace> informer = client.namespaces().runnableInformer(0);
        namespaces = Optional.of(informer);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Namespace namespace) {
                listener.namespaceAppeared(namespace.getMetadata().getName());
            }

            @Override
            public void onUpdate(Namespace before, Namespace after) {
                // Only its presence matters.
            }

            @Override
            public void onDelete(Namespace namespace, boolean unknown) {
                // What was in it is told by its own deletion.
            }
        });
        informer.exceptionHandler((started, e) -> retry("Namespaces", e));
        informer.start();
    }

    ObjectNode create(CguId id, ObjectNode cr) {
        return tree(client.genericKubernetesResources(KIND)
                .inNamespace(id.namespace())
                .resource(client.getKubernetesSerialization().unmarshal(cr.toString(), GenericKubernetesResource.class))
                .create());
    }

    ObjectNode patch(CguId id, ObjectNode patch) {
        return MergePatch.send(client, path(id), patch);
    }

    ObjectNode patchStatus(CguId id, ObjectNode patch) {
        return MergePatch.send(client, path(id) + "/status", patch);
    }

    private static String path(CguId id) {
        return "/apis/" + ClusterGroupUpgrade.API_VERSION + "/namespaces/" + id.namespace() + "/"
                + ClusterGroupUpgrade.PLURAL + "/" + id.name();
    }

    Optional<ObjectNode> get(CguId id) {
        return Optional.ofNullable(named(id).get()).map(this::tree);
    }

    void delete(CguId id) {
        named(id).delete();
    }

    private Resource<GenericKubernetesResource> named(CguId id) {
        return client.genericKubernetesResources(KIND).inNamespace(id.namespace()).withName(id.name());
    }

    private ObjectNode tree(GenericKubernetesResource resource) {
        try {
            return (ObjectNode) Json.mapper().readTree(client.getKubernetesSerialization().asJson(resource));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the client wrote JSON that cannot be read", e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        Consumer<SharedIndexInformer<?>> stop = SharedIndexInformer::stop;
        crs.ifPresent(stop);
        namespaces.ifPresent(stop);
        if (definitions != null) {
            definitions.stop();
        }
    }
}
