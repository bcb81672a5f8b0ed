package dev.echelon.executor.work;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs one piece of work, never twice at a time, and once more when it was asked for while it ran. So whoever asks need
 * not wait, many askings become one, and what the work touches needs no lock.
 */
public final class Serial {

    private final Executor executor;
    private final Runnable work;
    private final AtomicInteger asked = new AtomicInteger();

    public Serial(Executor executor, Runnable work) {
        this.executor = executor;
        this.work = work;
    }

    public void ask() {
        if (asked.getAndIncrement() == 0) {
            executor.execute(this::run);
        }
    }

    private void run() {
        int seen;
        do {
            seen = asked.get();
            try {
                work.run();
            } catch (RuntimeException | Error e) {
                // A bug in one pass must not take the worker with it; the next event begins a new pass.
                System.getLogger(Serial.class.getName())
                        .log(System.Logger.Level.ERROR, "a pass ended unexpectedly", e);
            }
        } while (!asked.compareAndSet(seen, 0));
    }
}
