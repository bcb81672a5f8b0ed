package dev.echelon.service;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Starts a service in the background, and tries again until it has started: what it needs need not be there yet. */
public final class Starter<T> {

    private static final Logger LOG = System.getLogger(Starter.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String service;
    private final String attempt;
    private final Supplier<T> start;
    private final Duration pause;

    private Thread thread;
    private volatile T started;
    private volatile String waitingFor = "not started";

    /**
     * @param attempt what is waited for while it is tried, in words
     * @param start throws when it cannot start yet
     */
    public Starter(String service, String attempt, Supplier<T> start) {
        this(service, attempt, start, PAUSE);
    }

    Starter(String service, String attempt, Supplier<T> start, Duration pause) {
        this.service = service;
        this.attempt = attempt;
        this.start = start;
        this.pause = pause;
    }

    /** Begins to try. */
    public void start() {
        thread = Thread.ofVirtual().name(service + "-start").start(this::startUntilStarted);
    }

    /** Tries no more. What has started goes on, and {@link #started} does not change any more. */
    public void stop() throws InterruptedException {
        if (thread != null) {
            thread.interrupt();
            thread.join();
        }
    }

    /** What was started; empty until then. */
    public Optional<T> started() {
        return Optional.ofNullable(started);
    }

    /** Why nothing has started yet, in words. */
    public String waitingFor() {
        return waitingFor;
    }

    private void startUntilStarted() {
        String told = "";
        while (started == null) {
            try {
                waitingFor = attempt;
                started = start.get();
            } catch (RuntimeException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                waitingFor = String.valueOf(e.getMessage());
                if (!waitingFor.equals(told)) {
                    told = waitingFor;
                    LOG.log(Level.WARNING, "the {0} cannot start yet and tries again, every {1} ms until it works: {2}",
                            service, pause.toMillis(), told);
                }
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }
}
