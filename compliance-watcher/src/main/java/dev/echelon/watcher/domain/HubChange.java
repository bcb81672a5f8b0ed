package dev.echelon.watcher.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.ObservedWork;
import java.util.Map;
import java.util.Optional;
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

    /** Of an object that upgrades name in their spec and that is looked at until they start. */
    sealed interface OfNamed extends HubChange {}

    /** A PreCachingConfig is there. */
    record ConfigSeen(PolicyKey config, PrecacheConfigReading reading) implements OfNamed {}

    /** A PreCachingConfig is there no more. */
    record ConfigGone(PolicyKey config) implements OfNamed {}

    /**
     * The overrides ConfigMap of a namespace is there.
     *
     * @param data only the keys that count
     */
    record OverridesSeen(String namespace, Map<String, String> data) implements OfNamed {
        public OverridesSeen {
            data = Map.copyOf(data);
        }
    }

    /** The overrides ConfigMap of a namespace is there no more. */
    record OverridesGone(String namespace) implements OfNamed {}

    /** A ManifestWorkReplicaSet is there, with so many manifests. */
    record TemplateSeen(PolicyKey template, int manifests) implements OfNamed {}

    /** A ManifestWorkReplicaSet is there no more. */
    record TemplateGone(PolicyKey template) implements OfNamed {}

    /** Of an object that a rollout made: its labels say which. */
    sealed interface OfRollout extends HubChange {
        CguId owner();
    }

    /** A ManifestWork is there. */
    record WorkSeen(String cluster, String name, CguId owner, ObservedWork work) implements OfRollout {}

    /** A ManifestWork is there no more. */
    record WorkGone(String cluster, String name, CguId owner) implements OfRollout {}

    /**
     * A Placement is there.
     *
     * @param problem why it cannot select clusters, when its namespace has no ManagedClusterSetBinding; else empty
     */
    record PlacementSeen(PolicyKey placement, CguId owner, Optional<String> problem) implements OfRollout {}

    /** A Placement is there no more. */
    record PlacementGone(PolicyKey placement, CguId owner) implements OfRollout {}
}
