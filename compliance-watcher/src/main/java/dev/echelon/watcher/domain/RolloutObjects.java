package dev.echelon.watcher.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.watcher.domain.HubChange.PlacementGone;
import dev.echelon.watcher.domain.HubChange.PlacementSeen;
import dev.echelon.watcher.domain.HubChange.WorkGone;
import dev.echelon.watcher.domain.HubChange.WorkSeen;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the hub shows of objects that rollouts made: manifest works, and placements that cannot select clusters. */
final class RolloutObjects {

    private static final Comparator<UnsatisfiedPlacement> ORDER =
            Comparator.comparing(UnsatisfiedPlacement::namespace).thenComparing(UnsatisfiedPlacement::name);

    /** Owner, then cluster, then name. */
    private final Map<CguId, Map<String, Map<String, ObservedWork>>> works = new HashMap<>();
    /** Owner, then placement: only those that cannot select clusters. */
    private final Map<CguId, Map<PolicyKey, String>> unsatisfied = new HashMap<>();

    /** @return whether that is news to its owner */
    boolean apply(HubChange.OfRollout change) {
        return switch (change) {
            case WorkSeen(String cluster, String name, CguId owner, ObservedWork work) ->
                !work.equals(works.computeIfAbsent(owner, cgu -> new HashMap<>())
                        .computeIfAbsent(cluster, of -> new HashMap<>(2))
                        .put(name, work));
            case WorkGone(String cluster, String name, CguId owner) -> removeWork(owner, cluster, name);
            case PlacementSeen(PolicyKey placement, CguId owner, Optional<String> problem) ->
                problem.isEmpty()
                        ? removePlacement(owner, placement)
                        : !problem.get().equals(unsatisfied.computeIfAbsent(owner, cgu -> new HashMap<>())
                                .put(placement, problem.get()));
            case PlacementGone(PolicyKey placement, CguId owner) -> removePlacement(owner, placement);
        };
    }

    /** The works that an upgrade has on a cluster, by name. */
    Map<String, ObservedWork> works(CguId owner, String cluster) {
        return Map.copyOf(works.getOrDefault(owner, Map.of()).getOrDefault(cluster, Map.of()));
    }

    /** The placements of an upgrade that cannot select clusters. */
    List<UnsatisfiedPlacement> unsatisfied(CguId owner) {
        return unsatisfied.getOrDefault(owner, Map.of()).entrySet().stream()
                .map(entry -> new UnsatisfiedPlacement(
                        entry.getKey().namespace(), entry.getKey().name(), entry.getValue()))
                .sorted(ORDER)
                .toList();
    }

    private boolean removeWork(CguId owner, String cluster, String name) {
        Map<String, Map<String, ObservedWork>> byCluster = works.getOrDefault(owner, Map.of());
        Map<String, ObservedWork> byName = byCluster.getOrDefault(cluster, Map.of());
        if (!byName.containsKey(name)) {
            return false;
        }
        byName.remove(name);
        if (byName.isEmpty()) {
            byCluster.remove(cluster);
        }
        if (byCluster.isEmpty()) {
            works.remove(owner);
        }
        return true;
    }

    private boolean removePlacement(CguId owner, PolicyKey placement) {
        Map<PolicyKey, String> placements = unsatisfied.getOrDefault(owner, Map.of());
        if (!placements.containsKey(placement)) {
            return false;
        }
        placements.remove(placement);
        if (placements.isEmpty()) {
            unsatisfied.remove(owner);
        }
        return true;
    }
}
