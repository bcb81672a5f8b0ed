package dev.echelon.scheduler.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguStatus.ClusterState;
import dev.echelon.contract.resource.CguStatus.ManifestWorkState;
import dev.echelon.contract.resource.CguStatus.PolicyState;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.contract.result.Result.JobProgress;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.domain.Lifecycle.BeforeStart;
import dev.echelon.scheduler.domain.Lifecycle.CleanUp;
import dev.echelon.scheduler.domain.Lifecycle.Rollout;
import dev.echelon.scheduler.domain.Upgrade.PlacementName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has happened. State changes only by folding facts ({@link Evolution}), and what an operator wants to know of them
 * becomes the audit log ({@link AuditTrail}).
 */
public sealed interface Fact {

    /** A fact that changes the pieces about the whole CGU, not those of clusters. */
    sealed interface OfWhole extends Fact {}

    /** A fact that concerns the large piece, and maybe the small one. */
    sealed interface OfUpgrade extends OfWhole {}

    /** A fact that concerns the small piece alone, so that the large one need not be read. */
    sealed interface OfProgress extends OfWhole {}

    /** A fact that changes the piece of one cluster, and counters. */
    sealed interface OfCluster extends Fact {
        String cluster();
    }

    /** A fact about a command; it changes nothing of the CGU itself. */
    sealed interface OfCommand extends Fact {
        String commandId();
    }

    // The resource

    record Created(CguId id, String uid, Instant at, Map<String, String> labels, Map<String, String> annotations, CguSpec spec)
            implements OfUpgrade {}

    /**
     * It had been begun by somebody else, and is as it was found: these pieces replace those of a new one.
     *
     * @param stage where it was found, in words
     * @param problems what of the status could not be taken over, in words
     */
    record Adopted(
            Upgrade upgrade, Progress progress, Map<String, Spoke> spokes, String stage, List<String> problems)
            implements OfUpgrade {}

    record Changed(Instant at, Map<String, String> labels, Map<String, String> annotations, CguSpec spec)
            implements OfUpgrade {}

    /** The resource as it now is was published as this version; {@code commandId} is empty unless a command caused it. */
    record Shown(Instant at, long version, String commandId) implements OfProgress {}

    record DeletionRequested(Instant at, CleanUp cleanUp) implements OfUpgrade {}

    /** All is gone. Nothing of the CGU is kept. */
    record Deleted(CguId id) implements OfUpgrade {}

    /** @param version the {@code resourceVersion} that shows what the command did */
    record CommandAccepted(CguId id, String commandId, long version, boolean created) implements OfCommand {}

    /**
     * @param reason a Kubernetes status reason
     * @param field the field at fault, or empty
     */
    record CommandRejected(CguId id, String commandId, String reason, String field, String message)
            implements OfCommand {}

    // Before the start

    record FleetObserved(FleetSnapshot snapshot) implements OfUpgrade {}

    record ConcurrencyComputed(int concurrency) implements OfUpgrade {}

    record PoliciesClassified(List<RolloutPolicy> forUpgrade, List<String> compliantBefore, Map<String, String> content)
            implements OfUpgrade {}

    record PlanChanged(List<List<String>> plan) implements OfUpgrade {}

    record PlacementsNamed(List<PlacementName> placements) implements OfUpgrade {}

    /**
     * Conditions that are written in one go, as wanted; what they displace follows from contract 6.2.
     *
     * @param failure what is wrong, where the one condition says that clusters or policies cannot be taken
     */
    record ConditionsSet(List<Condition> conditions, Optional<ValidationFailure> failure) implements OfProgress {}

    /** Only the number in a condition's message changed. */
    record ConditionRecounted(Condition condition) implements OfProgress {}

    record PrecacheSpecFrozen(PrecacheSpec spec) implements OfUpgrade {}

    record PrecacheRequested(String cluster, String intentId, Instant at, Duration startLimit) implements OfCluster {}

