package dev.echelon.contract.kafka;

import dev.echelon.contract.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;

/**
 * Reads a topic once for all processes of one group: what was handled is committed and not read again, and what was not
 * is handed over again after a crash (at least once).
 *
 * <p>A group that has never been there begins with what is written from the start of its first process on: what lies in
 * the topic from before is not replayed, and what is written while the process still joins is not missed.
 */
public final class GroupReader implements AutoCloseable {

    /** What is done with the records. All methods are called on one thread. */
    public interface Listener {

        /** A record, under the rules of {@link RecordHandler#handle}. */
        void onRecord(TopicRecord received) throws Exception;

        /**
         * What was handed over since the last time is to be finished with: it is committed next. May block, for much
         * less than the five minutes after which the group goes on without this process.
         */
        void beforeCommit();
    }

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ReadLoop loop;

    private GroupReader(KafkaSettings settings, Topic topic, String service, String group,
            Optional<String> instanceId, Instant startedAt, Listener listener, DeadLetters deadLetters) {
        var properties = new HashMap<>(ReadLoop.base());
        properties.put("group.id", group);
        properties.put("group.protocol", "classic");
        properties.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        properties.put("session.timeout.ms", "10000");
        properties.put("heartbeat.interval.ms", "1000");
        properties.put("max.poll.records", "200");
        instanceId.ifPresent(id -> properties.put("group.instance.id", id));
        this.loop = new ReadLoop(service, settings, topic, properties,
                new Group(settings.topicName(topic), startedAt, listener), deadLetters);
    }

    /**
     * Starts to read, in the background.
     *
     * @param service who reads; becomes part of the client id and the thread's name
     * @param group the processes that share the topic out; the topics' prefix is put before it
     * @param instanceId who this process is in the group, as for {@link PartitionedTableReader#start}
     * @param startedAt where a group begins that has never been there
     */
    public static GroupReader start(KafkaSettings settings, Topic topic, String service, String group,
            Optional<String> instanceId, Instant startedAt, Listener listener, DeadLetters deadLetters) {
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(deadLetters, "deadLetters");
        var reader = new GroupReader(settings, topic, service, settings.prefix() + group, instanceId, startedAt,
                listener, deadLetters);
        reader.loop.start();
        return reader;
    }

    /** Why nothing is read at present; empty while it is. */
    public Optional<String> problem() {
        return loop.problem();
    }

    @Override
    public void close() {
        loop.close();
    }

    private static final class Group implements ReadLoop.Reading {

        private final String topic;
        private final Instant startedAt;
        private final Listener listener;
        private final Map<TopicPartition, OffsetAndMetadata> toCommit = new HashMap<>();

        Group(String topic, Instant startedAt, Listener listener) {
            this.topic = topic;
            this.startedAt = startedAt;
            this.listener = listener;
        }

        @Override
        public void begin(Consumer<byte[], byte[]> consumer) {
            toCommit.clear();
            consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> added) {
                    beginAtStart(consumer, added);
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> removed) {
                    // All that was polled before has been handled, and committed unless that failed.
                    toCommit.keySet().removeAll(new ArrayList<>(removed));
                }
            });
        }

        @Override
        public void handle(TopicRecord received) throws Exception {
            listener.onRecord(received);
        }

        @Override
        public void passed(TopicRecord received) {
            toCommit.put(new TopicPartition(received.topic(), received.partition()),
                    new OffsetAndMetadata(received.offset() + 1));
        }

        @Override
        public void progressed(Consumer<byte[], byte[]> consumer) {
            if (toCommit.isEmpty()) {
                return;
            }
            listener.beforeCommit();
            try {
                consumer.commitSync(toCommit, PATIENCE);
                toCommit.clear();
            } catch (RebalanceInProgressException e) {
                // Tried again after the next poll, which ends the rebalance.
                System.getLogger(GroupReader.class.getName()).log(System.Logger.Level.DEBUG, e.getMessage());
            }
        }

        @Override
        public void ended() {
            toCommit.clear();
        }

        /** Where nothing is committed yet the start's position is, too, so that a crash does not move it. */
        private void beginAtStart(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> added) {
            Set<TopicPartition> unknown = new HashSet<>(added);
            consumer.committed(unknown, PATIENCE).forEach((partition, committed) -> {
                if (committed != null) {
                    unknown.remove(partition);
                }
            });
            if (unknown.isEmpty()) {
                return;
            }
            var since = consumer.offsetsForTimes(unknown.stream().collect(
                    Collectors.toMap(partition -> partition, _ -> startedAt.toEpochMilli())), PATIENCE);
            var ends = consumer.endOffsets(unknown, PATIENCE);
            unknown.forEach(partition -> {
                var found = since.get(partition);
                long start = found == null ? ends.get(partition) : found.offset();
                consumer.seek(partition, start);
                toCommit.put(partition, new OffsetAndMetadata(start));
            });
        }
    }
}
