package dev.echelon.scheduler.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.PrecacheSpec;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The large piece of a ClusterGroupUpgrade's state: what was asked for, what the hub showed, and what was made of both.
 * It changes rarely once the rollout runs, so that an event about one cluster neither reads nor writes it.
 *
 * @param deletionAskedAt when the deletion was asked for
 */
public record Upgrade(
        CguId id,
        String uid,
        Instant createdAt,
        Optional<Instant> deletionAskedAt,
        Request request,
        Groundwork groundwork,
        HubObjects objects) {

    public Upgrade {
        deletionAskedAt = deletionAskedAt == null ? Optional.empty() : deletionAskedAt;
    }

    /**
     * What the user wants.
     *
     * @param generation grows by one with every change of the spec
     * @param selectionGeneration the generation since which the spec names the same clusters, selectors, policies and
     *     other things to look at: a fleet snapshot made for it or a later one is still to the point
     */
    public record Request(
            Map<String, String> labels,
            Map<String, String> annotations,
            CguSpec spec,
            long generation,
            long selectionGeneration) {
        public Request {
            labels = labels == null ? Map.of() : Map.copyOf(labels);
            annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
        }

        static Request first(Map<String, String> labels, Map<String, String> annotations, CguSpec spec) {
            return new Request(labels, annotations, spec, 1, 1);
        }

        Request changed(Map<String, String> newLabels, Map<String, String> newAnnotations, CguSpec newSpec) {
            long next = newSpec.equals(spec) ? generation : generation + 1;
            return new Request(
                    newLabels, newAnnotations, newSpec, next, selectsAlike(newSpec) ? selectionGeneration : next);
        }

        private boolean selectsAlike(CguSpec other) {
            return spec.clusters().equals(other.clusters())
                    && spec.clusterSelector().equals(other.clusterSelector())
                    && spec.clusterLabelSelectors().equals(other.clusterLabelSelectors())
                    && spec.managedPolicies().equals(other.managedPolicies())
                    && spec.manifestWorkTemplates().equals(other.manifestWorkTemplates())
                    && spec.blockingCRs().equals(other.blockingCRs())
                    && Objects.equals(spec.preCachingConfigRef(), other.preCachingConfigRef())
                    // Nobody looks at what only pre-caching needs where it is off.
                    && (spec.preCaching() || !other.preCaching());
        }
    }

    /**
     * What was made of the request and the fleet before the start; frozen from the start on.
     *
     * @param snapshot the last fleet snapshot; dropped when the rollout begins
     * @param concurrency {@code computedMaxConcurrency}, 0 before it was computed
     * @param policies the rollout's, in the spec's order
     * @param content {@code managedPoliciesContent}
     * @param precacheSpec frozen once it was found valid
     */
    public record Groundwork(
            Optional<FleetSnapshot> snapshot,
            int concurrency,
            List<RolloutPolicy> policies,
            List<String> compliantBefore,
            Map<String, String> content,
            List<List<String>> plan,
            Optional<PrecacheSpec> precacheSpec) {

        static final Groundwork NONE =
                new Groundwork(Optional.empty(), 0, List.of(), List.of(), Map.of(), List.of(), Optional.empty());

        public Groundwork {
            snapshot = snapshot == null ? Optional.empty() : snapshot;
            policies = policies == null ? List.of() : List.copyOf(policies);
            compliantBefore = compliantBefore == null ? List.of() : List.copyOf(compliantBefore);
            content = content == null ? Map.of() : Map.copyOf(content);
            plan = plan == null ? List.of() : plan.stream().map(List::copyOf).toList();
            precacheSpec = precacheSpec == null ? Optional.empty() : precacheSpec;
        }

        Groundwork withSnapshot(Optional<FleetSnapshot> seen) {
            return new Groundwork(seen, concurrency, policies, compliantBefore, content, plan, precacheSpec);
        }

        Groundwork withConcurrency(int computed) {
            return new Groundwork(snapshot, computed, policies, compliantBefore, content, plan, precacheSpec);
        }

        Groundwork withPolicies(List<RolloutPolicy> forUpgrade, List<String> before, Map<String, String> newContent) {
            return new Groundwork(snapshot, concurrency, forUpgrade, before, newContent, plan, precacheSpec);
        }

        Groundwork withPlan(List<List<String>> batches) {
            return new Groundwork(snapshot, concurrency, policies, compliantBefore, content, batches, precacheSpec);
        }

        Groundwork withPrecacheSpec(Optional<PrecacheSpec> spec) {
            return new Groundwork(snapshot, concurrency, policies, compliantBefore, content, plan, spec);
        }
    }

    /**
     * The enforcing objects.
     *
     * @param wanted one per policy, named; filled with clusters only in an intent
     * @param safeNames every name that was ever given, by {@code <namespace>/<desired name>}: a name is never changed.
     *     The namespace is empty for what is in the clusters' namespaces
     * @param unsatisfied the first Placement that cannot select clusters
     */
    public record HubObjects(
            List<PlacementName> wanted, Map<String, String> safeNames, Optional<UnsatisfiedPlacement> unsatisfied) {

        static final HubObjects NONE = new HubObjects(List.of(), Map.of(), Optional.empty());

        public HubObjects {
            wanted = wanted == null ? List.of() : List.copyOf(wanted);
            safeNames = safeNames == null ? Map.of() : Map.copyOf(safeNames);
            unsatisfied = unsatisfied == null ? Optional.empty() : unsatisfied;
        }

        HubObjects named(Map<String, String> names) {
            Map<String, String> all = new HashMap<>(safeNames);
            all.putAll(names);
            return new HubObjects(wanted, all, unsatisfied);
        }

        HubObjects with(Optional<UnsatisfiedPlacement> first) {
            return new HubObjects(wanted, safeNames, first);
        }

        /** The namespaces in which an enforcing object may be, sorted. */
        List<String> namespaces() {
            return safeNames.keySet().stream()
                    .map(key -> key.substring(0, key.indexOf('/')))
                    .filter(namespace -> !namespace.isEmpty())
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    /** The names of the Placement and the PlacementBinding of one policy (contract 5.2). */
    public record PlacementName(String policyNamespace, String policyName, String desiredName, String safeName) {
        String key() {
            return policyNamespace + "/" + desiredName;
        }
    }

    Upgrade with(Request newRequest) {
        return new Upgrade(id, uid, createdAt, deletionAskedAt, newRequest, groundwork, objects);
    }

    Upgrade with(Groundwork newGroundwork) {
        return new Upgrade(id, uid, createdAt, deletionAskedAt, request, newGroundwork, objects);
    }

    Upgrade with(HubObjects newObjects) {
        return new Upgrade(id, uid, createdAt, deletionAskedAt, request, groundwork, newObjects);
    }

    Upgrade deletionAsked(Instant at) {
        return new Upgrade(id, uid, createdAt, Optional.of(at), request, groundwork, objects);
    }
}