    /** {@code spec.preCaching} or {@code spec.backup} was switched off: what was asked of the spokes does not count. */
    record WorkCancelled(Workload workload) implements OfUpgrade {}

    /** This spoke's part of it is forgotten. */
    record JobDropped(String cluster, Workload workload) implements OfCluster {}

    record BackupRequested(String cluster, String intentId, Instant at) implements OfCluster {}

    /** @param report how far the job says that it is; it changes nothing but what was told */
    record JobProgressed(JobProgress report) implements OfCluster {
        @Override
        public String cluster() {
            return report.cluster();
        }
    }

    record SpokeProgressed(String cluster, Workload workload, SpokeState from, SpokeState state, String detail)
            implements OfCluster {}

    /** Labels or annotations of a ManagedCluster are to be changed. */
    record RelabelRequested(String cluster, String intentId) implements OfCluster {}

    /** @param afterwards whether it was the change after completion; else the one before the start */
    record ClusterRelabeled(String cluster, String intentId, boolean afterwards) implements OfCluster {}

    /** A pass before the start ended here. */
    record HeldAt(BeforeStart gate) implements OfProgress {}

    /**
     * Enabled and pre-cached: the clock of the rollout runs, also while it is blocked or backs up. {@code clusters} and
     * {@code batches} are those of the plan.
     */
    record Started(Instant at, int clusters, int batches) implements OfProgress {}

    // The rollout

    /** The plan and what is rolled out are frozen. */
    record RolloutBegan(Rollout rollout) implements OfUpgrade {}

    /** The hub was looked at for the first time since the rollout was taken over; it says how long clusters soak. */
    record RolloutSeen(Map<String, Duration> soaks) implements OfProgress {}

    /** Names of hub objects in the clusters' namespaces, by key of {@code status.safeResourceNames}. */
    record ObjectsNamed(Map<String, String> safeNames) implements OfUpgrade {}

    record ClusterAlreadyCompliant(String cluster) implements OfCluster {}

    record ClusterPlanned(String cluster, int batch, List<Compliance> compliance) implements OfCluster {}

    /** @param lagging how the number of lagging clusters changes: -1, 0 or 1 */
    record ComplianceChanged(String cluster, List<Compliance> compliance, int lagging) implements OfCluster {}

    /** @param total how many clusters the plan has */
    record BatchStarted(int batch, Instant at, List<String> clusters, int total) implements OfProgress {}

    record ClusterStarted(String cluster, int batch) implements OfCluster {}

    /** The cluster went on to a later policy. */
    record ClusterAdvanced(String cluster, int policyIndex, String policy) implements OfCluster {}

    /** The cluster was added to the Placement of the policy that it works at. */
    record ClusterEnforced(String cluster, int policyIndex) implements OfCluster {}

    record SoakStarted(String cluster, Instant since, Instant until) implements OfCluster {}

    record SoakInterrupted(String cluster) implements OfCluster {}

    record ClusterCompleted(String cluster, int batch) implements OfCluster {}

    record ClusterTimedOut(String cluster, int batch, int policyIndex, String policy) implements OfCluster {}

    /** The work of the cluster's current manifest work was asked for; an index above 0 is one that it went on to. */
    record WorkRequested(String cluster, int workIndex, String template) implements OfCluster {}

    /**
     * The manifest works of this CGU that the hub shows on the cluster, by name.
     *
     * @param problem why it cannot be told whether the current one is complete, where that is news; else empty
     */
    record WorkObserved(String cluster, Map<String, ObservedWork> works, String problem) implements OfCluster {}

    /** @param status of the work as it was seen last; empty when it is not there */
    record WorkTimedOut(
            String cluster, int batch, int workIndex, String template, Optional<Map<String, Object>> status)
            implements OfCluster {}

    /** That no manifest work is left on the cluster was asked for. */
    record WorkDropping(String cluster, String intentId) implements OfCluster {}

