package dev.echelon.executor.work;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Wakes workers when time has come. One thread; what it runs must not block. */
public final class Timers implements AutoCloseable {

    private final InstantSource clock;
    private final ScheduledThreadPoolExecutor executor;

    public Timers(InstantSource clock) {
        this.clock = clock;
        this.executor = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("spoke-executor-timers").factory());
        this.executor.setRemoveOnCancelPolicy(true);
    }

    /** Runs it at that time, or at once when the time has passed. */
    public Future<?> at(Instant time, Runnable work) {
        long millis = Math.max(0, Duration.between(clock.instant(), time).toMillis() + 1);
        try {
            return executor.schedule(work, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Closed: whoever still sets an alarm is about to be stopped too.
            return CompletableFuture.completedFuture(null);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
