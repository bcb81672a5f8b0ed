package dev.echelon.executor.aztp;

import dev.echelon.executor.aztp.domain.AcceleratedCluster;
import dev.echelon.executor.aztp.domain.ChildPolicy;
import dev.echelon.executor.aztp.domain.HandOver;
import dev.echelon.executor.domain.Trees;
import dev.echelon.hubclient.HubKinds;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The requests of accelerated ZTP to the hub, one method each. Each throws what the client throws. */
final class AztpHub {

    private static final ResourceDefinitionContext CGUS =
            HubKinds.of("ran.openshift.io", "v1alpha1", "ClusterGroupUpgrade", "clustergroupupgrades", true);
    private static final String CGU_NAMESPACE = "ztp-install";

    private final KubernetesClient client;

    AztpHub(KubernetesClient client) {
        this.client = client;
    }

    /** The clusters with the label, to be watched. */
    SharedIndexInformer<GenericKubernetesResource> clusters() {
        return client.genericKubernetesResources(HubKinds.CLUSTERS)
                .withLabel(AcceleratedCluster.LABEL)
                .runnableInformer(0);
    }

    AcceleratedCluster read(GenericKubernetesResource cluster) {
        return AcceleratedCluster.of(tree(cluster));
    }

    boolean hasCgu(String cluster) {
        return client.genericKubernetesResources(CGUS).inNamespace(CGU_NAMESPACE).withName(cluster).get() != null;
    }

    List<ChildPolicy> childPolicies(String cluster) {
        return client.genericKubernetesResources(HubKinds.POLICIES)
                .inNamespace(cluster)
                .withLabel(ChildPolicy.CHILD_LABEL)
                .list()
                .getItems()
                .stream()
                .map(policy -> new ChildPolicy(
                        policy.getMetadata().getName(),
                        policy.getMetadata().getLabels(),
                        Trees.map(policy.getAdditionalProperties().get("spec"))))
                .filter(ChildPolicy::isChild)
                .toList();
    }

    /**
     * Makes the cluster's ConfigMap have this content, with one read, and a write only where it differs.
     *
     * @return whether something was written
     */
    boolean ensure(AcceleratedCluster cluster, Map<String, String> content) {
        Optional<ConfigMap> found = Optional.ofNullable(configMap(cluster).get());
        OwnerReference owner = new OwnerReferenceBuilder()
                .withApiVersion(HubKinds.CLUSTERS.getGroup() + "/" + HubKinds.CLUSTERS.getVersion())
                .withKind(HubKinds.CLUSTERS.getKind())
                .withName(cluster.name())
                .withUid(cluster.uid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
        if (found.filter(there -> isSo(there, owner, content)).isPresent()) {
            return false;
        }
        ConfigMap wanted = found.map(ConfigMapBuilder::new)
                .orElseGet(ConfigMapBuilder::new)
                .editOrNewMetadata()
                .withName(HandOver.nameFor(cluster.name()))
                .withNamespace(cluster.name())
                .withOwnerReferences(owner)
                .endMetadata()
                .withData(content)
                .withBinaryData(null)
                .build();
        if (found.isPresent()) {
            client.resource(wanted).update();
        } else {
            client.resource(wanted).create();
        }
        return true;
    }

    private static boolean isSo(ConfigMap there, OwnerReference owner, Map<String, String> content) {
        return content.equals(there.getData())
                && (there.getBinaryData() == null || there.getBinaryData().isEmpty())
                && there.getMetadata().getOwnerReferences().equals(List.of(owner));
    }

    /** Makes the cluster have no ConfigMap. */
    void remove(AcceleratedCluster cluster) {
        if (configMap(cluster).get() != null) {
            configMap(cluster).delete();
        }
    }

    String yaml(Map<String, Object> object) {
        return client.getKubernetesSerialization().asYaml(object).replaceFirst("^---\\s*\n", "");
    }

    private Resource<ConfigMap> configMap(AcceleratedCluster cluster) {
        return client.configMaps().inNamespace(cluster.name()).withName(HandOver.nameFor(cluster.name()));
    }

    private Map<String, Object> tree(GenericKubernetesResource object) {
        return Trees.map(client.getKubernetesSerialization().convertValue(object, Map.class));
    }
}
