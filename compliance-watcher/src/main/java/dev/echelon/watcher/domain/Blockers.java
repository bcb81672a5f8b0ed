package dev.echelon.watcher.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.ObservedBlocker;
import dev.echelon.contract.observation.ObservedBlocker.State;
import dev.echelon.contract.resource.CguSpec.BlockingCr;
import dev.echelon.contract.resource.CguStatus.ClusterState;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All upgrades that there are, with the eyes of those that wait for them: how far each is, and of one that has ended
 * which clusters it completed. Progress in between is no news.
 */
final class Blockers {

    private static final Reading MISSING = new Reading(State.MISSING, List.of());
    private static final Reading RUNNING = new Reading(State.RUNNING, List.of());

    private record Reading(State state, List<String> completed) {}

    private final Map<CguId, Reading> upgrades = new HashMap<>();

    /** @return whether that is news to those who wait for it */
    boolean put(ClusterGroupUpgrade cgu) {
        Reading reading = read(cgu);
        return !reading.equals(upgrades.put(cgu.id(), reading));
    }

    /** @return whether it had been there */
    boolean remove(CguId cgu) {
        return upgrades.remove(cgu) != null;
    }

    /** Contract 9.1 and 9.2, of each. */
    List<ObservedBlocker> observe(Blocking blocking) {
        return blocking.blockers().stream().map(entry -> observe(entry, blocking.filters())).toList();
    }

    private ObservedBlocker observe(BlockingCr entry, boolean filters) {
        Reading reading = Blocking.named(entry).map(upgrades::get).orElse(MISSING);
        return new ObservedBlocker(
                entry.namespace(), entry.name(), reading.state(), filters ? reading.completed() : null);
    }

    private static Reading read(ClusterGroupUpgrade cgu) {
        Optional<Condition> end = cgu.status().condition(ConditionReason.Type.SUCCEEDED);
        if (end.isEmpty()) {
            return RUNNING;
        }
        return new Reading(
                end.get().isTrue() ? State.SUCCEEDED : State.FAILED,
                cgu.status().clusters().stream()
                        .filter(cluster -> "complete".equals(cluster.state()))
                        .map(ClusterState::name)
                        .toList());
    }
}
