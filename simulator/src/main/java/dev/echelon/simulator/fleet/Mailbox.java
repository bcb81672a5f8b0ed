package dev.echelon.simulator.fleet;

import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs what it is given one after the other, in order, on a virtual thread that exists only while there is work. What
 * belongs to one spoke runs in one mailbox, so that it needs no lock; thousands of idle mailboxes cost no thread.
 */
final class Mailbox implements Executor {
    private static final System.Logger LOG = System.getLogger(Mailbox.class.getName());

    private final String owner;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean closed;

    Mailbox(String owner) {
        this.owner = owner;
    }

    @Override
    public void execute(Runnable task) {
        if (!closed) {
            waiting.add(task);
            start();
        }
    }

    /** Forgets what waits and takes nothing more. */
    void close() {
        closed = true;
        waiting.clear();
    }

    private void start() {
        if (running.compareAndSet(false, true)) {
            Thread.ofVirtual().name(owner).start(this::drain);
        }
    }

    private void drain() {
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            try {
                task.run();
            } catch (HubClient.Closed _) {
                close();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, () -> owner + ": " + e, e);
            }
        }
        running.set(false);
        // What came between the last poll and the line above found a running mailbox and did not start one.
        if (!waiting.isEmpty()) {
            start();
        }
    }
}
