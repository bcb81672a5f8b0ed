package dev.echelon.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.watcher.domain.HubChange;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObservationLoopTest {

    private static final CguId CGU = new CguId("ns", "cu");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A broker that answers when the test says so. */
    private record Sent(Observation observation, CompletableFuture<Void> answer) {
        int clusters() {
            FleetSnapshot fleet = (FleetSnapshot) observation;
            return fleet.selection().clusters().size() - fleet.selection().missing().size();
        }
    }

    private volatile boolean leading = true;
    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private final ObservationLoop loop = new ObservationLoop(
            observation -> {
                Sent record = new Sent(observation, new CompletableFuture<>());
                sent.add(record);
                return record.answer();
            },
            Duration.ofMillis(20),
            InstantSource.system(),
            new QuestionsAsked(),
            () -> leading);

    @BeforeEach
    void start() {
        loop.start();
        loop.upgrade(Upgrades.beforeStart(
                "ns", "cu", 1, Upgrades.spec(List.of("a", "b", "c", "d"), List.of())));
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    @Test
    void nothingIsSaidBeforeEverythingIsKnown() {
        see("a");
        awaitTakenIn();
        assertThat(sent).isEmpty();

        see("b");
        loop.open();

        awaitSent(1);
        assertThat(sent.getFirst().clusters()).isEqualTo(2);
    }

    @Test
    void whatChangesWhileAnObservationIsUnderWayIsToldByOneMore() {
        loop.open();
        awaitSent(1);

        see("a");
        see("b");
        see("c");
        awaitTakenIn();
        assertThat(sent).hasSize(1);
        sent.getFirst().answer().complete(null);

        awaitSent(2);
        assertThat(sent.getLast().clusters()).isEqualTo(3);
    }

    @Test
    void anObservationThatCouldNotBeWrittenIsToldAgainWithWhatIsTrueThen() {
        loop.open();
        awaitSent(1);
        see("a");

        sent.getFirst().answer().completeExceptionally(new IllegalStateException("the broker is away"));

        await("the problem is reported")
                .atMost(PATIENCE)
                .until(() -> loop.problem().filter(p -> p.contains("the broker is away")).isPresent());
        awaitSent(2);
        assertThat(sent.getLast().clusters()).isEqualTo(1);

        sent.getLast().answer().complete(null);

        await("the problem is over").atMost(PATIENCE).until(() -> loop.problem().isEmpty());
    }

    @Test
    void changesWithinAWindowMakeOneObservation() {
        loop.open();
        awaitSent(1);
        sent.getFirst().answer().complete(null);
        for (int i = 0; i < 1_000; i++) {
            loop.hub(new HubChange.ClusterSeen("a", Map.of("i", "" + i)));
            loop.hub(new HubChange.ClusterSeen("b", Map.of("i", "" + i)));
            if (i % 2 == 0) {
                loop.hub(new HubChange.ClusterGone("a"));
            }
        }
        awaitTakenIn();
        await("both clusters are seen")
                .atMost(PATIENCE)
                .until(() -> {
                    sent.forEach(record -> record.answer().complete(null));
                    return sent.getLast().clusters() == 2;
                });

        assertThat(sent).hasSizeLessThan(20);
    }

    @Test
    void aRestatementTellsWhatIsKnownAlready() {
        loop.open();
        awaitSent(1);
        sent.getFirst().answer().complete(null);

        loop.restate();

        awaitSent(2);
        assertThat(sent.getLast().clusters()).isEqualTo(sent.getFirst().clusters());
    }

    private void see(String cluster) {
        loop.hub(new HubChange.ClusterSeen(cluster, Map.of()));
    }

    private void awaitTakenIn() {
        await("all changes are taken in").atMost(PATIENCE).until(() -> loop.backlog() == 0);
    }

    private void awaitSent(int count) {
        await(count + " observations").atMost(PATIENCE).until(() -> sent.size() == count);
        assertThat(sent).allMatch(record -> record.observation().cgu().equals(CGU));
    }
}
