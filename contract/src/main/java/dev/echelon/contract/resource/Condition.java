package dev.echelon.contract.resource;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;

/**
 * One entry of {@code status.conditions}.
 *
 * @param type one of {@link ConditionReason}'s types, in the published spelling
 * @param status {@code True} or {@code False}
 * @param lastTransitionTime when the status (not the reason) last changed, in whole seconds
 */
@JsonPropertyOrder({"lastTransitionTime", "message", "reason", "status", "type"})
public record Condition(String type, String status, String reason, String message, Instant lastTransitionTime) {

    @JsonIgnore
    public boolean isTrue() {
        return "True".equals(status);
    }
}
