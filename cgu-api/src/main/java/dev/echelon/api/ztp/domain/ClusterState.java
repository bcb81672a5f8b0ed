package dev.echelon.api.ztp.domain;

/**
 * A ManagedCluster, as far as it matters here.
 *
 * @param done whether it has the label that says that it was brought up before
 * @param terminating whether it is being deleted
 */
public record ClusterState(String name, String uid, boolean available, boolean done, boolean terminating) {

    /** Its presence says that a cluster was brought up; the value does not count. */
    public static final String DONE_LABEL = "ztp-done";

    static final String RUNNING_LABEL = "ztp-running";

    /** The condition that is {@code True} on a cluster that the hub hears of. */
    public static final String AVAILABLE = "ManagedClusterConditionAvailable";

    /** Whether it may lack its ClusterGroupUpgrade. Nothing else is worth a request. */
    public boolean isCandidate() {
        return available && !done && !terminating;
    }
}
