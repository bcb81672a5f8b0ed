package dev.echelon.contract.resource;

import dev.echelon.contract.resource.ConditionReason.Type;

/**
 * Every condition that a ClusterGroupUpgrade can show: type, status, reason and message together (contract 6.1). The
 * wire spelling is API, mistakes and trailing spaces included.
 *
 * <p>{@code %s} in a template stands for a value; {@link #with} fills it in.
 */
public enum ConditionReason {
    CLUSTERS_SELECTED(Type.CLUSTERS_SELECTED, true, "ClusterSelectionCompleted", "All selected clusters are valid"),
    CLUSTER_NOT_FOUND(Type.CLUSTERS_SELECTED, false, "ClusterNotFound", "Unable to select clusters: %s"),

    VALIDATED(Type.VALIDATED, true, "ValidationCompleted", "Completed validation"),
    MISSING_POLICIES(Type.VALIDATED, false, "NotAllManagedPoliciesExist", "Missing managed policies: %s "),
    INVALID_POLICIES(Type.VALIDATED, false, "NotAllManagedPoliciesExist", "Invalid managed policies: %s "),
    AMBIGUOUS_POLICIES(
            Type.VALIDATED,
            false,
            "AmbiguousManagedPoliciesNames",
            "Managed policy name should be unique, but was found in multiple namespaces: %s "),
    MISSING_TEMPLATES(Type.VALIDATED, false, "NotAllManifestTemplatesExist", "Missing manifest templates: %s"),
    INVALID_PLATFORM_IMAGE(Type.VALIDATED, false, "InvalidPlatformImage", "%s"),
    UNRESOLVABLE_DEPENDENCY(
            Type.VALIDATED,
            false,
            "UnresolvableDenpendency",
            "Managed Policy %s depends on %s, which is to be remediated later"),

    PRECACHE_SPEC_VALID(
            Type.PRECACHE_SPEC_VALID, true, "PrecacheSpecIsWellFormed", "Precaching spec is valid and consistent"),
    PRECACHE_CONFIG_UNREADABLE(
            Type.PRECACHE_SPEC_VALID,
            false,
            "PrecacheSpecIncomplete",
            "Precaching spec is incomplete: failed to get PreCachingConfig resource due to %s"),
    PRECACHE_SPEC_INCONSISTENT(
            Type.PRECACHE_SPEC_VALID, false, "PrecacheSpecIncomplete", "Precaching spec is incomplete: %s"),

    PRECACHE_REQUIRED(Type.PRECACHED, false, "InProgress", "Precaching is required and not done"),
    PRECACHE_IN_PROGRESS(Type.PRECACHED, false, "InProgress", "Precaching in progress for %s clusters"),
    PRECACHE_FAILED(Type.PRECACHED, false, "Failed", "Precaching failed for all clusters"),
    PRECACHE_PARTIAL(Type.PRECACHED, true, "PartiallyDone", "Precaching failed for %s clusters"),
    PRECACHE_COMPLETED(Type.PRECACHED, true, "PrecachingCompleted", "Precaching is completed for all clusters"),

    BACKUP_IN_PROGRESS(Type.BACKED_UP, false, "InProgress", "Backup in progress for %s clusters"),
    BACKUP_FAILED(Type.BACKED_UP, false, "Failed", "Backup failed for all clusters"),
    BACKUP_PARTIAL(Type.BACKED_UP, true, "PartiallyDone", "Backup failed for %s clusters"),
    BACKUP_COMPLETED(Type.BACKED_UP, true, "BackupCompleted", "Backup is completed for all clusters"),

    NOT_ENABLED(Type.PROGRESSING, false, "NotEnabled", "Not enabled"),
    MISSING_BLOCKING_CR(Type.PROGRESSING, false, "MissingBlockingCR", "Missing blocking CRs: %s"),
    INCOMPLETE_BLOCKING_CR(
            Type.PROGRESSING, false, "IncompleteBlockingCR", "Blocking CRs that are not completed: %s"),
    NOT_STARTED(Type.PROGRESSING, false, "NotStarted", "Cluster backup is in progress"),
    REMEDIATING(Type.PROGRESSING, true, "InProgress", "Remediating non-compliant policies"),
    ROLLING_OUT_WORKS(Type.PROGRESSING, true, "InProgress", "Rolling out manifestworks"),
    WAITING_FOR_PLACEMENT(
            Type.PROGRESSING,
            true,
            "WaitingForPlacement",
            "Placement \"%s\" in namespace \"%s\" cannot select clusters: %s. Create a ManagedClusterSetBinding for the"
                    + " \"default\" ManagedClusterSet in the policy namespace."),
    PROGRESS_COMPLETED(
            Type.PROGRESSING, false, "Completed", "All clusters are compliant with all the managed policies"),
    PROGRESS_WORKS_COMPLETED(
            Type.PROGRESSING, false, "Completed", "All manifestworks rolled out successfully on all clusters"),
    PROGRESS_NONE_LEFT(Type.PROGRESSING, false, "Completed", "No clusters available for remediation %s"),
    PROGRESS_TIMED_OUT(Type.PROGRESSING, false, "TimedOut", "Policy remediation took too long%s"),
    PROGRESS_WORKS_TIMED_OUT(Type.PROGRESSING, false, "TimedOut", "Manifestwork rollout took too long%s"),

    SUCCEEDED(Type.SUCCEEDED, true, "Completed", "All clusters are compliant with all the managed policies"),
    SUCCEEDED_WORKS(Type.SUCCEEDED, true, "Completed", "All manifestworks rolled out successfully on all clusters"),
    SUCCEEDED_ALREADY(
            Type.SUCCEEDED, true, "Completed", "All clusters already compliant with the specified managed policies"),
    TIMED_OUT(Type.SUCCEEDED, false, "TimedOut", "Policy remediation took too long%s"),
    WORKS_TIMED_OUT(Type.SUCCEEDED, false, "TimedOut", "Manifestwork rollout took too long%s"),
    NONE_LEFT(Type.SUCCEEDED, false, "Failed", "No clusters available for remediation %s");

    private final Type type;
    private final boolean status;
    private final String reason;
    private final String template;

    ConditionReason(Type type, boolean status, String reason, String template) {
        this.type = type;
        this.status = status;
        this.reason = reason;
        this.template = template;
    }

    public Type type() {
        return type;
    }

    /** {@code True} or {@code False}. */
    public String status() {
        return status ? "True" : "False";
    }

    /** The reason on the wire. */
    public String reason() {
        return reason;
    }

    /** The message with its values filled in, in the template's order. */
    public String with(Object... values) {
        return values.length == 0 ? template : String.format(template, values);
    }

    /** The condition types, in the published spelling. */
    public enum Type {
        CLUSTERS_SELECTED("ClustersSelected"),
        VALIDATED("Validated"),
        PRECACHE_SPEC_VALID("PrecacheSpecValid"),
        PRECACHED("PrecachingSuceeded"),
        BACKED_UP("BackupSuceeded"),
        PROGRESSING("Progressing"),
        SUCCEEDED("Succeeded");

        private final String wire;

        Type(String wire) {
            this.wire = wire;
        }

        public String wire() {
            return wire;
        }
    }
}
