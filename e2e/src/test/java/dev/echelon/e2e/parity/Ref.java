package dev.echelon.e2e.parity;

import com.fasterxml.jackson.databind.JsonNode;

/** An object on the hub, by kind and name. */
record Ref(Kind kind, String namespace, String name) {

    /** The kinds that the cases touch, with where the API serves them. */
    enum Kind {
        NAMESPACE("Namespace", "/api/v1", "namespaces"),
        CONFIG_MAP("ConfigMap", "/api/v1", "configmaps"),
        MANAGED_CLUSTER("ManagedCluster", "/apis/cluster.open-cluster-management.io/v1", "managedclusters"),
        POLICY("Policy", "/apis/policy.open-cluster-management.io/v1", "policies"),
        PLACEMENT("Placement", "/apis/cluster.open-cluster-management.io/v1beta1", "placements"),
        BINDING("PlacementBinding", "/apis/policy.open-cluster-management.io/v1", "placementbindings"),
        VIEW("ManagedClusterView", "/apis/view.open-cluster-management.io/v1beta1", "managedclusterviews"),
        ACTION("ManagedClusterAction", "/apis/action.open-cluster-management.io/v1beta1", "managedclusteractions"),
        WORK("ManifestWork", "/apis/work.open-cluster-management.io/v1", "manifestworks"),
        WORK_TEMPLATE(
                "ManifestWorkReplicaSet", "/apis/work.open-cluster-management.io/v1alpha1", "manifestworkreplicasets"),
        EVENT("Event", "/apis/events.k8s.io/v1", "events"),
        CGU("ClusterGroupUpgrade", "/apis/ran.openshift.io/v1alpha1", "clustergroupupgrades"),
        PRECACHING_CONFIG("PreCachingConfig", "/apis/ran.openshift.io/v1alpha1", "precachingconfigs");

        private final String kind;
        private final String api;
        private final String plural;

        Kind(String kind, String api, String plural) {
            this.kind = kind;
            this.api = api;
            this.plural = plural;
        }

        /** Where the objects of all namespaces are listed. */
        String path() {
            return api + "/" + plural;
        }

        private static Kind of(String kind) {
            for (Kind known : values()) {
                if (known.kind.equals(kind)) {
                    return known;
                }
            }
            throw new IllegalArgumentException("no case touches objects of kind " + kind);
        }
    }

    static Ref of(JsonNode object) {
        return new Ref(
                Kind.of(object.path("kind").asText()),
                object.path("metadata").path("namespace").asText(),
                object.path("metadata").path("name").asText());
    }

    static Ref cluster(String name) {
        return new Ref(Kind.MANAGED_CLUSTER, "", name);
    }

    static Ref policy(String namespace, String name) {
        return new Ref(Kind.POLICY, namespace, name);
    }

    static Ref placement(String namespace, String name) {
        return new Ref(Kind.PLACEMENT, namespace, name);
    }

    static Ref binding(String namespace, String name) {
        return new Ref(Kind.BINDING, namespace, name);
    }

    static Ref view(String cluster, String name) {
        return new Ref(Kind.VIEW, cluster, name);
    }

    static Ref action(String cluster, String name) {
        return new Ref(Kind.ACTION, cluster, name);
    }

    static Ref work(String cluster, String name) {
        return new Ref(Kind.WORK, cluster, name);
    }

    static Ref cgu(String namespace, String name) {
        return new Ref(Kind.CGU, namespace, name);
    }

    /** Where objects of its kind are created and listed. */
    String collection() {
        return namespace.isEmpty()
                ? kind.path()
                : kind.api + "/namespaces/" + namespace + "/" + kind.plural;
    }

    /** Where it is. */
    String path() {
        return collection() + "/" + name;
    }

    @Override
    public String toString() {
        return kind.kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
