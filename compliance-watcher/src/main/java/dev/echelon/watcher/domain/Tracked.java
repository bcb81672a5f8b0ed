package dev.echelon.watcher.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.Observation.ClusterSelection;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One upgrade with what it cares about, and what it has been told. Two are equal only when they are the same. */
final class Tracked {

    private final CguId cgu;
    private final Interest interest;
    private Set<String> clusters = Set.of();

    /** Null while it has to be computed again. Before the start only. */
    private ClusterSelection selection;
    /** What it was told last; null when it has to be told whatever it is. Before the start only. */
    private FleetSnapshot told;
    /** Clusters about which it has to be told. In progress only. */
    private final Set<String> due = new LinkedHashSet<>();
    /** As {@code told}, of its placements. In progress only. */
    private List<UnsatisfiedPlacement> toldPlacements;

    Tracked(CguId cgu, Interest interest) {
        this.cgu = cgu;
        this.interest = interest;
    }

    CguId cgu() {
        return cgu;
    }

    Interest interest() {
        return interest;
    }

    Set<String> clusters() {
        return clusters;
    }

    void lookAt(Set<String> clusters) {
        this.clusters = clusters;
    }

    ClusterSelection selection() {
        return selection;
    }

    void selected(ClusterSelection selection) {
        this.selection = selection;
    }

    void selectAgain() {
        selection = null;
    }

    FleetSnapshot told() {
        return told;
    }

    void told(FleetSnapshot snapshot) {
        told = snapshot;
    }

    Set<String> due() {
        return due;
    }

    List<UnsatisfiedPlacement> toldPlacements() {
        return toldPlacements;
    }

    void toldPlacements(List<UnsatisfiedPlacement> placements) {
        toldPlacements = placements;
    }
}
