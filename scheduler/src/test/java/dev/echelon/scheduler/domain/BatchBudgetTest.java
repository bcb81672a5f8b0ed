package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The example of contract 7.5. */
class BatchBudgetTest {

    private static final Instant START = Instant.parse("2026-01-10T08:00:00Z");
    private static final Duration TIMEOUT = Duration.ofMinutes(240);

    @Test
    void theFirstOfFiveBatchesHasAFifth() {
        assertThat(BatchBudget.batchDeadline(START, TIMEOUT, START, 1, 5)).isEqualTo(START.plus(Duration.ofMinutes(48)));
    }

    @Test
    void timeThatWasSavedIsShared() {
        Instant second = START.plus(Duration.ofMinutes(40));

        assertThat(BatchBudget.batchDeadline(START, TIMEOUT, second, 2, 5))
                .isEqualTo(second.plus(Duration.ofMinutes(50)));
    }

    @Test
    void theLastBatchHasNoBudgetOfItsOwn() {
        assertThatThrownBy(() -> BatchBudget.batchDeadline(START, TIMEOUT, START, 5, 5))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
