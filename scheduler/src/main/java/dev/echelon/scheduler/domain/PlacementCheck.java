package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.Observation.PlacementSnapshot;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.scheduler.domain.Lifecycle.InRollout;
import java.util.Comparator;
import java.util.Optional;

/**
 * Whether the enforcing Placements can select clusters at all (contract 5.4). What the hub shows before the start is
 * kept: the Placements are there by then, and nothing may change when the rollout begins. The clocks run on.
 */
final class PlacementCheck {

    private PlacementCheck() {}

    static void observe(Draft draft, PlacementSnapshot snapshot) {
        Optional<UnsatisfiedPlacement> first = snapshot.unsatisfied().stream()
                .min(Comparator.comparing(UnsatisfiedPlacement::namespace)
                        .thenComparing(UnsatisfiedPlacement::name));
        if (!first.equals(draft.upgrade().objects().unsatisfied())) {
            draft.emit(new Fact.PlacementsObserved(first));
            show(draft);
        }
    }

    /** Says in a rollout of policies what it waits for. */
    static void show(Draft draft) {
        if (draft.lifecycle() instanceof InRollout state && !state.rollout().ofWorks()) {
            draft.upgrade()
                    .objects()
                    .unsatisfied()
                    .ifPresentOrElse(
                            placement -> draft.condition(
                                    ConditionReason.WAITING_FOR_PLACEMENT,
                                    placement.name(),
                                    placement.namespace(),
                                    placement.message()),
                            () -> draft.condition(ConditionReason.REMEDIATING));
        }
    }
}
