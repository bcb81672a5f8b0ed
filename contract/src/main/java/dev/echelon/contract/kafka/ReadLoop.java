package dev.echelon.contract.kafka;

import dev.echelon.contract.Topic;
import dev.echelon.contract.telemetry.RepeatedTrouble;
import dev.echelon.contract.telemetry.Traces;
import io.opentelemetry.context.Scope;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What both readers have in common: one thread, which reads for ever, whatever happens.
 *
 * <ol>
 *   <li>make a consumer and let {@link Reading} say what it reads;
 *   <li>tell Reading how far it is, poll, hand each record over, and so on; what a record's handler throws sends that
 *       record to the dead letters, and nothing else changes;
 *   <li>on any other trouble: note it for {@link #problem()}, drop the consumer, wait a little, start again at 1.
 * </ol>
 */
final class ReadLoop implements AutoCloseable {

    private static final Logger LOG = System.getLogger(ReadLoop.class.getName());
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

    /** What differs between the readers. All methods are called on the loop's thread. */
    interface Reading {

        /** A new consumer is there: say what it reads. */
        void begin(Consumer<byte[], byte[]> consumer);

        void handle(TopicRecord received) throws Exception;

        /** The record's turn is over, whether it was taken in or refused. */
        void passed(TopicRecord received);

        /** The consumer has been told what to read, or all that was polled has been handled. */
        void progressed(Consumer<byte[], byte[]> consumer);

        /** The consumer is gone, for now or for ever. */
        void ended();
    }

    private final String name;
    private final KafkaSettings settings;
    private final Map<String, String> consumerProperties;
    private final Reading reading;
    private final DeadLetters deadLetters;
    private final Liveness liveness;
    private final RepeatedTrouble repeated = new RepeatedTrouble(InstantSource.system());
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile long lag;

    /** The consumer in use, for close() to wake; guarded by this. */
    private Consumer<byte[], byte[]> current;

    ReadLoop(String service, KafkaSettings settings, Topic topic, Map<String, String> consumerProperties,
            Reading reading, DeadLetters deadLetters) {
        this.name = service + "-reads-" + settings.topicName(topic);
        this.settings = settings;
        this.consumerProperties = consumerProperties;
        this.reading = reading;
        this.deadLetters = deadLetters;
        this.liveness = new Liveness(settings, "topic " + settings.topicName(topic));
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** How many records there are that have not been handed over yet, as of the last poll. */
    long lag() {
        return lag;
    }

    /** Why this loop does not read at present; empty while it does. */
    Optional<String> problem() {
        return liveness.problem();
    }

    @Override
    public void close() {
        closing.countDown();
        synchronized (this) {
            if (current != null) {
                current.wakeup();
            }
        }
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(CLOSE_PATIENCE.plusSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void run() {
        while (!isClosing()) {
            try {
                readUntilTrouble();
            } catch (WakeupException e) {
                // Only close() wakes the consumer.
                return;
            } catch (FencedInstanceIdException e) {
                liveness.failed(e);
                LOG.log(Level.ERROR, name + " stops: another process has joined with the same instance id; give each"
                        + " process its own", e);
                return;
            } catch (Throwable e) {
                if (!liveness.failed(e)) {
                    tell(e);
                }
                pause();
            }
        }
    }

    /** Where Kafka itself says what it is, nobody needs to see where it said so. */
    private void tell(Throwable trouble) {
        if (!repeated.isNews(trouble.toString())) {
            return;
        }
        if (trouble instanceof KafkaException) {
            LOG.log(Level.WARNING, "{0} starts again after trouble, every {1} ms until it works: {2}",
                    name, PAUSE.toMillis(), Causes.of(trouble));
        } else {
            LOG.log(Level.WARNING, name + " starts again after trouble, every " + PAUSE.toMillis()
                    + " ms until it works", trouble);
        }
    }

    private void readUntilTrouble() {
        var consumer = open();
        try {
            reading.begin(consumer);
            while (!isClosing()) {
                // Before the poll as well as after it: without a record to hand over, a poll waits for one.
                liveness.look(consumer.metrics());
                lag = consumer.assignment().stream().mapToLong(each -> consumer.currentLag(each).orElse(0)).sum();
                reading.progressed(consumer);
                for (var polled : consumer.poll(POLL)) {
                    if (isClosing()) {
                        return;
                    }
                    take(TopicRecord.of(polled));
                }
            }
        } finally {
            close(consumer);
            reading.ended();
        }
    }

    private void take(TopicRecord received) {
        try (Scope _ = Traces.of(received.headers()).makeCurrent()) {
            reading.handle(received);
        } catch (Exception | StackOverflowError e) {
            if (isClosing()) {
                // What breaks because everything is being taken down says nothing about the record.
                return;
            }
            deadLetters.add(received, e);
        }
        reading.passed(received);
    }

    private Consumer<byte[], byte[]> open() {
        var properties = settings.client(name, consumerProperties);
        var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        synchronized (this) {
            current = consumer;
            if (isClosing()) {
                consumer.wakeup();
            }
        }
        return consumer;
    }

    private void close(Consumer<byte[], byte[]> consumer) {
        synchronized (this) {
            current = null;
        }
        try {
            // Leaving in so many words hands a group's partitions on at once, static member or not.
            consumer.close(CloseOptions.timeout(CLOSE_PATIENCE)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, name + " did not leave the broker cleanly", e);
        }
    }

    private void pause() {
        try {
            if (closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(Level.DEBUG, "{0} closes while it waits to start again", name);
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but whoever wants it to end.
            closing.countDown();
        }
    }

    /** Consumer properties that both readers start from. */
    static Map<String, String> base() {
        return Map.of(
                "isolation.level", "read_committed",
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest",
                "allow.auto.create.topics", "false",
                "fetch.min.bytes", "1",
                "fetch.max.wait.ms", "500",
                "max.poll.records", "1000",
                "default.api.timeout.ms", "10000",
                "request.timeout.ms", "10000");
    }
}