    record WorkDropped(String cluster) implements OfCluster {}

    /** Install plans of the policy's Subscriptions are approved from now on; none where it has no Subscriptions. */
    record ApprovalsRequested(String cluster, int policyIndex) implements OfCluster {}

    /** @param dropActions whether the actions, too, are to go, not only the views */
    record ApprovalsStopping(String cluster, String intentId, boolean dropActions) implements OfCluster {}

    record ApprovalsStopped(String cluster) implements OfCluster {}

    /** The first Placement that cannot select clusters; empty when all can. */
    record PlacementsObserved(Optional<UnsatisfiedPlacement> unsatisfied) implements OfUpgrade {}

    /**
     * @param total how many clusters the plan has
     * @param lagging how many of its clusters do not comply with every policy at this moment
     */
    record BatchCompleted(int batch, List<String> clusters, int total, int lagging) implements OfProgress {}

    /**
     * As {@link BatchCompleted}, for a batch that took too long.
     *
     * @param clusters those that were not complete
     * @param size how many clusters the batch has
     * @param canary whether it took too long as a canary batch
     * @param goesOn whether the next batch follows; else the rollout ends with this one
     */
    record BatchTimedOut(
            int batch, List<String> clusters, int size, int total, int lagging, boolean canary, boolean goesOn)
            implements OfProgress {}

    // Enforcement

    record EnforcementIssued(Instant at) implements OfProgress {}

    record EnforcementConfirmed(List<String> placements, List<String> placementBindings) implements OfProgress {}

    /** Stopping all enforcement was asked for. */
    record EnforcementStopping() implements OfProgress {}

    /** No enforcing object is left. */
    record EnforcementStopped() implements OfProgress {}

    /** The emptied objects that stay for inspection are as they should be. */
    record EnforcementEmptied() implements OfProgress {}

    /** @param stall what it is that cannot be done, and why */
    record IntentStalled(String intentId, Instant at, String stall) implements OfProgress {}

    // The end

    /** @param total how many clusters the plan has */
    record Completed(String message, int total) implements OfProgress {}

    /** @param clusters those of the whole rollout that timed out, in the order of {@code status.clusters} */
    record TimedOut(String message, List<String> clusters, int total) implements OfProgress {}

    /** @param clusters as in {@link TimedOut} */
    record Failed(String message, List<String> clusters, int total) implements OfProgress {}

    /**
     * The clean-up after the end began. It follows {@link Completed}, {@link TimedOut} or {@link Failed}.
     *
     * @param keepsObjects whether the enforcing objects stay for inspection, emptied
     */
    record SettlingBegan(CleanUp cleanUp, boolean keepsObjects) implements OfProgress {}

    /** The left-overs of a job that is not wanted any more, or did not succeed, are to go. */
    record CleaningRequested(String cluster, Workload workload, String intentId) implements OfCluster {}

    record SpokeCleaned(String cluster, Workload workload) implements OfCluster {}

    /** The clean-up is done. */
    record Finished(Instant at) implements OfProgress {}

    /** The outcome entry that this fact adds to {@code status.clusters}, if it adds one (contract 7.6). */
    default Optional<ClusterState> outcome() {
        return switch (this) {
            case ClusterAlreadyCompliant(String cluster) -> Optional.of(new ClusterState(null, null, cluster, "complete"));
            case ClusterCompleted(String cluster, _) -> Optional.of(new ClusterState(null, null, cluster, "complete"));
            case ClusterTimedOut(String cluster, _, _, String policy) ->
                Optional.of(new ClusterState(
                        null,
                        new PolicyState(policy, "NonCompliant"),
                        cluster,
                        "timedout"));
            case WorkTimedOut(String cluster, _, _, String template, Optional<Map<String, Object>> status) ->
                Optional.of(new ClusterState(
                        new ManifestWorkState(template, status.orElse(null)), null, cluster, "timedout"));
            case Fact _ -> Optional.empty();
        };
    }
}
