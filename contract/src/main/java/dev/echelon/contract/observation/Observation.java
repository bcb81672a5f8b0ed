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
    @JsonSubTypes.Type(value = Observation.ComplianceSnapshot.class, name = "ComplianceSnapshot")
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
     * @param policies one entry per distinct name in {@code spec.managedPolicies}, in that order
     */
    record FleetSnapshot(
            CguId cgu,
            String uid,
            long generation,
            Instant observedAt,
            ClusterSelection selection,
            List<ObservedPolicy> policies)
            implements Observation {
        public FleetSnapshot {
            policies = policies == null ? List.of() : List.copyOf(policies);
        }
    }

    /**
     * Clusters of a rollout in progress, each with its compliance with <em>all</em> policies of the rollout. Sent when
     * a compliance changed, for the clusters that it concerns, and for all clusters of the plan when a watcher starts.
     *
     * @param clusters cluster to policy name to compliance
     */
    record ComplianceSnapshot(
            CguId cgu, String uid, Instant observedAt, Map<String, Map<String, Compliance>> clusters)
            implements Observation {
        public ComplianceSnapshot {
            clusters = clusters == null ? Map.of() : Map.copyOf(clusters);
        }
    }

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
