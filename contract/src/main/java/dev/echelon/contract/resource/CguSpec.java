package dev.echelon.contract.resource;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a user wants of a ClusterGroupUpgrade (contract 1.2). Absent lists are empty and absent values have the
 * contract's default, so that two specs that mean the same are equal.
 *
 * @param actions null when there are none; {@link #deletesObjects} and the like read through it
 * @param preCachingConfigRef null when none is named
 * @param unknown top-level fields that this version does not know, kept as they came
 */
@JsonPropertyOrder({
    "actions",
    "backup",
    "batchTimeoutAction",
    "blockingCRs",
    "clusterLabelSelectors",
    "clusterSelector",
    "clusters",
    "enable",
    "managedPolicies",
    "manifestWorkTemplates",
    "preCaching",
    "preCachingConfigRef",
    "remediationStrategy"
})
public record CguSpec(
        @JsonPropertyDescription("Labels and annotations to change on the clusters before and after the upgrade.")
                Actions actions,
        @JsonPropertyDescription("Back every spoke up before it is upgraded. Deprecated, still works.")
                Boolean backup,
        @JsonPropertyDescription("Abort ends the upgrade when a batch times out; anything else goes on.")
                String batchTimeoutAction,
        @JsonPropertyDescription("ClusterGroupUpgrades that have to complete before this one starts.")
                List<BlockingCr> blockingCRs,
        @JsonPropertyDescription("Label selectors for clusters. A cluster is selected that matches any of them.")
                List<LabelSelector> clusterLabelSelectors,
        @JsonPropertyDescription("Deprecated: use clusterLabelSelectors. Entries are key=value, or key for an empty value.")
                List<String> clusterSelector,
        @JsonPropertyDescription("Names of clusters, in order.") List<String> clusters,
        @JsonPropertyDescription("False holds the upgrade back, after pre-caching. Read until it starts.")
                Boolean enable,
        @JsonPropertyDescription("Names of root policies, in the order of remediation.") List<String> managedPolicies,
        @JsonPropertyDescription(
                        "Names of ManifestWorkReplicaSets in this namespace. When set, managedPolicies is ignored.")
                List<String> manifestWorkTemplates,
        @JsonPropertyDescription("Pull the images that the upgrade needs to the spokes beforehand.")
                Boolean preCaching,
        @JsonPropertyDescription("The PreCachingConfig to use.") ConfigRef preCachingConfigRef,
        @JsonPropertyDescription("How many clusters at once, how long, and which first.")
                RemediationStrategy remediationStrategy,
        @JsonIgnore @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown) {

    public CguSpec {
        backup = backup != null && backup;
        batchTimeoutAction = batchTimeoutAction == null ? "" : batchTimeoutAction;
        blockingCRs = copy(blockingCRs);
        clusterLabelSelectors = copy(clusterLabelSelectors);
        clusterSelector = copy(clusterSelector);
        clusters = copy(clusters);
        enable = enable == null || enable;
        managedPolicies = copy(managedPolicies);
        manifestWorkTemplates = copy(manifestWorkTemplates);
        preCaching = preCaching != null && preCaching;
        preCachingConfigRef =
                preCachingConfigRef == null || preCachingConfigRef.name().isEmpty() ? null : preCachingConfigRef;
        if (remediationStrategy == null) {
            throw new IllegalArgumentException("spec.remediationStrategy: Required value");
        }
        unknown = unknown == null ? Map.of() : new TreeMap<>(unknown);
    }

    /** Whether the rollout is one of ManifestWorks, not of policies (contract 13). */
    @JsonIgnore
    public boolean rollsOutManifestWorks() {
        return !manifestWorkTemplates.isEmpty();
    }

    /** Whether a batch that times out ends the rollout: only the exact text {@code Abort} does. */
    @JsonIgnore
    public boolean abortsOnBatchTimeout() {
        return "Abort".equals(batchTimeoutAction);
    }

    /** Whether the enforcing objects are deleted when the rollout ends; true unless said otherwise (contract 5.3). */
    @JsonIgnore
    public boolean deletesObjects() {
        return actions == null || actions.afterCompletion() == null || actions.afterCompletion().deleteObjects();
    }

    private static <T> List<T> copy(List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    /**
     * How the clusters are worked through.
     *
     * @param canaries clusters that go first, each in a batch of its own
     * @param maxConcurrency clusters at once; zero or less means all
     * @param timeout minutes for the whole rollout; zero counts as the default 240 (contract 1.5), and with a negative
     *     one the rollout times out as soon as it has begun
     */
    @JsonPropertyOrder({"canaries", "maxConcurrency", "timeout"})
    public record RemediationStrategy(
            @JsonPropertyDescription("Clusters that go first, each in a batch of its own.") List<String> canaries,
            @JsonPropertyDescription("How many clusters to upgrade at once.")
                    @JsonDeserialize(using = SaturatingInteger.class)
                    Integer maxConcurrency,
            @JsonPropertyDescription("Minutes for the whole upgrade.")
                    @JsonDeserialize(using = SaturatingInteger.class)
                    Integer timeout) {

        public static final int DEFAULT_TIMEOUT_MINUTES = 240;

        public RemediationStrategy {
            canaries = copy(canaries);
            if (maxConcurrency == null) {
                throw new IllegalArgumentException("spec.remediationStrategy.maxConcurrency: Required value");
            }
            timeout = timeout == null || timeout == 0 ? DEFAULT_TIMEOUT_MINUTES : timeout;
        }
    }

    /** Names another ClusterGroupUpgrade. An empty namespace finds nothing (contract 9.1). */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record BlockingCr(String name, String namespace) {
        public BlockingCr {
            name = name == null ? "" : name;
            namespace = namespace == null ? "" : namespace;
        }
    }

    /** Names a PreCachingConfig. An empty name means none; an empty namespace means the CGU's. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record ConfigRef(String name, String namespace) {
        public ConfigRef {
            name = name == null ? "" : name;
            namespace = namespace == null ? "" : namespace;
        }
    }

    /** What to change on ManagedClusters, and when (contract 8). Either part is null when it is not given. */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Actions(AfterCompletion afterCompletion, BeforeEnable beforeEnable) {}

    /** Changes to the ManagedClusters of the plan, once, before the first batch. */
    public record BeforeEnable(
            Map<String, String> addClusterAnnotations,
            Map<String, String> addClusterLabels,
            Map<String, String> deleteClusterLabels,
            List<String> removeClusterAnnotations,
            List<String> removeClusterLabels) {
        public BeforeEnable {
            addClusterAnnotations = orEmpty(addClusterAnnotations);
            addClusterLabels = orEmpty(addClusterLabels);
            deleteClusterLabels = orEmpty(deleteClusterLabels);
            removeClusterAnnotations = copy(removeClusterAnnotations);
            removeClusterLabels = copy(removeClusterLabels);
        }
    }

    /** Changes to each ManagedCluster when it has completed, and what happens to the enforcing objects at the end. */
    public record AfterCompletion(
            Map<String, String> addClusterAnnotations,
            Map<String, String> addClusterLabels,
            Map<String, String> deleteClusterLabels,
            Boolean deleteObjects,
            List<String> removeClusterAnnotations,
            List<String> removeClusterLabels) {
        public AfterCompletion {
            addClusterAnnotations = orEmpty(addClusterAnnotations);
            addClusterLabels = orEmpty(addClusterLabels);
            deleteClusterLabels = orEmpty(deleteClusterLabels);
            deleteObjects = deleteObjects == null || deleteObjects;
            removeClusterAnnotations = copy(removeClusterAnnotations);
            removeClusterLabels = copy(removeClusterLabels);
        }
    }

    private static Map<String, String> orEmpty(Map<String, String> map) {
        return map == null ? Map.of() : Map.copyOf(map);
    }
}
