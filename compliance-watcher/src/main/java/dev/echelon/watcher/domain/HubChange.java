package dev.echelon.watcher.domain;

import java.util.Map;
import java.util.Set;

/** Something that the hub shows now and did not, or not so, before. Saying it twice changes nothing. */
public sealed interface HubChange {

    /** A ManagedCluster is there, with these labels. */
    record ClusterSeen(String cluster, Map<String, String> labels) implements HubChange {
        public ClusterSeen {
            labels = Map.copyOf(labels);
        }
    }

    /** A ManagedCluster is there no more. */
    record ClusterGone(String cluster) implements HubChange {}

    /** A root policy is there. */
    record RootPolicySeen(PolicyKey policy, RootPolicyReading reading) implements HubChange {}

    /** A root policy is there no more. */
    record RootPolicyGone(PolicyKey policy) implements HubChange {}

    /** A cluster has a replica of a policy. */
    record ReplicaSeen(Replica replica) implements HubChange {}

    /** A cluster has no replica of a policy any more. */
    record ReplicaGone(String cluster, PolicyKey root) implements HubChange {}

    /**
     * A PlacementBinding is there.
     *
     * @param enforced names of the policies in its namespace that it makes clusters enforce and that no rollout made it
     *     for; mostly empty
     */
    record BindingSeen(PolicyKey binding, Set<String> enforced) implements HubChange {
        public BindingSeen {
            enforced = Set.copyOf(enforced);
        }
    }

    /** A PlacementBinding is there no more. */
    record BindingGone(PolicyKey binding) implements HubChange {}
}
