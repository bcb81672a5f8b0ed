package dev.echelon.executor.domain;

import java.time.Duration;
import java.time.Instant;

/**
 * When something that the spoke did not do may be asked of it again: after half a second, then at doubling distances up
 * to the 30 seconds at which upstream polls. A spoke that keeps saying no so costs little, and one that was only asked
 * a moment too early costs half a second.
 */
public record Retry(int tries, Instant notBefore) {

    /** Nothing was asked yet. */
    public static final Retry FIRST = new Retry(0, Instant.MIN);

    private static final Duration SHORTEST = Duration.ofMillis(500);
    /** At which upstream polls. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    public boolean due(Instant now) {
        return !now.isBefore(notBefore);
    }

    /** Whether nothing was asked yet. */
    public boolean isFirst() {
        return tries == 0;
    }

    /** After one more try now. */
    public Retry tried(Instant now) {
        Duration wait = tries >= 6 ? LONGEST : SHORTEST.multipliedBy(1L << tries);
        return new Retry(Math.min(tries + 1, 7), now.plus(wait));
    }
}
