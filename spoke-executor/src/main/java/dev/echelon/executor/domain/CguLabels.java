package dev.echelon.executor.domain;

import dev.echelon.contract.CguId;
import java.util.Map;
import java.util.Optional;

/** The labels and annotations by which objects on the hub say whose they are (contract 1.7). */
public final class CguLabels {

    /** On all objects of a CGU but those of pre-cache and backup; the watches select by it. */
    public static final String CGU = "openshift-cluster-group-upgrades/clusterGroupUpgrade";

    static final String NAMESPACE = "openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace";
    static final String REAL_NAME = "cluster-group-upgrades-operator/rname";
    static final String EXPECTED_VALUES = "openshift-cluster-group-upgrades/expectedValues";

    private CguLabels() {}

    /** The CGU that an object says it belongs to by its two labels; empty where it has not both. */
    public static Optional<CguId> owner(Map<String, String> labels) {
        String name = labels.getOrDefault(CGU, "");
        String namespace = labels.getOrDefault(NAMESPACE, "");
        return name.isEmpty() || namespace.isEmpty() ? Optional.empty() : Optional.of(new CguId(namespace, name));
    }

    /** The two labels of what belongs to the CGU. */
    static Map<String, String> of(CguId cgu) {
        return Map.of(CGU, cgu.name(), NAMESPACE, cgu.namespace());
    }

    /** The one label of an action that approves an install plan: the same key, in another form (contract 1.7). */
    static Map<String, String> ofAction(CguId cgu) {
        return Map.of(CGU, cgu.namespace() + "-" + cgu.name());
    }
}
