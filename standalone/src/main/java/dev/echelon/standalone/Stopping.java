package dev.echelon.standalone;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, or SIGTERM: says at once that it was heard, lets what runs be closed in its order by whoever opened it, and
 * says when that is done. The process ends then, or when its patience is over.
 */
final class Stopping implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static volatile boolean asked;

    private final PrintStream out;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private Stopping(PrintStream out) {
        this.out = out;
    }

    /** From here until {@link #close}, a stop is waited for to be over. */
    static Stopping heardOn(PrintStream out) {
        Stopping stopping = new Stopping(out);
        Runtime.getRuntime().addShutdownHook(new Thread(stopping::shutdown, "stopping"));
        return stopping;
    }

    /** Whether the process was told to stop: what fails from then on fails because of that. */
    static boolean isAsked() {
        return asked;
    }

    /** Returns when the process is told to stop. */
    void await() throws InterruptedException {
        stop.await();
    }

    /** Everything is closed. */
    @Override
    public void close() {
        closed.countDown();
    }

    private void shutdown() {
        if (closed.getCount() == 0) {
            // The process ends by itself.
            return;
        }
        asked = true;
        out.println("echelon: stopping ...");
        stop.countDown();
        try {
            out.println(closed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    ? "echelon: stopped"
                    : "echelon: not everything stopped within " + PATIENCE.toSeconds() + " s; the next start recovers");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
