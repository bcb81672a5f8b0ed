package dev.echelon.scheduler;

import dev.echelon.contract.CguId;
import dev.echelon.contract.command.Command.Adopted;
import dev.echelon.contract.command.Command.Apply;
import dev.echelon.contract.command.Command.Delete;
import dev.echelon.contract.command.Command.Precondition;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.ComplianceByCluster;
import dev.echelon.contract.observation.Observation.ClusterSelection;
import dev.echelon.contract.observation.Observation.ComplianceSnapshot;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.Observation.WorkSnapshot;
import dev.echelon.contract.observation.ObservedBlocker;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.ObservedPolicy.RootPolicy;
import dev.echelon.contract.observation.ObservedTemplate;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.observation.PrecacheInputs;
import dev.echelon.contract.observation.TemplateObject;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.CguSpec.RemediationStrategy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A hub in a few lines, for tests: clusters, policies and who complies, and the records that the other services would make
 * of them. Mutable; everything it hands out is a snapshot.
 */
public final class Fleet {

    public static final CguId CGU = new CguId("ztp-policies", "update-europe-snos");
    public static final String UID = "5b0a3e1c-uid";
    public static final String IMAGE = "registry.example.com/release@sha256:fd65";

    private final List<String> clusters = new ArrayList<>();
    private final Map<String, Map<String, Compliance>> policies = new LinkedHashMap<>();
    private final Map<String, Integer> soaks = new HashMap<>();
    private final Map<String, ObservedPolicy> odd = new HashMap<>();
    private final Map<String, List<TemplateObject>> subscriptions = new HashMap<>();
    private final Map<String, Boolean> templates = new LinkedHashMap<>();
    private final Map<String, Map<String, ObservedWork>> works = new TreeMap<>();
    private List<String> missing = List.of();
    private String selectionError = "";
    private final List<ObservedBlocker> blockers = new ArrayList<>();
    private PrecacheInputs precacheInputs = PrecacheInputs.NONE;
    private List<GraphAnswer> graph = List.of();

    public static Fleet of(String... clusters) {
        Fleet fleet = new Fleet();
        fleet.clusters.addAll(List.of(clusters));
        return fleet;
    }

    /** A policy that no cluster complies with. */
    public Fleet withPolicy(String name) {
        Map<String, Compliance> byCluster = new TreeMap<>();
        clusters.forEach(cluster -> byCluster.put(cluster, Compliance.NON_COMPLIANT));
        policies.put(name, byCluster);
        return this;
    }

    /** The policy holds a Subscription of this name in {@code openshift-<name>}. */
    public Fleet withSubscription(String policy, String name) {
        subscriptions.computeIfAbsent(policy, _ -> new ArrayList<>())
                .add(new TemplateObject.Subscription(
                        "operators.coreos.com/v1alpha1", "openshift-" + name, name, name + "-operator", "stable"));
        return this;
    }

    /** A ManifestWorkReplicaSet in the CGU's namespace; the CGU of the fleet rolls it out. */
    public Fleet withTemplate(String name) {
        templates.put(name, true);
        return this;
    }

    /** A template that the spec names and the hub does not have. */
    public Fleet withoutTemplate(String name) {
        templates.put(name, false);
        return this;
    }

    /** The hub has this work on a cluster; null where it is gone. */
    public Fleet withWork(String cluster, String safeName, ObservedWork work) {
        Map<String, ObservedWork> there = works.computeIfAbsent(cluster, _ -> new TreeMap<>());
        if (work == null) {
            there.remove(safeName);
        } else {
            there.put(safeName, work);
        }
        return this;
    }

    public List<String> templates() {
        return List.copyOf(templates.keySet());
    }

    public WorkSnapshot works(Instant at, String... of) {
        Map<String, Map<String, ObservedWork>> byCluster = new HashMap<>();
        for (String cluster : of) {
            byCluster.put(cluster, Map.copyOf(works.getOrDefault(cluster, Map.of())));
        }
        return new WorkSnapshot(CGU, UID, at, byCluster);
    }

    public Fleet withSoak(String policy, int seconds) {
        soaks.put(policy, seconds);
        return this;
    }

