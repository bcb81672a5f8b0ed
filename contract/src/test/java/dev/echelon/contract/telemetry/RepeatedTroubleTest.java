package dev.echelon.contract.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RepeatedTroubleTest {

    private Instant now = Instant.parse("2026-01-10T08:00:00Z");
    private final RepeatedTrouble trouble = new RepeatedTrouble(() -> now);

    @Test
    void theSameIsToldOnceAMinute() {
        assertThat(trouble.isNews("403")).isTrue();
        assertThat(trouble.isNews("403")).isFalse();

        now = now.plus(Duration.ofSeconds(59));
        assertThat(trouble.isNews("403")).isFalse();

        now = now.plus(Duration.ofSeconds(1));
        assertThat(trouble.isNews("403")).isTrue();
        assertThat(trouble.isNews("403")).isFalse();
    }

    @Test
    void anotherIsToldAtOnce() {
        assertThat(trouble.isNews("403")).isTrue();
        assertThat(trouble.isNews("404")).isTrue();
        assertThat(trouble.isNews("403")).isTrue();
    }

    /** Months later, too: that it was told of once is no reason not to tell of it again. */
    @Test
    void whatComesBackIsToldAgain() {
        assertThat(trouble.isNews("403")).isTrue();

        now = now.plus(Duration.ofDays(60));

        assertThat(trouble.isNews("403")).isTrue();
    }
}
