package dev.echelon.executor.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.PolicyPlacement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The objects that make ACM enforce a CGU's policies (contract 5): one Placement and one PlacementBinding for each
 * policy.
 */
public final class Enforcement {

    private static final String POLICY_LABEL = "openshift-cluster-group-upgrades/forPolicy";

    private static final List<Object> TOLERATIONS = List.of(
            Map.of("key", "cluster.open-cluster-management.io/unavailable", "operator", "Exists"),
            Map.of("key", "cluster.open-cluster-management.io/unreachable", "operator", "Exists"));

    private Enforcement() {}

    /**
     * What has to change so that each policy is enforced on exactly its clusters. An object that is right already is
     * not touched. The CGU's objects that are not wanted go: stale duplicates, whose {@code rname} has another name
     * now, and those of policies that are not in the CGU any more, wherever they lie.
     *
     * @param existing the CGU's Placements and PlacementBindings in all namespaces
     */
    public static List<Change> enforce(Intent.EnforcePolicies intent, Collection<SeenObject> existing) {
        Map<Place, SeenObject> seen = new HashMap<>();
        existing.forEach(object -> seen.put(Place.of(object), object));
        List<Change> changes = new ArrayList<>();
        Set<Place> wanted = new HashSet<>();
        for (PolicyPlacement policy : intent.placements()) {
            for (HubObject object : List.of(placement(intent.cgu(), policy), binding(intent.cgu(), policy))) {
                Place place = Place.of(object);
                wanted.add(place);
                SeenObject found = seen.get(place);
                if (found == null || !found.matches(object)) {
                    changes.add(new Change.Align(object));
                }
            }
        }
        existing.stream().filter(object -> !wanted.contains(Place.of(object))).forEach(
                object -> changes.add(new Change.Delete(object.kind(), object.namespace(), object.name())));
        return changes;
    }

    /** What has to change so that nothing of the CGU enforces in the namespaces: bindings go before placements. */
    public static List<Change> stop(Intent.StopEnforcing intent, Collection<SeenObject> existing) {
        return existing.stream()
                .filter(object -> intent.namespaces().contains(object.namespace()))
                .sorted((a, b) -> b.kind().compareTo(a.kind()))
                .<Change>map(object -> new Change.Delete(object.kind(), object.namespace(), object.name()))
                .toList();
    }

    static HubObject placement(CguId cgu, PolicyPlacement policy) {
        Map<String, String> labels = new HashMap<>(labels(cgu));
        labels.put(POLICY_LABEL, policy.policyName());
        Map<String, Object> names = Map.of("key", "name", "operator", "In", "values", policy.clusters());
        Map<String, Object> selector = Map.of("labelSelector", Map.of("matchExpressions", List.of(names)));
        return new HubObject(
                HubKind.PLACEMENT, policy.policyNamespace(), policy.safeName(), labels, annotations(policy),
                Map.of("spec", Map.of(
                        "predicates", List.of(Map.of("requiredClusterSelector", selector)),
                        "tolerations", TOLERATIONS)));
    }

    static HubObject binding(CguId cgu, PolicyPlacement policy) {
        return new HubObject(
                HubKind.BINDING, policy.policyNamespace(), policy.safeName(), labels(cgu), annotations(policy),
                Map.of(
                        "subFilter", "restricted",
                        "bindingOverrides", Map.of("remediationAction", "enforce"),
                        "placementRef", Map.of(
                                "apiGroup", HubKind.PLACEMENT.group(),
                                "kind", HubKind.PLACEMENT.kind(),
                                "name", policy.safeName()),
                        "subjects", List.of(Map.of(
                                "apiGroup", "policy.open-cluster-management.io",
                                "kind", "Policy",
                                "name", policy.policyName()))));
    }

    private static Map<String, String> labels(CguId cgu) {
        Map<String, String> labels = new HashMap<>(CguLabels.of(cgu));
        labels.put("app", "openshift-cluster-group-upgrades");
        labels.put("velero.io/exclude-from-backup", "true");
        return labels;
    }

    private static Map<String, String> annotations(PolicyPlacement policy) {
        return Map.of(CguLabels.REAL_NAME, policy.policyNamespace() + "/" + policy.desiredName());
    }

    private record Place(HubKind kind, String namespace, String name) {
        static Place of(SeenObject object) {
            return new Place(object.kind(), object.namespace(), object.name());
        }

        static Place of(HubObject object) {
            return new Place(object.kind(), object.namespace(), object.name());
        }
    }
}