    /** A policy as the watcher shows it, for cases that the others do not cover. */
    public Fleet withOddPolicy(ObservedPolicy policy) {
        policies.put(policy.name(), Map.of());
        odd.put(policy.name(), policy);
        return this;
    }

    public Fleet with(String policy, String cluster, Compliance compliance) {
        policies.get(policy).put(cluster, compliance);
        return this;
    }

    public Fleet withMissing(String... names) {
        missing = List.of(names);
        return this;
    }

    public Fleet withSelectionError(String error) {
        selectionError = error;
        return this;
    }

    /** A CGU in the namespace {@code upgrades}; it replaces what was known of its name. */
    public Fleet withBlocker(String name, ObservedBlocker.State state, String... completed) {
        return withBlocker(new ObservedBlocker("upgrades", name, state, List.of(completed)));
    }

    public Fleet withBlocker(ObservedBlocker blocker) {
        blockers.removeIf(before -> before.name().equals(blocker.name()));
        blockers.add(blocker);
        return this;
    }

    public Fleet withPrecacheInputs(PrecacheInputs inputs) {
        precacheInputs = inputs;
        return this;
    }

    public Fleet withGraph(GraphAnswer... answers) {
        graph = List.of(answers);
        return this;
    }

    public List<ObservedBlocker> blockers() {
        return List.copyOf(blockers);
    }

    public List<String> clusters() {
        return List.copyOf(clusters);
    }

    public List<String> policies() {
        return List.copyOf(policies.keySet());
    }

    public Compliance compliance(String policy, String cluster) {
        return policies.get(policy).getOrDefault(cluster, Compliance.NOT_MATCHED);
    }

    public FleetSnapshot snapshot(long generation, Instant at) {
        return new FleetSnapshot(
                CGU,
                UID,
                generation,
                at,
                new ClusterSelection(clusters, missing, selectionError),
                templates.isEmpty() ? policies.keySet().stream().map(this::observed).toList() : List.of(),
                templates.entrySet().stream()
                        .map(entry -> new ObservedTemplate(entry.getKey(), entry.getValue(), entry.getValue() ? 1 : 0))
                        .toList(),
                blockers,
                precacheInputs,
                graph);
    }

    public ComplianceSnapshot compliance(Instant at, String... of) {
        Map<String, Map<String, Compliance>> byCluster = new HashMap<>();
        for (String cluster : of) {
            Map<String, Compliance> byPolicy = new HashMap<>();
            policies.keySet().forEach(policy -> byPolicy.put(policy, compliance(policy, cluster)));
            byCluster.put(cluster, byPolicy);
        }
        return new ComplianceSnapshot(CGU, UID, at, byCluster, soaks);
    }

    public ObservedPolicy observed(String policy) {
        return odd.containsKey(policy)
                ? odd.get(policy)
                : new ObservedPolicy(policy, List.of("ztp-policies"), false, root(policy, "", false, List.of()));
    }

    public RootPolicy root(String policy, String defect, boolean expectsStatus, List<TemplateObject> more) {
        List<TemplateObject> objects = new ArrayList<>();
        objects.add(new TemplateObject.ClusterVersion("", "stable-4.12", "4.12.5", IMAGE));
        objects.addAll(more);
        objects.addAll(subscriptions.getOrDefault(policy, List.of()));
        return new RootPolicy(
                "ztp-policies",
                defect,
                expectsStatus,
                false,
                objects,
                List.of(),
                soaks.get(policy),
                new ComplianceByCluster(
                        those(policy, Compliance.COMPLIANT), those(policy, Compliance.NON_COMPLIANT)));
    }

    private List<String> those(String policy, Compliance compliance) {
        return policies.get(policy).entrySet().stream()
                .filter(entry -> entry.getValue() == compliance)
                .map(Map.Entry::getKey)
                .toList();
    }

    public static CommandRecord create(String id, CguSpec spec, Instant at) {
        return apply(id, UID, spec, new Precondition(false, null, null, null), at);
    }

    public static CommandRecord create(String id, Spec spec, Instant at) {
        return apply(id, UID, spec.annotations, spec.build(), new Precondition(false, null, null, null), at);
    }

