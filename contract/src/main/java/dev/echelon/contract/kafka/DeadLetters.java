package dev.echelon.contract.kafka;

import dev.echelon.contract.Topic;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where records go that cannot be processed, so that nothing is dropped and nothing stops. Counts what it was given,
 * for health and metrics. Safe for use by many threads.
 */
public final class DeadLetters {

    private static final Logger LOG = System.getLogger(DeadLetters.class.getName());

    private final RecordPublisher publisher;
    private final String service;
    private final InstantSource clock;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong unwritten = new AtomicLong();

    /**
     * @param service whose dead letters these are; stands in each of them
     * @param clock tells when a letter was written
     */
    public DeadLetters(RecordPublisher publisher, String service, InstantSource clock) {
        this.publisher = Objects.requireNonNull(publisher, "publisher");
        this.service = Objects.requireNonNull(service, "service");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** Writes the record down with the reason, in the background. Never throws. */
    public void add(TopicRecord refused, Throwable reason) {
        count.incrementAndGet();
        try {
            var letter = DeadLetter.of(refused, service, reason, clock.instant());
            LOG.log(Level.WARNING, "{0} goes to the dead letters: key={1} reason={2}",
                    refused.position(), refused.key(), letter.reason());
            publisher.publish(Topic.DEAD_LETTERS, refused.key(), letter.toJson()).whenComplete((written, failure) -> {
                if (failure != null) {
                    lost(refused, failure);
                }
            });
        } catch (RuntimeException e) {
            lost(refused, e);
        }
    }

    /** How many records were refused since this process started. */
    public long count() {
        return count.get();
    }

    /** How many of them could not be written to the topic either; they are named in the log. */
    public long unwritten() {
        return unwritten.get();
    }

    private void lost(TopicRecord refused, Throwable failure) {
        unwritten.incrementAndGet();
        LOG.log(Level.ERROR, "the dead letter for " + refused.position() + " could not be written", failure);
    }
}
