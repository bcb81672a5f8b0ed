package dev.echelon.watcher.domain;

import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.ComplianceByCluster;
import dev.echelon.contract.observation.Observation.ClusterSelection;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.ObservedPolicy.RootPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the hub shows right now, reduced to what the rules look at: clusters with their labels, root policies as read,
 * what is replicated to whom, and who else enforces. It knows nothing of upgrades.
 */
final class HubLevel {

    private final NavigableMap<String, Map<String, String>> clusters = new TreeMap<>();
    private final Map<PolicyKey, RootPolicyReading> roots = new HashMap<>();
    /** Policy name, then cluster, then the root's namespace: in a healthy fleet the last map has one entry. */
    private final Map<String, Map<String, Map<String, Replica>>> replicas = new HashMap<>();
    private final Map<PolicyKey, Set<String>> enforcingBindings = new HashMap<>();
    private final Map<PolicyKey, Integer> enforcingCount = new HashMap<>();

    /** @return the labels that it had, or null when it is new */
    Map<String, String> putCluster(String cluster, Map<String, String> labels) {
        return clusters.put(cluster, labels);
    }

    /** @return the labels that it had, or null when it was not there */
    Map<String, String> removeCluster(String cluster) {
        return clusters.remove(cluster);
    }

    /** @return what was read of it before, or null when it is new */
    RootPolicyReading putRoot(PolicyKey policy, RootPolicyReading reading) {
        return roots.put(policy, reading);
    }

    /** @return what was read of it before, or null when it was not there */
    RootPolicyReading removeRoot(PolicyKey policy) {
        return roots.remove(policy);
    }

    /** The root policy as last read, or null when there is none. */
    RootPolicyReading root(PolicyKey policy) {
        return roots.get(policy);
    }

    /** @return whether that is news */
    boolean putReplica(Replica replica) {
        Map<String, Map<String, Replica>> byCluster =
                replicas.computeIfAbsent(replica.root().name(), name -> new HashMap<>());
        Map<String, Replica> before = byCluster.getOrDefault(replica.cluster(), Map.of());
        if (replica.equals(before.get(replica.root().namespace()))) {
            return false;
        }
        Map<String, Replica> after = new HashMap<>(before);
        after.put(replica.root().namespace(), replica);
        byCluster.put(replica.cluster(), Map.copyOf(after));
        return true;
    }

    /** @return whether it had been there */
    boolean removeReplica(String cluster, PolicyKey root) {
        Map<String, Map<String, Replica>> byCluster = replicas.getOrDefault(root.name(), Map.of());
        Map<String, Replica> before = byCluster.getOrDefault(cluster, Map.of());
        if (!before.containsKey(root.namespace())) {
            return false;
        }
        if (before.size() > 1) {
            Map<String, Replica> after = new HashMap<>(before);
            after.remove(root.namespace());
            byCluster.put(cluster, Map.copyOf(after));
            return true;
        }
        byCluster.remove(cluster);
        if (byCluster.isEmpty()) {
            replicas.remove(root.name());
        }
        return true;
    }

    /** @return names of the policies of whom it is another answer now whether somebody enforces them */
    Set<String> putBinding(PolicyKey binding, Set<String> enforced) {
        Set<String> before = enforced.isEmpty()
                ? enforcingBindings.remove(binding)
                : enforcingBindings.put(binding, enforced);
        Set<String> changed = new TreeSet<>();
        for (String policy : enforced) {
            if (enforcingCount.merge(new PolicyKey(binding.namespace(), policy), 1, Integer::sum) == 1) {
                changed.add(policy);
            }
        }
        for (String policy : before == null ? Set.<String>of() : before) {
            if (enforcingCount.computeIfPresent(
                            new PolicyKey(binding.namespace(), policy), (key, count) -> count == 1 ? null : count - 1)
                    == null) {
                changed.add(policy);
            }
        }
        return changed;
    }

    /** @return as {@link #putBinding} */
    Set<String> removeBinding(PolicyKey binding) {
        return putBinding(binding, Set.of());
    }

    /** Contract 2.1, of the clusters that are there now. */
    ClusterSelection select(ClusterSelector selector) {
        return selector.select(Collections.unmodifiableNavigableMap(clusters));
    }

    /** Contract 3.1 to 3.4 for one policy name and the clusters of one upgrade. */
    ObservedPolicy observe(String policy, List<String> selected) {
        Map<String, Map<String, Replica>> byCluster = replicas.getOrDefault(policy, Map.of());
        TreeSet<String> namespaces = new TreeSet<>();
        boolean enforced = false;
        boolean badHubTemplate = false;
        for (String cluster : selected) {
            for (Replica replica : byCluster.getOrDefault(cluster, Map.of()).values()) {
                if (isEnforced(replica)) {
                    // As upstream: the name is marked, and the replica counts for nothing else.
                    enforced = true;
                } else {
                    namespaces.add(replica.root().namespace());
                    badHubTemplate |= replica.badHubTemplate();
                }
            }
        }
        RootPolicyReading root =
                namespaces.size() == 1 ? roots.get(new PolicyKey(namespaces.getFirst(), policy)) : null;
        return new ObservedPolicy(
                policy,
                List.copyOf(namespaces),
                enforced,
                root == null ? null : describe(namespaces.getFirst(), root, badHubTemplate, selected));
    }

    /** A cluster's compliance with each of the policies that there are. One that is gone says nothing. */
    Map<String, Compliance> complianceOf(String cluster, List<PolicyKey> policies) {
        Map<String, Compliance> byPolicy = HashMap.newHashMap(policies.size());
        for (PolicyKey policy : policies) {
            RootPolicyReading root = roots.get(policy);
            if (root != null) {
                byPolicy.put(policy.name(), root.compliance().of(cluster));
            }
        }
        return byPolicy;
    }

    /** How long a cluster has to stay compliant, by name of those of the policies that ask for it. */
    Map<String, Integer> soakOf(List<PolicyKey> policies) {
        Map<String, Integer> byPolicy = new HashMap<>();
        for (PolicyKey policy : policies) {
            RootPolicyReading root = roots.get(policy);
            if (root != null && root.soakSeconds() != null) {
                byPolicy.put(policy.name(), root.soakSeconds());
            }
        }
        return byPolicy;
    }

    /**
     * Whether somebody other than a rollout enforces a policy on a cluster (decision on row 9). ACM writes every
     * binding's override into the replica, so that a replica in enforce alone proves nothing.
     */
    private boolean isEnforced(Replica replica) {
        RootPolicyReading root = roots.get(replica.root());
        return root != null && root.inspection().enforce()
                || replica.enforce() && enforcingCount.containsKey(replica.root());
    }

    private static RootPolicy describe(
            String namespace, RootPolicyReading root, boolean badHubTemplate, List<String> selected) {
        List<String> compliant = new ArrayList<>();
        List<String> nonCompliant = new ArrayList<>();
        for (String cluster : selected) {
            switch (root.compliance().of(cluster)) {
                case COMPLIANT -> compliant.add(cluster);
                case NON_COMPLIANT -> nonCompliant.add(cluster);
                case NOT_MATCHED -> {}
            }
        }
        PolicyInspection inspection = root.inspection();
        return new RootPolicy(
                namespace,
                badHubTemplate ? PolicyInspection.HUB_TEMPLATE_DEFECT : inspection.defect(),
                inspection.expectsStatus(),
                inspection.lacksObject(),
                inspection.objects(),
                inspection.dependencies(),
                root.soakSeconds(),
                new ComplianceByCluster(compliant, nonCompliant));
    }
}
