package dev.echelon.contract.kafka;

import dev.echelon.contract.Topic;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a whole topic, all partitions, from the beginning and then for ever, into whatever its handler keeps. Every
 * process that has one sees everything; there is no consumer group and nothing is committed.
 *
 * <p>What it promises:
 * <ul>
 *   <li>Only committed records, each partition in its order, on one thread.
 *   <li>{@link #caughtUp()} completes once everything that was there at the start has been handed over.
 *   <li>A broker that is away is waited for, for ever; reading goes on where it was. Meanwhile {@link #problem()} says
 *       what is wrong.
 *   <li>A record that the handler refuses by an exception goes to the dead letters, and the next one follows.
 *   <li>A record may be handed over again after trouble: the handler takes what it is given as the present value.
 * </ul>
 */
public final class TableReader implements AutoCloseable {

    private final ReadLoop loop;
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();

    private TableReader(KafkaSettings settings, Topic topic, String service, RecordHandler handler,
            DeadLetters deadLetters) {
        this.loop = new ReadLoop(service, settings, topic, ReadLoop.base(),
                new WholeTopic(settings.topicName(topic), handler), deadLetters);
    }

    /**
     * Starts to read, in the background.
     *
     * @param service who reads; becomes part of the client id and the thread's name
     */
    public static TableReader start(
            KafkaSettings settings, Topic topic, String service, RecordHandler handler, DeadLetters deadLetters) {
        Objects.requireNonNull(handler, "handler");
        Objects.requireNonNull(deadLetters, "deadLetters");
        var reader = new TableReader(settings, topic, service, handler, deadLetters);
        reader.loop.start();
        return reader;
    }

    /** Completes when all that was in the topic at the start has been handed over. Never fails; may take for ever. */
    public CompletionStage<Void> caughtUp() {
        return caughtUp.minimalCompletionStage();
    }

    /** Whether {@link #caughtUp()} has completed. */
    public boolean isCaughtUp() {
        return caughtUp.isDone();
    }

    /** How many records are there and have not been handed over yet, as of the last poll. */
    public long lag() {
        return loop.lag();
    }

    /** Whether the broker answers. */
    public boolean isHealthy() {
        return problem().isEmpty();
    }

    /** Why this reader does not get on at present, for a health check to show; empty when it does. */
    public Optional<String> problem() {
        return loop.problem();
    }

    /** Stops reading; returns when the handler is not called any more (or after a few seconds if it hangs). */
    @Override
    public void close() {
        loop.close();
    }

    private final class WholeTopic implements ReadLoop.Reading {

        private final String topic;
        private final RecordHandler handler;
        private final Map<TopicPartition, Long> next = new HashMap<>();

        /** The ends at the start that have not been reached yet; empty before they are known. */
        private Optional<Map<TopicPartition, Long>> unreached = Optional.empty();

        WholeTopic(String topic, RecordHandler handler) {
            this.topic = topic;
            this.handler = handler;
        }

        @Override
        public void begin(Consumer<byte[], byte[]> consumer) {
            var partitions = partitions(consumer);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            next.forEach(consumer::seek);
            if (unreached.isEmpty()) {
                unreached = Optional.of(new HashMap<>(consumer.endOffsets(partitions)));
            }
        }

        private Set<TopicPartition> partitions(Consumer<byte[], byte[]> consumer) {
            var found = consumer.partitionsFor(topic);
            if (found == null || found.isEmpty()) {
                throw new IllegalStateException(
                        "topic " + topic + " does not exist; the services make it when they start");
            }
            return found.stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .collect(Collectors.toCollection(HashSet::new));
        }

        @Override
        public void handle(TopicRecord received) throws Exception {
            handler.handle(received);
        }

        @Override
        public void passed(TopicRecord received) {
            next.put(new TopicPartition(received.topic(), received.partition()), received.offset() + 1);
        }

        @Override
        public void progressed(Consumer<byte[], byte[]> consumer) {
            if (isCaughtUp()) {
                return;
            }
            var ends = unreached.orElseThrow();
            ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            if (ends.isEmpty()) {
                // On a thread of its own, so that what depends on it may block.
                Thread.startVirtualThread(() -> caughtUp.complete(null));
            }
        }

        @Override
        public void ended() {
            // Positions are kept: the next consumer goes on from there.
        }
    }
}
