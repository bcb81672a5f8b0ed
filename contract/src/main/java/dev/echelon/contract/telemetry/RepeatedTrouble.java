package dev.echelon.contract.telemetry;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Trouble of something that tries again and again: told at once when it is another one than before, and once a minute
 * for as long as it stays the same or comes back. Not thread-safe.
 */
public final class RepeatedTrouble {

    private static final Duration REMINDER = Duration.ofMinutes(1);

    private final InstantSource clock;
    private String told = "";
    private Instant toldAt = Instant.MIN;

    public RepeatedTrouble(InstantSource clock) {
        this.clock = clock;
    }

    /** Whether to tell of this trouble now; who asks tells then. */
    public boolean isNews(String trouble) {
        Instant now = clock.instant();
        if (trouble.equals(told) && now.isBefore(toldAt.plus(REMINDER))) {
            return false;
        }
        told = trouble;
        toldAt = now;
        return true;
    }
}
