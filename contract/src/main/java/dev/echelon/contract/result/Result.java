package dev.echelon.contract.result;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.echelon.contract.CguId;
import java.time.Instant;
import java.util.List;

/** How carrying out an intent goes. Each names the intent that it answers; one for an intent of the past is ignored. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Result.SpokeProgress.class, name = "SpokeProgress"),
    @JsonSubTypes.Type(value = Result.SpokeCleaned.class, name = "SpokeCleaned"),
    @JsonSubTypes.Type(value = Result.JobProgress.class, name = "JobProgress"),
    @JsonSubTypes.Type(value = Result.Relabeled.class, name = "Relabeled"),
    @JsonSubTypes.Type(value = Result.WorkSettled.class, name = "WorkSettled"),
    @JsonSubTypes.Type(value = Result.ApprovalsStopped.class, name = "ApprovalsStopped"),
    @JsonSubTypes.Type(value = Result.Enforced.class, name = "Enforced"),
    @JsonSubTypes.Type(value = Result.EnforcementStopped.class, name = "EnforcementStopped"),
    @JsonSubTypes.Type(value = Result.Stalled.class, name = "Stalled")
})
public sealed interface Result {

    CguId cgu();

    /** The {@link dev.echelon.contract.intent.Intent#id()} that this answers. */
    String intentId();

    Instant at();

    /**
     * A spoke's pre-cache or backup entered a state (contract 10.4, 11).
     *
     * @param detail why, for a state that is not good news; empty otherwise
     */
    record SpokeProgress(
            CguId cgu, String intentId, Instant at, String cluster, Workload workload, SpokeState state, String detail)
            implements Result {
        public SpokeProgress {
            detail = detail == null ? "" : detail;
        }
    }

    /**
     * How far the job on a spoke says that it is. Sparse: at most one a spoke in ten seconds, and losing one does no
     * harm.
     *
     * @param done images that are there, or steps that are done
     * @param bytes how much was fetched; 0 where the job does not say
     * @param bytesPerSecond the rate of late; 0 where the job does not say
     * @param secondsLeft the job's own estimate; null where it has none
     */
    record JobProgress(
            CguId cgu,
            String intentId,
            Instant at,
            String cluster,
            Workload workload,
            int done,
            int total,
            long bytes,
            long bytesPerSecond,
            Long secondsLeft)
            implements Result {}

    /** The ManagedCluster has the labels and annotations that were asked for, or is none. */
    record Relabeled(CguId cgu, String intentId, Instant at, String cluster) implements Result {}

    /** The spoke has the work that was asked for, or the deletion of all is under way. */
    record WorkSettled(CguId cgu, String intentId, Instant at, String cluster) implements Result {}

    /** No view (and, where asked for, no action) for install plans is left on the hub for this spoke. */
    record ApprovalsStopped(CguId cgu, String intentId, Instant at, String cluster) implements Result {}

    /** The left-overs on a spoke are gone. */
    record SpokeCleaned(CguId cgu, String intentId, Instant at, String cluster) implements Result {}

    /** The enforcing objects are as {@code revision} wants them. Names are sorted. */
    record Enforced(
            CguId cgu,
            String intentId,
            Instant at,
            long revision,
            List<String> placements,
            List<String> placementBindings)
            implements Result {
        public Enforced {
            placements = placements == null ? List.of() : List.copyOf(placements);
            placementBindings = placementBindings == null ? List.of() : List.copyOf(placementBindings);
        }
    }

    /** No enforcing object is left. */
    record EnforcementStopped(CguId cgu, String intentId, Instant at) implements Result {}

    /** An intent cannot be carried out for now and is tried again; {@code reason} says what was refused and by whom. */
    record Stalled(CguId cgu, String intentId, Instant at, String reason) implements Result {}
}