    /** The hub has the CGU with this status, which somebody else has written. */
    public static CommandRecord adopt(String id, Spec spec, CguStatus status, Instant createdAt, Instant at) {
        return new CommandRecord(
                id,
                at,
                "hub",
                "hub",
                new Apply(
                        CGU,
                        UID,
                        Map.of(),
                        spec.annotations,
                        spec.build(),
                        new Precondition(false, null, null, null),
                        new Adopted(status, createdAt)));
    }

    public static CommandRecord update(String id, Spec spec, Instant at) {
        return apply(id, null, spec.annotations, spec.build(), new Precondition(true, null, null, null), at);
    }

    public static CommandRecord update(String id, CguSpec spec, Instant at) {
        return apply(id, null, spec, new Precondition(true, null, null, null), at);
    }

    public static CommandRecord apply(String id, String uid, CguSpec spec, Precondition precondition, Instant at) {
        return apply(id, uid, Map.of(), spec, precondition, at);
    }

    public static CommandRecord apply(
            String id,
            String uid,
            Map<String, String> annotations,
            CguSpec spec,
            Precondition precondition,
            Instant at) {
        return new CommandRecord(
                id, at, "alice", "rest", new Apply(CGU, uid, Map.of(), annotations, spec, precondition));
    }

    public static CommandRecord delete(String id, Instant at) {
        return new CommandRecord(id, at, "alice", "rest", new Delete(CGU, Precondition.NONE));
    }

    /** A spec to start from. */
    public Spec spec() {
        return new Spec(clusters, policies(), templates());
    }

    /** A spec in the making. */
    public static final class Spec {
        private List<String> clusters;
        private List<String> policies;
        private final List<String> templates;
        private List<String> canaries = List.of();
        private int maxConcurrency = 2;
        private int timeout = 240;
        private boolean enable = true;
        private boolean preCaching;
        private boolean backup;
        private String batchTimeoutAction = "";
        private CguSpec.Actions actions;
        private List<CguSpec.BlockingCr> blockingCRs = List.of();
        private CguSpec.ConfigRef configRef;
        private Map<String, String> annotations = Map.of();

        Spec(List<String> clusters, List<String> policies, List<String> templates) {
            this.clusters = List.copyOf(clusters);
            this.policies = policies;
            this.templates = templates;
        }

        public Spec clusters(String... names) {
            clusters = List.of(names);
            return this;
        }

        public Spec policies(String... names) {
            policies = List.of(names);
            return this;
        }

        public Spec canaries(String... names) {
            canaries = List.of(names);
            return this;
        }

        public Spec maxConcurrency(int clustersAtOnce) {
            maxConcurrency = clustersAtOnce;
            return this;
        }

        public Spec timeout(int minutes) {
            timeout = minutes;
            return this;
        }

        public Spec enable(boolean enabled) {
            enable = enabled;
            return this;
        }

        public Spec preCaching() {
            preCaching = true;
            return this;
        }

        public Spec backup() {
            backup = true;
            return this;
        }

        public Spec noPreCaching() {
            preCaching = false;
            return this;
        }

        public Spec abortOnBatchTimeout() {
            batchTimeoutAction = "Abort";
            return this;
        }

        public Spec keepObjects() {
            actions = new CguSpec.Actions(
                    new CguSpec.AfterCompletion(null, null, null, false, null, null), null);
            return this;
        }

        public Spec actions(CguSpec.Actions all) {
            actions = all;
            return this;
        }

        /** By CGUs in the namespace {@code upgrades}. */
        public Spec blockedBy(String... names) {
            blockingCRs = Stream.of(names)
                    .map(name -> new CguSpec.BlockingCr(name, "upgrades"))
                    .toList();
            return this;
        }

        public Spec config(String name) {
            configRef = new CguSpec.ConfigRef(name, "");
            return this;
        }

        public Spec annotations(Map<String, String> all) {
            annotations = all;
            return this;
        }

        public CguSpec build() {
            return new CguSpec(
                    actions,
                    backup,
                    batchTimeoutAction,
                    blockingCRs,
                    null,
                    null,
                    clusters,
                    enable,
                    policies,
                    templates,
                    preCaching,
                    configRef,
                    new RemediationStrategy(canaries, maxConcurrency, timeout),
                    null);
        }
    }
}
