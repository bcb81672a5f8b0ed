package dev.echelon.scheduler.domain;

import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.scheduler.domain.Lifecycle.BeforeStart;
import dev.echelon.scheduler.domain.Lifecycle.Deleting;
import dev.echelon.scheduler.domain.Lifecycle.InRollout;
import dev.echelon.scheduler.domain.Lifecycle.Settling;

/**
 * Goes on with a CGU that was taken over ({@link Adoption}), in the same decision: whatever somebody else had under way is
 * asked for again, as it is. What the status does not say is waited for: before the start the fleet, in the rollout the
 * compliance of its clusters.
 */
final class Resumption {

    private Resumption() {}

    static void resume(Draft draft) {
        switch (draft.lifecycle()) {
            case BeforeStart _ -> SpokeWork.takeOver(draft);
            case InRollout _ -> Remediation.resume(draft);
            case Settling _ -> {
                Condition succeeded = Conditions.find(draft.progress().conditions(), ConditionReason.Type.SUCCEEDED)
                        .orElseThrow();
                Ending.resume(draft, succeeded);
            }
            case Lifecycle.Finished _, Deleting _ -> {
                // nothing more happens by itself
            }
        }
    }
}
