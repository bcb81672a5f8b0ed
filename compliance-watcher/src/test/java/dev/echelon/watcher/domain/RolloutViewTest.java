package dev.echelon.watcher.domain;

import static dev.echelon.watcher.Upgrades.beforeStart;
import static dev.echelon.watcher.Upgrades.inProgress;
import static dev.echelon.watcher.Upgrades.spec;
import static dev.echelon.watcher.Upgrades.works;
import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.Observation.ComplianceSnapshot;
import dev.echelon.contract.observation.Observation.PlacementSnapshot;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import dev.echelon.contract.observation.Observation.WorkSnapshot;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.watcher.QuestionsAsked;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an upgrade in progress is told of the objects that its rollout made. */
class RolloutViewTest {

    private static final CguId CGU = new CguId("ns", "cu");
    private static final CguId OTHER = new CguId("ns", "other");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ObservedWork PENDING = new ObservedWork(false, false, "", Map.of());
    private static final ObservedWork COMPLETE = new ObservedWork(true, false, "", Map.of());

    private final Set<CguId> concerned = new LinkedHashSet<>();
    private final FleetView view = new FleetView(concerned::add, new QuestionsAsked());

    @Test
    void aRolloutOfWorksIsToldAllClustersOfItsPlanAtTheStartAndThenThoseThatChanged() {
        view.apply(new HubChange.WorkSeen("a", "w", CGU, PENDING));
        rollOut(List.of("a", "b"));

        assertThat(told()).isEqualTo(List.of(new WorkSnapshot(
                CGU, "uid-of-cu", NOW, Map.of("a", Map.of("w", PENDING), "b", Map.of()))));

        view.apply(new HubChange.WorkSeen("a", "w", CGU, COMPLETE));
        view.apply(new HubChange.WorkSeen("a", "w2", CGU, PENDING));
        assertThat(toldWorks().clusters()).isEqualTo(Map.of("a", Map.of("w", COMPLETE, "w2", PENDING)));

        view.apply(new HubChange.WorkGone("a", "w", CGU));
        assertThat(toldWorks().clusters()).isEqualTo(Map.of("a", Map.of("w2", PENDING)));
    }

    @Test
    void worksOfOthersAndOfClustersOutsideThePlanAndRepetitionsAreNoNews() {
        rollOut(List.of("a"));
        toldWorks();
        view.apply(new HubChange.WorkSeen("a", "w", OTHER, PENDING));
        view.apply(new HubChange.WorkSeen("c", "w", CGU, PENDING));
        assertThat(concerned).isEmpty();

        view.apply(new HubChange.WorkSeen("a", "w", CGU, PENDING));
        toldWorks();
        view.apply(new HubChange.WorkSeen("a", "w", CGU, PENDING));
        assertThat(concerned).isEmpty();
        view.apply(new HubChange.WorkGone("a", "never-seen", CGU));
        assertThat(concerned).isEmpty();
    }

    @Test
    void beforeTheStartNobodyHearsOfWorks() {
        view.apply(beforeStart("ns", "cu", 1, works(List.of("a"), List.of("t"))));
        told();

        view.apply(new HubChange.WorkSeen("a", "w", CGU, PENDING));

        assertThat(concerned).isEmpty();
    }

    @Test
    void aLargePlanIsToldInParts() {
        rollOut(IntStream.range(0, 2_500).mapToObj(i -> "c" + i).toList());

        assertThat(List.of(toldWorks(), toldWorks(), toldWorks()))
                .extracting(part -> part.clusters().size())
                .containsExactly(1_000, 1_000, 500);
        assertThat(concerned).isEmpty();
    }

    @Test
    void placementsThatCannotSelectAreToldAtTheStartAndWhenTheyChange() {
        PolicyKey second = new PolicyKey("z2", "b");
        view.apply(new HubChange.PlacementSeen(second, CGU, Optional.of("no binding")));
        enforce();
        assertThat(placements().unsatisfied())
                .containsExactly(new UnsatisfiedPlacement("z2", "b", "no binding"));

        view.apply(new HubChange.PlacementSeen(new PolicyKey("z1", "c"), CGU, Optional.of("none")));
        assertThat(placements().unsatisfied()).containsExactly(
                new UnsatisfiedPlacement("z1", "c", "none"), new UnsatisfiedPlacement("z2", "b", "no binding"));

        view.apply(new HubChange.PlacementSeen(second, CGU, Optional.empty()));
        view.apply(new HubChange.PlacementGone(new PolicyKey("z1", "c"), CGU));
        assertThat(placements().unsatisfied()).isEmpty();
    }

    @Test
    void aPlacementThatSelectsIsNoNews() {
        enforce();
        assertThat(told()).extracting(Observation::getClass)
                .containsExactly(ComplianceSnapshot.class, PlacementSnapshot.class);

        view.apply(new HubChange.PlacementSeen(new PolicyKey("z", "a"), CGU, Optional.empty()));
        view.apply(new HubChange.PlacementSeen(new PolicyKey("z", "a"), OTHER, Optional.of("no binding")));

        assertThat(concerned).isEmpty();
    }

    @Test
    void aRestatementSaysAgainThatAllPlacementsSelect() {
        enforce();
        placements();

        view.restateAll();

        assertThat(placements().unsatisfied()).isEmpty();
    }

    private void rollOut(List<String> plan) {
        view.apply(inProgress("ns", "cu", works(plan, List.of("t")), List.of(plan), List.of()));
    }

    private void enforce() {
        view.apply(inProgress(
                "ns",
                "cu",
                spec(List.of("a"), List.of("p")),
                List.of(List.of("a")),
                List.of(new PolicyRef("p", "ztp"))));
    }

    private WorkSnapshot toldWorks() {
        List<Observation> told = told();
        assertThat(told).hasSize(1);
        return (WorkSnapshot) told.getFirst();
    }

    private PlacementSnapshot placements() {
        return (PlacementSnapshot) told().getLast();
    }

    private List<Observation> told() {
        assertThat(concerned).containsExactly(CGU);
        concerned.clear();
        return view.observe(CGU, NOW);
    }
}
