package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.observation.Observation.PlacementSnapshot;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A rollout whose Placements cannot select clusters says so (contract 5.4). */
class PlacementStoryTest {

    private static final String NORMAL = "InProgress: Remediating non-compliant policies";
    private static final String WAITING = "WaitingForPlacement: Placement \"pl\" in namespace \"ns\" cannot select"
            + " clusters: No valid ManagedClusterSetBindings found in placement namespace. Create a"
            + " ManagedClusterSetBinding for the \"default\" ManagedClusterSet in the policy namespace.";

    private final Fleet fleet = Fleet.of("a", "b").withPolicy("p1");
    private final Story story = new Story(fleet);

    @Test
    void theConditionSaysWhatIsMissingAndReturns() {
        started();

        unsatisfied(placement("ns", "pl"));
        assertThat(story.seen()).last().isEqualTo(WAITING);
        assertThat(story.conditions()).last().isEqualTo("Progressing=True WaitingForPlacement");

        unsatisfied();
        assertThat(story.seen()).endsWith(WAITING, NORMAL);
    }

    @Test
    void theFirstByNamespaceAndNameGivesTheMessage() {
        started();

        unsatisfied(placement("ns", "q"), placement("x", "a"), placement("ns", "pl"));

        assertThat(story.seen()).last().isEqualTo(WAITING);
    }

    @Test
    void itIsSaidInTheLastBatchToo() {
        started();
        story.complies("p1", "a");

        unsatisfied(placement("ns", "pl"));

        assertThat(story.seen()).last().isEqualTo(WAITING);
        story.complies("p1", "b");
        assertThat(story.conditions()).endsWith("Progressing=False Completed", "Succeeded=True Completed");
    }

    @Test
    void whatTheHubShowedBeforeTheStartCounts() {
        story.creates(fleet.spec().enable(false)).seesFleet();
        unsatisfied(placement("ns", "pl"));
        assertThat(story.conditions()).last().isEqualTo("Progressing=False NotEnabled");

        story.updates(fleet.spec());

        assertThat(story.seen()).endsWith(NORMAL, WAITING);
    }

    @Test
    void theClocksRunOn() {
        story.creates(fleet.spec().timeout(60)).seesFleet();
        unsatisfied(placement("ns", "pl"));

        story.pass(Duration.ofMinutes(61));

        assertThat(story.conditions()).endsWith("Progressing=False TimedOut", "Succeeded=False TimedOut");
    }

    @Test
    void theSameAgainIsNoNews() {
        started();
        unsatisfied(placement("ns", "pl"));

        unsatisfied(placement("ns", "pl"));

        assertThat(story.lastFacts()).isEmpty();
    }

    private void started() {
        story.creates(fleet.spec().maxConcurrency(1)).seesFleet();
    }

    private void unsatisfied(UnsatisfiedPlacement... placements) {
        story.observes(new PlacementSnapshot(Fleet.CGU, Fleet.UID, story.now(), List.of(placements)));
    }

    private static UnsatisfiedPlacement placement(String namespace, String name) {
        return new UnsatisfiedPlacement(
                namespace, name, "No valid ManagedClusterSetBindings found in placement namespace");
    }
}
