package dev.echelon.api.domain;

import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;

/** How far a rollout is, as far as it matters for what an edit can still change (contract 6.5). */
public enum Phase {
    /** Validating, pre-caching, not enabled, blocked or backing up. */
    BEFORE_START,
    /** Batches are worked through. */
    IN_PROGRESS,
    /** Succeeded, failed or timed out; there is no re-run. */
    ENDED;

    /** The phase that these conditions tell of. */
    public static Phase of(CguStatus status) {
        if (status.condition(ConditionReason.Type.SUCCEEDED).isPresent()) {
            return ENDED;
        }
        return status.condition(ConditionReason.Type.PROGRESSING).filter(Condition::isTrue).isPresent()
                ? IN_PROGRESS
                : BEFORE_START;
    }
}
