package dev.echelon.api.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class StatusQueueTest {

    private static final Instant NOW = Instant.parse("2026-01-01T10:00:00Z");
    private final StatusQueue queue = new StatusQueue(Duration.ofMillis(250));

    @Test
    void everyListOfConditionsHasItsTurnInOrder() {
        queue.offer(status(1, "a"));
        queue.offer(status(1, "a", "b"));
        queue.offer(status(1, "a", "b", "c"));

        assertThat(writeAll(CguStatus.EMPTY))
                .containsExactly(status(1, "a"), status(1, "a", "b"), status(1, "a", "b", "c"));
    }

    @Test
    void ofStatusesWithTheSameConditionsTheNewestIsEnough() {
        queue.offer(status(1, "a"));
        queue.offer(status(2, "a"));
        queue.offer(status(3, "a", "b"));
        queue.offer(status(4, "a", "b"));

        assertThat(writeAll(CguStatus.EMPTY)).containsExactly(status(2, "a"), status(4, "a", "b"));
    }

    @Test
    void whatTheCrShowsAlreadyIsNotWrittenAgain() {
        queue.offer(status(1, "a"));
        queue.offer(status(1, "a", "b"));
        queue.offer(status(1, "a", "b", "c"));

        queue.resumeAfter(status(1, "a", "b"));

        assertThat(writeAll(status(1, "a", "b"))).containsExactly(status(1, "a", "b", "c"));
    }

    @Test
    void aCrThatShowsNothingKnownGoesOnWithTheNewest() {
        queue.offer(status(1, "a"));
        queue.offer(status(1, "a", "b"));

        queue.resumeAfter(status(1, "x"));

        assertThat(writeAll(status(1, "x"))).containsExactly(status(1, "a", "b"));
    }

    @Test
    void onlyWhatShowsTheSameConditionsIsSpacedOut() {
        queue.offer(status(1, "a"));
        queue.next(CguStatus.EMPTY);
        assertThat(queue.delay(CguStatus.EMPTY, NOW)).isZero();
        queue.written(status(1, "a"), status(1, "a"), NOW);

        queue.offer(status(2, "a"));
        queue.next(status(1, "a"));
        assertThat(queue.delay(status(1, "a"), NOW.plusMillis(100))).isEqualTo(Duration.ofMillis(150));
        assertThat(queue.delay(status(1, "a"), NOW.plusMillis(250))).isZero();

        queue.offer(status(3, "a", "b"));
        queue.next(status(1, "a"));
        assertThat(queue.delay(status(1, "a"), NOW.plusMillis(100))).isZero();
    }

    @Test
    void aStatusThatSomebodyElseWroteIsWrittenOver() {
        queue.offer(status(1, "a"));
        queue.written(status(1, "a"), status(1, "a"), NOW);

        assertThat(queue.next(status(1, "a"))).isEmpty();
        assertThat(queue.next(status(7, "a"))).contains(status(1, "a"));
    }

    @Test
    void whatTheHubMadeOfOurWriteIsLeftAlone() {
        queue.offer(status(1, "a"));
        queue.written(status(1, "a"), status(0, "a"), NOW);

        assertThat(queue.next(status(0, "a"))).isEmpty();
    }

    @RepeatedTest(20)
    void whateverTheInterleavingNoListOfConditionsIsSkippedAndTheNewestIsShownAtLast() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<String> conditions = new ArrayList<>();
        List<List<String>> offered = new ArrayList<>();
        List<List<String>> shownLists = new ArrayList<>();
        CguStatus shown = CguStatus.EMPTY;
        CguStatus newest = CguStatus.EMPTY;
        for (int i = 1; i <= 200; i++) {
            if (random.nextInt(4) == 0 && conditions.size() < 60) {
                conditions.add("c" + i);
                offered.add(List.copyOf(conditions));
            }
            newest = status(i, conditions.toArray(String[]::new));
            queue.offer(newest);
            while (random.nextBoolean() && queue.next(shown).isPresent()) {
                shown = write(shown);
                shownLists.add(types(shown));
            }
        }
        while (queue.next(shown).isPresent()) {
            shown = write(shown);
            shownLists.add(types(shown));
        }

        assertThat(shown).isEqualTo(newest);
        assertThat(shownLists.stream().filter(list -> !list.isEmpty()).distinct()).containsExactlyElementsOf(offered);
    }

    private CguStatus write(CguStatus shown) {
        CguStatus next = queue.next(shown).orElseThrow();
        queue.written(next, next, NOW);
        return next;
    }

    private List<CguStatus> writeAll(CguStatus from) {
        List<CguStatus> written = new ArrayList<>();
        CguStatus shown = from;
        Optional<CguStatus> next = queue.next(shown);
        while (next.isPresent()) {
            shown = write(shown);
            written.add(shown);
            next = queue.next(shown);
        }
        return written;
    }

    private static List<String> types(CguStatus status) {
        return status.conditions().stream().map(Condition::type).toList();
    }

    private static CguStatus status(int concurrency, String... conditions) {
        return new CguStatus(
                null, null, concurrency,
                Stream.of(conditions).map(type -> new Condition(type, "True", type, type, NOW)).toList(),
                null, null, null, null, null, null, null, null, null, null, null);
    }
}
