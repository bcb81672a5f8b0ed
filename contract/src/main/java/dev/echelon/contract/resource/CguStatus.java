package dev.echelon.contract.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is, as the resource shows it (contract 1.3). Zero numbers, empty lists, empty maps and absent times are left out
 * of the JSON; a {@code policyIndex} of 0 is written.
 *
 * @param computedMaxConcurrency null until computed
 * @param safeResourceNames {@code <namespace>/<desired name>} to actual name
 * @param status the rollout itself; null until something of it is known
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record CguStatus(
        Backup backup,
        List<ClusterState> clusters,
        Integer computedMaxConcurrency,
        List<Condition> conditions,
        List<String> copiedPolicies,
        List<String> managedPoliciesCompliantBeforeUpgrade,
        Map<String, String> managedPoliciesContent,
        List<PolicyRef> managedPoliciesForUpgrade,
        Map<String, String> managedPoliciesNs,
        List<String> placementBindings,
        List<String> placements,
        Precaching precaching,
        List<List<String>> remediationPlan,
        Map<String, String> safeResourceNames,
        Rollout status) {

    public static final CguStatus EMPTY = new CguStatus(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    public CguStatus {
        clusters = orEmpty(clusters);
        conditions = orEmpty(conditions);
        copiedPolicies = orEmpty(copiedPolicies);
        managedPoliciesCompliantBeforeUpgrade = orEmpty(managedPoliciesCompliantBeforeUpgrade);
        managedPoliciesContent = orEmpty(managedPoliciesContent);
        managedPoliciesForUpgrade = orEmpty(managedPoliciesForUpgrade);
        managedPoliciesNs = orEmpty(managedPoliciesNs);
        placementBindings = orEmpty(placementBindings);
        placements = orEmpty(placements);
        remediationPlan = orEmpty(remediationPlan);
        safeResourceNames = orEmpty(safeResourceNames);
    }

    /** The condition of this type, in the published spelling. */
    public Optional<Condition> condition(ConditionReason.Type type) {
        return conditions.stream().filter(c -> c.type().equals(type.wire())).findFirst();
    }

    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    private static <V> Map<String, V> orEmpty(Map<String, V> map) {
        return map == null ? Map.of() : java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(map));
    }

    public record PolicyRef(String name, String namespace) {}

    /** Times and progress of the rollout. {@code currentBatch} is 1-based and null before the start and at the end. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @JsonPropertyOrder({
        "completedAt",
        "currentBatch",
        "currentBatchRemediationProgress",
        "currentBatchStartedAt",
        "startedAt"
    })
    public record Rollout(
            Instant completedAt,
            Integer currentBatch,
            Map<String, ClusterProgress> currentBatchRemediationProgress,
            Instant currentBatchStartedAt,
            Instant startedAt) {
        public Rollout {
            currentBatchRemediationProgress = orEmpty(currentBatchRemediationProgress);
        }
    }

    /**
     * Where one cluster of the current batch is.
     *
     * @param state {@code NotStarted}, {@code InProgress} or {@code Completed}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ClusterProgress(
            Instant firstCompliantAt, Integer manifestWorkIndex, Integer policyIndex, String state) {}

    /**
     * How one cluster ended (contract 7.6).
     *
     * @param state {@code complete} or {@code timedout}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ClusterState(
            ManifestWorkState currentManifestWork, PolicyState currentPolicy, String name, String state) {}

    /** The policy that a cluster was stuck on. */
    public record PolicyState(String name, String status) {}

    /** The manifest work that a cluster was stuck on; {@code status} as the work shows it, trimmed. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ManifestWorkState(String name, Map<String, Object> status) {}

    /**
     * Pre-caching: the frozen spec and each cluster's state (contract 10.4).
     *
     * @param failures why it failed, for clusters whose state is a failure; a field of Echelon's own, which a hub with the
     *     published definition leaves out (ADR 0006)
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Precaching(
            List<String> clusters, Map<String, String> failures, PrecacheSpec spec, Map<String, String> status) {
        public Precaching {
            clusters = orEmpty(clusters);
            failures = orEmpty(failures);
            status = orEmpty(status);
        }
    }

    /**
     * Backup: the start of the hub-side clock and each cluster's state (contract 11).
     *
     * @param failures why it failed, as for {@link Precaching}
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Backup(
            List<String> clusters, Map<String, String> failures, Instant startedAt, Map<String, String> status) {
        public Backup {
            clusters = orEmpty(clusters);
            failures = orEmpty(failures);
            status = orEmpty(status);
        }
    }
}
