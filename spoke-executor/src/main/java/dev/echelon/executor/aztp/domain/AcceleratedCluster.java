package dev.echelon.executor.aztp.domain;

import dev.echelon.executor.domain.Trees;
import java.util.List;
import java.util.Map;

/**
 * A ManagedCluster with the label that asks for accelerated ZTP.
 *
 * @param variant the label's value
 * @param isDue whether its configuration is to be handed over, as far as the cluster itself tells: it is not available
 *     yet, was not brought up before, is not being deleted, and is not the hub. That the hub has accepted it is not
 *     asked for: upstream does not wait for it where the cluster was just created
 */
public record AcceleratedCluster(String name, String uid, String variant, boolean isDue) {

    /** Its presence asks for it; the value chooses the variant. */
    public static final String LABEL = "accelerated-ztp";

    private static final String HUB_ITSELF = "local-cluster";
    private static final String FULL = "full";

    /** Reads a ManagedCluster as the hub has it. */
    public static AcceleratedCluster of(Map<String, Object> cluster) {
        Map<String, Object> metadata = Trees.map(cluster.get("metadata"));
        Map<String, Object> labels = Trees.map(metadata.get("labels"));
        String name = String.valueOf(metadata.get("name"));
        boolean due = labels.containsKey(LABEL)
                && !labels.containsKey("ztp-done")
                && metadata.get("deletionTimestamp") == null
                && !name.equals(HUB_ITSELF)
                && !isAvailable(cluster);
        return new AcceleratedCluster(
                name, String.valueOf(metadata.get("uid")), String.valueOf(labels.getOrDefault(LABEL, "")), due);
    }

    /** Whether the Job is handed over too. */
    public boolean wantsJob() {
        return variant.equals(FULL);
    }

    private static boolean isAvailable(Map<String, Object> cluster) {
        return Trees.map(cluster.get("status")).get("conditions") instanceof List<?> conditions
                && conditions.stream().map(Trees::map).anyMatch(
                        each -> "ManagedClusterConditionAvailable".equals(each.get("type"))
                                && "True".equals(each.get("status")));
    }
}
