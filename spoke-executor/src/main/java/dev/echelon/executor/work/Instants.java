package dev.echelon.executor.work;

import java.time.Instant;

/** The arithmetic of wakings; {@link Instant#MAX} is never. */
final class Instants {

    private Instants() {}

    static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
