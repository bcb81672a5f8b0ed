package dev.echelon.watcher.kube;

import dev.echelon.contract.CguId;
import dev.echelon.watcher.domain.Replica;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Map;
import java.util.Optional;

/** The labels by which an object on the hub says which rollout made it (contract 1.7). */
final class Owner {

    static final String NAME_LABEL = Replica.ROLLOUT_LABEL;
    static final String NAMESPACE_LABEL = "openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace";

    private Owner() {}

    /** Empty when the labels name nobody. */
    static Optional<CguId> of(ObjectMeta metadata) {
        Map<String, String> labels = metadata.getLabels() == null ? Map.of() : metadata.getLabels();
        String name = labels.getOrDefault(NAME_LABEL, "");
        String namespace = labels.getOrDefault(NAMESPACE_LABEL, "");
        return name.isEmpty() || namespace.isEmpty() ? Optional.empty() : Optional.of(new CguId(namespace, name));
    }
}
