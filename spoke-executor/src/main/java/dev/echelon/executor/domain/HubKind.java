package dev.echelon.executor.domain;

/** The kinds of objects that the executor reads or writes on the hub (contract 1.6). */
public enum HubKind {
    VIEW("view.open-cluster-management.io", "v1beta1", "ManagedClusterView", "managedclusterviews"),
    ACTION("action.open-cluster-management.io", "v1beta1", "ManagedClusterAction", "managedclusteractions"),
    PLACEMENT("cluster.open-cluster-management.io", "v1beta1", "Placement", "placements"),
    BINDING("policy.open-cluster-management.io", "v1", "PlacementBinding", "placementbindings"),
    /** Has no namespace. */
    CLUSTER("cluster.open-cluster-management.io", "v1", "ManagedCluster", "managedclusters"),
    WORK("work.open-cluster-management.io", "v1", "ManifestWork", "manifestworks"),
    /** What a ManifestWork is made after; only read. */
    TEMPLATE("work.open-cluster-management.io", "v1alpha1", "ManifestWorkReplicaSet", "manifestworkreplicasets"),
    EVENT("events.k8s.io", "v1", "Event", "events"),
    /** Only read. */
    UPGRADE("ran.openshift.io", "v1alpha1", "ClusterGroupUpgrade", "clustergroupupgrades");

    private final String group;
    private final String version;
    private final String kind;
    private final String plural;

    HubKind(String group, String version, String kind, String plural) {
        this.group = group;
        this.version = version;
        this.kind = kind;
        this.plural = plural;
    }

    public String group() {
        return group;
    }

    public String version() {
        return version;
    }

    /** The name of the kind as a manifest has it, for example {@code Placement}. */
    public String kind() {
        return kind;
    }

    /** The name of the kind as a path has it, for example {@code placements}. */
    public String plural() {
        return plural;
    }

    public boolean isNamespaced() {
        return this != CLUSTER;
    }

    public String apiVersion() {
        return group + "/" + version;
    }
}
