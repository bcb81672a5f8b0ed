package dev.echelon.contract.observation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.echelon.contract.CguId;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the hub shows, for one CGU that cares. A snapshot, never only a difference: one that is lost, late or repeated
 * does no harm, because the next one says the whole truth again.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Observation.FleetSnapshot.class, name = "FleetSnapshot"),
    @JsonSubTypes.Type(value = Observation.ComplianceSnapshot.class, name = "ComplianceSnapshot"),
    @JsonSubTypes.Type(value = Observation.WorkSnapshot.class, name = "WorkSnapshot"),
    @JsonSubTypes.Type(value = Observation.PlacementSnapshot.class, name = "PlacementSnapshot")
})
public sealed interface Observation {

    CguId cgu();

    /** When the watcher looked. */
    Instant observedAt();

    /**
     * All that the decision to start needs: sent until the rollout has started, whenever something in it changes.
     *
     * @param uid of the CGU that it was made for: a snapshot of a deleted namesake is ignored
     * @param generation of the spec that it was made for
     * @param selection which clusters the spec selects
     * @param policies one entry per distinct name in {@code spec.managedPolicies}, in that order; none where the CGU
     *     rolls out manifest works
     * @param templates one entry per distinct name in {@code spec.manifestWorkTemplates}, in that order
     * @param blockers one entry per entry of {@code spec.blockingCRs}, in that order
     * @param precacheInputs what the hub adds to the policies for pre-caching; {@link PrecacheInputs#NONE} where the
     *     CGU does not pre-cache
     * @param updateGraph what update graphs answered to the questions that the policies raise
     *     ({@link PlatformRequest}); a question without an answer here is still being asked
     */
    record FleetSnapshot(
            CguId cgu,
            String uid,
            long generation,
            Instant observedAt,
            ClusterSelection selection,
            List<ObservedPolicy> policies,
            List<ObservedTemplate> templates,
            List<ObservedBlocker> blockers,
            PrecacheInputs precacheInputs,
            List<GraphAnswer> updateGraph)
            implements Observation {
        public FleetSnapshot {
            policies = policies == null ? List.of() : List.copyOf(policies);
            templates = templates == null ? List.of() : List.copyOf(templates);
            blockers = blockers == null ? List.of() : List.copyOf(blockers);
            precacheInputs = precacheInputs == null ? PrecacheInputs.NONE : precacheInputs;
            updateGraph = updateGraph == null ? List.of() : List.copyOf(updateGraph);
        }

        /** Of a CGU that rolls out policies and names nothing else. */
        public FleetSnapshot(
                CguId cgu,
                String uid,
                long generation,
                Instant observedAt,
                ClusterSelection selection,
                List<ObservedPolicy> policies) {
            this(cgu, uid, generation, observedAt, selection, policies, null, null, null, null);
        }

        /** Whether it says the same of the fleet, whenever and for whichever generation it was made. */
        public boolean showsTheSameAs(FleetSnapshot other) {
            return selection.equals(other.selection)
                    && policies.equals(other.policies)
                    && templates.equals(other.templates)
                    && blockers.equals(other.blockers)
                    && precacheInputs.equals(other.precacheInputs)
                    && updateGraph.equals(other.updateGraph);
        }
    }

    /**
     * Clusters of a rollout in progress, each with its compliance with <em>all</em> policies of the rollout that are
     * there. Sent when a compliance changed, for the clusters that it concerns, and for all clusters of the plan when a
     * watcher starts or a policy asks for another soak.
     *
     * @param clusters cluster to policy name to compliance
     * @param soakSeconds by policy name, those of the rollout that ask for a soak (contract 7.4)
     */
    record ComplianceSnapshot(
            CguId cgu,
            String uid,
            Instant observedAt,
            Map<String, Map<String, Compliance>> clusters,
            Map<String, Integer> soakSeconds)
            implements Observation {
        public ComplianceSnapshot {
            clusters = clusters == null ? Map.of() : Map.copyOf(clusters);
            soakSeconds = soakSeconds == null ? Map.of() : Map.copyOf(soakSeconds);
        }

        /** Of policies that ask for no soak. */
        public ComplianceSnapshot(
                CguId cgu, String uid, Instant observedAt, Map<String, Map<String, Compliance>> clusters) {
            this(cgu, uid, observedAt, clusters, null);
        }
    }

    /**
     * The ManifestWorks of a rollout in progress on some clusters (contract 13). Sent when one of them changed or went,
     * for the clusters that it concerns, and for all clusters of the plan when a watcher starts.
     *
     * @param clusters cluster to the works that this CGU has there, by the work's name; a work that is not listed is
     *     not there, one that is being deleted is listed as such
     */
    record WorkSnapshot(
            CguId cgu, String uid, Instant observedAt, Map<String, Map<String, ObservedWork>> clusters)
            implements Observation {
        public WorkSnapshot {
            clusters = clusters == null ? Map.of() : Map.copyOf(clusters);
        }
    }

    /**
     * Which of a rollout's Placements cannot select clusters because the namespace has no ManagedClusterSetBinding
     * (contract 5.4). Sent when that changes, and when a watcher starts.
     *
     * @param unsatisfied sorted by namespace and name; empty when all can
     */
    record PlacementSnapshot(CguId cgu, String uid, Instant observedAt, List<UnsatisfiedPlacement> unsatisfied)
            implements Observation {
        public PlacementSnapshot {
            unsatisfied = unsatisfied == null ? List.of() : List.copyOf(unsatisfied);
        }
    }

    /** @param message of the condition {@code PlacementSatisfied} */
    record UnsatisfiedPlacement(String namespace, String name, String message) {}

    /**
     * The outcome of contract 2.1.
     *
     * @param clusters in order: explicit ones first, selected ones after them
     * @param missing listed clusters that are no ManagedCluster, in order
     * @param error why the selection could not be computed; empty when it could
     */
    record ClusterSelection(List<String> clusters, List<String> missing, String error) {
        public ClusterSelection {
            clusters = clusters == null ? List.of() : List.copyOf(clusters);
            missing = missing == null ? List.of() : List.copyOf(missing);
            error = error == null ? "" : error;
        }
    }
}
