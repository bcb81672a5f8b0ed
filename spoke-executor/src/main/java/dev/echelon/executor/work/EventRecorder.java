package dev.echelon.executor.work;

import dev.echelon.contract.CguId;
import dev.echelon.contract.audit.AuditEvent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells on the hub what happens to CGUs, as Kubernetes events: those of one CGU in their order, those of different CGUs
 * side by side. A hub that is away for a moment is waited for; what it refuses, or does not take in time, is logged and
 * given up, because nothing but these events depends on them.
 */
public final class EventRecorder {

    private static final Logger LOG = System.getLogger(EventRecorder.class.getName());

    private final EventSink sink;
    private final InstantSource clock;
    private final Executor executor;
    private final Duration pause;
    private final Duration patience;
    private final AtomicLong lost = new AtomicLong();

    /**
     * @param executor runs work that blocks
     * @param pause between two tries
     * @param patience after which what is left of a batch is given up
     */
    public EventRecorder(
            EventSink sink, InstantSource clock, Executor executor, Duration pause, Duration patience) {
        this.sink = sink;
        this.clock = clock;
        this.executor = executor;
        this.pause = pause;
        this.patience = patience;
    }

    /**
     * Creates the events, and returns when each of them is there or given up.
     *
     * @throws java.util.concurrent.CompletionException when it was stopped before
     */
    public void record(List<AuditEvent> events) {
        Map<CguId, List<AuditEvent>> byCgu = new LinkedHashMap<>();
        events.forEach(event -> byCgu.computeIfAbsent(event.subject(), _ -> new ArrayList<>()).add(event));
        Instant deadline = clock.instant().plus(patience);
        CompletableFuture.allOf(byCgu.values().stream()
                        .map(ofOne -> CompletableFuture.runAsync(
                                () -> ofOne.forEach(event -> create(event, deadline)), executor))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    /** How many events were given up since this process started. */
    public long lost() {
        return lost.get();
    }

    private void create(AuditEvent event, Instant deadline) {
        try {
            while (true) {
                try {
                    sink.create(event);
                    return;
                } catch (HubException e) {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new InterruptedException();
                    }
                    // What the hub understood and refuses it refuses again; without the namespace or the kind, too.
                    if (e.isRefusal() || e.code() == 404 || !clock.instant().plus(pause).isBefore(deadline)) {
                        giveUp(event, e.getMessage());
                        return;
                    }
                    Thread.sleep(pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            // What was not told must not count as told.
            throw new CancellationException("stopped before event " + event.id() + " was created");
        }
    }

    private void giveUp(AuditEvent event, String why) {
        lost.incrementAndGet();
        LOG.log(Level.WARNING, "no Kubernetes event for cgu={0} reason={1} id={2}: {3}",
                event.subject(), event.data().hubEvent().reason(), event.id(), why);
    }
}
