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
