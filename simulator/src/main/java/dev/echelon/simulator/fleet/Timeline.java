package dev.echelon.simulator.fleet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Simulated time: {@code speed} simulated seconds pass in a real one. One thread keeps time for the whole fleet and
 * hands what is due to somebody else's executor, so that nothing can hold it up.
 */
public final class Timeline implements AutoCloseable {
    private final double speed;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor timer;

    /** @param speed above 0; infinite where everything happens at once */
    public Timeline(double speed, Clock clock) {
        this.speed = speed;
        this.clock = clock;
        timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("fleet-timeline").factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Runs a task in {@code executor} after a simulated while. */
    public ScheduledFuture<?> after(Duration simulated, Executor executor, Runnable task) {
        return timer.schedule(() -> executor.execute(task), real(simulated).toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs a task after a while by the wall's clock. */
    ScheduledFuture<?> afterReal(Duration real, Executor executor, Runnable task) {
        return timer.schedule(() -> executor.execute(task), real.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** How long a simulated while takes. */
    public Duration real(Duration simulated) {
        return Duration.ofNanos(Math.round(simulated.toNanos() / speed));
    }

    /** How much simulated time a real while is. */
    public Duration simulated(Duration real) {
        return Duration.ofNanos(Math.round(real.toNanos() * speed));
    }

    /** Now, by the wall's clock. */
    public Instant now() {
        return clock.instant();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
