package dev.echelon.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.echelon.api.fixture.MutableClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShortMemoryTest {

    private final MutableClock clock = new MutableClock();
    private final AtomicInteger questions = new AtomicInteger();
    private final ShortMemory<String, Boolean> memory =
            new ShortMemory<>(2, good -> Duration.ofSeconds(good ? 60 : 10), clock);

    private boolean ask(String key, boolean answer) {
        return memory.get(key, () -> {
            questions.incrementAndGet();
            return answer;
        });
    }

    @Test
    void anAnswerHoldsForAsLongAsItsKindDoes() {
        ask("good", true);
        ask("bad", false);

        clock.pass(Duration.ofMillis(9_999));
        assertThat(ask("bad", true)).isFalse();
        clock.pass(Duration.ofMillis(1));
        assertThat(ask("bad", true)).isTrue();
        clock.pass(Duration.ofMillis(49_999));
        assertThat(ask("good", false)).isTrue();
        clock.pass(Duration.ofMillis(1));
        assertThat(ask("good", false)).isFalse();
        assertThat(questions).hasValue(4);
    }

    @Test
    void whatWasNotUsedForLongestIsForgottenFirst() {
        ask("a", true);
        ask("b", true);
        ask("a", true);
        ask("c", true);

        ask("a", true);
        assertThat(questions).hasValue(3);
        ask("b", true);
        assertThat(questions).hasValue(4);
        assertThat(memory.size()).isEqualTo(2);
    }

    @Test
    void aFailureIsNotKept() {
        assertThatThrownBy(() -> memory.get("a", () -> {
                    throw new IllegalStateException("away");
                }))
                .hasMessage("away");

        assertThat(ask("a", true)).isTrue();
    }

    @Test
    void whoAsksTheSameAtTheSameTimeIsAnsweredByOneQuestion() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Boolean> first = CompletableFuture.supplyAsync(
                    () -> memory.get("a", () -> {
                        questions.incrementAndGet();
                        asked.countDown();
                        join(answer);
                        return true;
                    }),
                    threads);
            asked.await();
            List<CompletableFuture<Boolean>> others = IntStream.range(0, 20)
                    .mapToObj(_ -> CompletableFuture.supplyAsync(() -> ask("a", false), threads))
                    .toList();
            answer.countDown();

            assertThat(first.get()).isTrue();
            assertThat(others).allMatch(CompletableFuture::join);
            assertThat(questions).hasValue(1);
        }
    }

    private static void join(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
