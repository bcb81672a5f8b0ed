package dev.echelon.api.ztp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.ztp.domain.ChildPolicy;
import dev.echelon.api.ztp.domain.ClusterState;
import dev.echelon.api.ztp.domain.InstallCgu;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.hubclient.HubKinds;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The requests of the automatic ClusterGroupUpgrade, one method each. Each throws what the client throws. */
final class ZtpHub {

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    /** Keeps one answer of a hub with thousands of clusters at a bearable size. */
    private static final long PAGE = 500;

    private static final ResourceDefinitionContext CGUS = HubKinds.of(
            ClusterGroupUpgrade.GROUP,
            ClusterGroupUpgrade.VERSION,
            ClusterGroupUpgrade.KIND,
            ClusterGroupUpgrade.PLURAL,
            true);

    private final KubernetesClient client;

    ZtpHub(KubernetesClient client) {
        this.client = client;
    }

    /** All clusters, to be watched. */
    SharedIndexInformer<GenericKubernetesResource> clusters() {
        return client.genericKubernetesResources(HubKinds.CLUSTERS).withLimit(PAGE).runnableInformer(0);
    }

    /** The automatic ClusterGroupUpgrades, to be watched. */
    SharedIndexInformer<GenericKubernetesResource> cgus() {
        return client.genericKubernetesResources(CGUS)
                .inNamespace(InstallCgu.NAMESPACE)
                .withLimit(PAGE)
                .runnableInformer(0);
    }

    Optional<ClusterState> cluster(String name) {
        return Optional.ofNullable(client.genericKubernetesResources(HubKinds.CLUSTERS).withName(name).get())
                .map(ZtpHub::state);
    }

    boolean hasCgu(String cluster) {
        return client.genericKubernetesResources(CGUS).inNamespace(InstallCgu.NAMESPACE).withName(cluster).get()
                != null;
    }

    /** Policies in the cluster's namespace that came from root policies. */
    List<ChildPolicy> childPolicies(String cluster) {
        return client.genericKubernetesResources(HubKinds.POLICIES)
                .inNamespace(cluster)
                .withLabel(ChildPolicy.CHILD_LABEL)
                .list()
                .getItems()
                .stream()
                .map(policy -> new ChildPolicy(
                        policy.getMetadata().getName(),
                        orEmpty(policy.getMetadata().getLabels()),
                        orEmpty(policy.getMetadata().getAnnotations()),
                        policy.get("spec", "remediationAction") instanceof String action ? action : ""))
                .toList();
    }

    /** Creates it, and its namespace where that is gone. One that exists is as good as created. */
    void create(ObjectNode cgu) {
        try {
            createOnce(cgu);
        } catch (KubernetesClientException e) {
            if (e.getCode() != NOT_FOUND
                    || !String.valueOf(e.getMessage()).contains("namespaces \"" + InstallCgu.NAMESPACE + "\"")) {
                throw e;
            }
            createNamespace();
            createOnce(cgu);
        }
    }

    private void createOnce(ObjectNode cgu) {
        GenericKubernetesResource resource =
                client.getKubernetesSerialization().unmarshal(cgu.toString(), GenericKubernetesResource.class);
        unlessThere(() -> client.genericKubernetesResources(CGUS)
                .inNamespace(InstallCgu.NAMESPACE)
                .resource(resource)
                .create());
    }

    /** Creates the namespace of the automatic ClusterGroupUpgrades, unless it is there. */
    void createNamespace() {
        unlessThere(() -> client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(InstallCgu.NAMESPACE)
                        .endMetadata()
                        .build())
                .create());
    }

    private static void unlessThere(Runnable create) {
        try {
            create.run();
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                throw e;
            }
        }
    }

    static ClusterState state(GenericKubernetesResource cluster) {
        return new ClusterState(
                cluster.getMetadata().getName(),
                cluster.getMetadata().getUid(),
                isAvailable(cluster),
                orEmpty(cluster.getMetadata().getLabels()).containsKey(ClusterState.DONE_LABEL),
                cluster.getMetadata().getDeletionTimestamp() != null);
    }

    /** The object with nothing but its names and versions and what {@link #state} reads. */
    static GenericKubernetesResource bare(GenericKubernetesResource object) {
        GenericKubernetesResource bare = new GenericKubernetesResource();
        bare.setApiVersion(object.getApiVersion());
        bare.setKind(object.getKind());
        Map<String, String> labels = orEmpty(object.getMetadata().getLabels());
        bare.setMetadata(new ObjectMetaBuilder()
                .withName(object.getMetadata().getName())
                .withNamespace(object.getMetadata().getNamespace())
                .withUid(object.getMetadata().getUid())
                .withResourceVersion(object.getMetadata().getResourceVersion())
                .withDeletionTimestamp(object.getMetadata().getDeletionTimestamp())
                .withLabels(labels.containsKey(ClusterState.DONE_LABEL)
                        ? Map.of(ClusterState.DONE_LABEL, labels.get(ClusterState.DONE_LABEL))
                        : Map.of())
                .build());
        bare.setAdditionalProperty(
                "status", Map.of("conditions", availability(object).map(List::of).orElse(List.of())));
        return bare;
    }

    private static boolean isAvailable(GenericKubernetesResource cluster) {
        return availability(cluster).filter(condition -> "True".equals(condition.get("status"))).isPresent();
    }

    private static Optional<Map<?, ?>> availability(GenericKubernetesResource cluster) {
        if (cluster.get("status", "conditions") instanceof List<?> conditions) {
            for (Object condition : conditions) {
                if (condition instanceof Map<?, ?> map && ClusterState.AVAILABLE.equals(map.get("type"))) {
                    return Optional.of(map);
                }
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> orEmpty(Map<String, String> map) {
        return map == null ? Map.of() : map;
    }
}
