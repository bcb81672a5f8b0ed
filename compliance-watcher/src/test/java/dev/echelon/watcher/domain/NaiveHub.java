package dev.echelon.watcher.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.ComplianceByCluster;
import dev.echelon.contract.observation.Observation.ClusterSelection;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.ObservedPolicy.RootPolicy;
import dev.echelon.contract.observation.ObservedTemplate;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.observation.PrecacheInputs;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.PreCachingConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The hub as a heap of objects, looked through from end to end for every question: the slow and obvious way to what
 * {@link FleetView} keeps up to date.
 */
final class NaiveHub {

    private final TreeMap<String, Map<String, String>> clusters = new TreeMap<>();
    private final Map<PolicyKey, RootPolicyReading> roots = new HashMap<>();
    private final Set<Replica> replicas = new HashSet<>();
    private final Map<PolicyKey, Set<String>> bindings = new HashMap<>();
    private final Map<PolicyKey, PrecacheConfigReading> configs = new HashMap<>();
    private final Map<String, Map<String, String>> overrides = new HashMap<>();
    private final Map<PolicyKey, Integer> templates = new HashMap<>();
    private final List<Work> works = new ArrayList<>();
    private final List<Stuck> placements = new ArrayList<>();

    private record Work(String cluster, String name, CguId owner, ObservedWork work) {}

    private record Stuck(PolicyKey key, CguId owner, String problem) {}

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
            case HubChange.ConfigSeen(var config, var reading) -> configs.put(config, reading);
            case HubChange.ConfigGone(var config) -> configs.remove(config);
            case HubChange.OverridesSeen(var namespace, var data) -> overrides.put(namespace, data);
            case HubChange.OverridesGone(var namespace) -> overrides.remove(namespace);
            case HubChange.TemplateSeen(var template, var manifests) -> templates.put(template, manifests);
            case HubChange.TemplateGone(var template) -> templates.remove(template);
            case HubChange.WorkSeen(var cluster, var name, var owner, var work) -> {
                removeWork(cluster, name, owner);
                works.add(new Work(cluster, name, owner, work));
            }
            case HubChange.WorkGone(var cluster, var name, var owner) -> removeWork(cluster, name, owner);
            case HubChange.PlacementSeen(var placement, var owner, var problem) -> {
                placements.removeIf(p -> p.key().equals(placement) && p.owner().equals(owner));
                problem.ifPresent(text -> placements.add(new Stuck(placement, owner, text)));
            }
            case HubChange.PlacementGone(var placement, var owner) ->
                placements.removeIf(p -> p.key().equals(placement) && p.owner().equals(owner));
        }
    }

    Map<String, Map<String, ObservedWork>> works(CguId owner, List<String> plan) {
        Map<String, Map<String, ObservedWork>> all = new HashMap<>();
        for (String cluster : plan) {
            Map<String, ObservedWork> here = new HashMap<>();
            works.stream()
                    .filter(work -> work.owner().equals(owner) && work.cluster().equals(cluster))
                    .forEach(work -> here.put(work.name(), work.work()));
            all.put(cluster, here);
        }
        return all;
    }

    Set<UnsatisfiedPlacement> unsatisfied(CguId owner) {
        return placements.stream()
                .filter(placement -> placement.owner().equals(owner))
                .map(placement -> new UnsatisfiedPlacement(
                        placement.key().namespace(), placement.key().name(), placement.problem()))
                .collect(Collectors.toSet());
    }

    List<ObservedTemplate> templates(String namespace, List<String> names) {
        return names.stream()
                .map(name -> new PolicyKey(namespace, name))
                .map(key -> new ObservedTemplate(
                        key.name(), templates.containsKey(key), templates.getOrDefault(key, 0)))
                .toList();
    }

    PrecacheInputs inputs(String namespace, CguSpec spec) {
        if (!spec.preCaching()) {
            return PrecacheInputs.NONE;
        }
        String error = null;
        PreCachingConfig.Spec config = null;
        if (spec.preCachingConfigRef() != null) {
            String name = spec.preCachingConfigRef().name();
            String given = spec.preCachingConfigRef().namespace();
            PrecacheConfigReading reading = configs.get(new PolicyKey(given.isEmpty() ? namespace : given, name));
            if (reading == null) {
                error = "PreCachingConfig.ran.openshift.io \"" + name + "\" not found";
            } else {
                config = reading.spec();
            }
        }
        return new PrecacheInputs(error, config, overrides.get(namespace));
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

    private void removeWork(String cluster, String name, CguId owner) {
        works.removeIf(work -> work.cluster().equals(cluster)
                && work.name().equals(name)
                && work.owner().equals(owner));
    }

    private void remove(String cluster, PolicyKey root) {
        replicas.removeIf(r -> r.cluster().equals(cluster) && r.root().equals(root));
    }
}
