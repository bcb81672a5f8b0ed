package dev.echelon.executor.work;

import java.time.Instant;
import java.util.concurrent.Future;

/** One worker's next waking: setting it replaces the one before. For use by one thread at a time. */
final class Alarm {

    private final Timers timers;
    private final Runnable work;
    private Future<?> set;

    Alarm(Timers timers, Runnable work) {
        this.timers = timers;
        this.work = work;
    }

    /** @param time {@link Instant#MAX} for never */
    void set(Instant time) {
        clear();
        if (!time.equals(Instant.MAX)) {
            set = timers.at(time, work);
        }
    }

    void clear() {
        if (set != null) {
            set.cancel(false);
            set = null;
        }
    }
}
