package dev.echelon.watcher.domain;

import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.ComplianceByCluster;
import dev.echelon.contract.observation.Observation.ClusterSelection;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.ObservedPolicy.RootPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The hub as a heap of objects, looked through from end to end for every question: the slow and obvious way to what
 * {@link FleetView} keeps up to date.
 */
final class NaiveHub {

    private final TreeMap<String, Map<String, String>> clusters = new TreeMap<>();
    private final Map<PolicyKey, RootPolicyReading> roots = new HashMap<>();
    private final Set<Replica> replicas = new HashSet<>();
    private final Map<PolicyKey, Set<String>> bindings = new HashMap<>();

    void apply(HubChange change) {
        switch (change) {
            case HubChange.ClusterSeen(var cluster, var labels) -> clusters.put(cluster, labels);
            case HubChange.ClusterGone(var cluster) -> clusters.remove(cluster);
            case HubChange.RootPolicySeen(var policy, var reading) -> roots.put(policy, reading);
            case HubChange.RootPolicyGone(var policy) -> roots.remove(policy);
            case HubChange.ReplicaSeen(var replica) -> {
                remove(replica.cluster(), replica.root());
                replicas.add(replica);
            }
            case HubChange.ReplicaGone(var cluster, var root) -> remove(cluster, root);
            case HubChange.BindingSeen(var binding, var enforced) -> bindings.put(binding, enforced);
            case HubChange.BindingGone(var binding) -> bindings.remove(binding);
        }
    }

    ClusterSelection select(ClusterSelector selector) {
        return selector.select(clusters);
    }

    List<ObservedPolicy> policies(List<String> names, List<String> selected) {
        return names.stream().map(name -> policy(name, selected)).toList();
    }

    Map<String, Map<String, Compliance>> compliance(List<String> plan, List<PolicyKey> policies) {
        Map<String, Map<String, Compliance>> all = new HashMap<>();
        for (String cluster : plan) {
            Map<String, Compliance> one = new HashMap<>();
            for (PolicyKey policy : policies) {
                if (roots.containsKey(policy)) {
                    one.put(policy.name(), roots.get(policy).compliance().of(cluster));
                }
            }
            all.put(cluster, one);
        }
        return all;
    }

    private ObservedPolicy policy(String name, List<String> selected) {
        boolean enforced = false;
        boolean bad = false;
        TreeSet<String> namespaces = new TreeSet<>();
        for (Replica replica : replicas) {
            if (!replica.root().name().equals(name) || !selected.contains(replica.cluster())) {
                continue;
            }
            RootPolicyReading root = roots.get(replica.root());
            boolean bound = bindings.entrySet().stream()
                    .anyMatch(b -> b.getKey().namespace().equals(replica.root().namespace())
                            && b.getValue().contains(name));
            if (root != null && root.inspection().enforce() || bound && replica.enforce()) {
                enforced = true;
            } else {
                namespaces.add(replica.root().namespace());
                bad |= replica.badHubTemplate();
            }
        }
        RootPolicyReading root = namespaces.size() != 1 ? null : roots.get(new PolicyKey(namespaces.first(), name));
        if (root == null) {
            return new ObservedPolicy(name, List.copyOf(namespaces), enforced, null);
        }
        List<String> compliant = new ArrayList<>(selected);
        compliant.removeIf(cluster -> root.compliance().of(cluster) != Compliance.COMPLIANT);
        List<String> nonCompliant = new ArrayList<>(selected);
        nonCompliant.removeIf(cluster -> root.compliance().of(cluster) != Compliance.NON_COMPLIANT);
        PolicyInspection inspection = root.inspection();
        return new ObservedPolicy(
                name,
                List.copyOf(namespaces),
                enforced,
                new RootPolicy(
                        namespaces.first(),
                        bad ? PolicyInspection.HUB_TEMPLATE_DEFECT : inspection.defect(),
                        inspection.expectsStatus(),
                        inspection.lacksObject(),
                        inspection.objects(),
                        inspection.dependencies(),
                        root.soakSeconds(),
                        new ComplianceByCluster(compliant, nonCompliant)));
    }

    private void remove(String cluster, PolicyKey root) {
        replicas.removeIf(r -> r.cluster().equals(cluster) && r.root().equals(root));
    }
}
