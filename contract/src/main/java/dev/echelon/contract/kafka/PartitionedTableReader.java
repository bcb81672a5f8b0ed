package dev.echelon.contract.kafka;

import dev.echelon.contract.Topic;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads this process's share of a compacted topic: the partitions are shared out between all processes of one group,
 * and whoever gets a partition reads it from the beginning, because what it must do about it is all in there. Nothing
 * is ever committed.
 *
 * <p>The promises of {@link TableReader} hold here too, partition by partition, and these:
 * <ul>
 *   <li>A {@link Listener} hears of each partition in this order: {@code onAssigned}, records, {@code onCaughtUp} once,
 *       records, {@code onRevoked}; all on one thread.
 *   <li>A partition that stays here through a rebalance is not interrupted and not read again.
 *   <li>Two processes never have a partition at the same time, with one exception that no group can rule out: one that
 *       was silent for ten seconds has lost its partitions before it hears of it.
 *   <li>A process that is killed and starts again with the same instance id gets its partitions back at once; without
 *       an instance id the others wait ten seconds for it, and so does it.
 * </ul>
 */
public final class PartitionedTableReader implements AutoCloseable {

    /** Hears of partitions and of what is in them. Only {@link #onRecord} may throw. */
    public interface Listener {

        /** This partition is ours now; its records follow from the beginning. */
        void onAssigned(int partition);

        /** A record, under the rules of {@link RecordHandler#handle}. */
        void onRecord(TopicRecord received) throws Exception;

        /** All that was in the partition when it became ours has been handed over. */
        void onCaughtUp(int partition);

        /** The partition is not ours any more, or we do not know: nothing may be done about it from here on. */
        void onRevoked(int partition);
    }

    private final ReadLoop loop;

    private PartitionedTableReader(KafkaSettings settings, Topic topic, String service, String group,
            Optional<String> instanceId, Listener listener, DeadLetters deadLetters) {
        var properties = new HashMap<>(ReadLoop.base());
        properties.put("group.id", group);
        // The classic protocol, because with the newer one a static member that was killed stays locked out for as long
        // as its old session lasts.
        properties.put("group.protocol", "classic");
        properties.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        properties.put("session.timeout.ms", "10000");
        properties.put("heartbeat.interval.ms", "1000");
        instanceId.ifPresent(id -> properties.put("group.instance.id", id));
        this.loop = new ReadLoop(service, settings, topic, properties, new Share(settings.topicName(topic), listener),
                deadLetters);
    }

    /**
     * Starts to read, in the background.
     *
     * @param service who reads; becomes part of the client id and the thread's name
     * @param group the processes that share the topic out; the topics' prefix is put before it
     * @param instanceId who this process is in the group, the same after a restart and different from all others; empty
     *     where processes come and go
     */
    public static PartitionedTableReader start(KafkaSettings settings, Topic topic, String service, String group,
            Optional<String> instanceId, Listener listener, DeadLetters deadLetters) {
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(deadLetters, "deadLetters");
        var reader = new PartitionedTableReader(
                settings, topic, service, settings.prefix() + group, instanceId, listener, deadLetters);
        reader.loop.start();
        return reader;
    }

    /** How many records of our partitions are there and have not been handed over yet, as of the last poll. */
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

    /** Gives the partitions back, telling the listener, and stops. */
    @Override
    public void close() {
        loop.close();
    }

    private static final class Share implements ReadLoop.Reading {

        private final String topic;
        private final Listener listener;
        private final Set<TopicPartition> owned = new HashSet<>();
        private final Set<TopicPartition> endUnknown = new HashSet<>();
        private final Map<TopicPartition, Long> unreached = new HashMap<>();

        Share(String topic, Listener listener) {
            this.topic = topic;
            this.listener = listener;
        }

        @Override
        public void begin(Consumer<byte[], byte[]> consumer) {
            consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> added) {
                    consumer.seekToBeginning(added);
                    endUnknown.addAll(added);
                    added.forEach(each -> {
                        owned.add(each);
                        listener.onAssigned(each.partition());
                    });
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> removed) {
                    revoke(removed);
                }
            });
        }

        @Override
        public void handle(TopicRecord received) throws Exception {
            listener.onRecord(received);
        }

        @Override
        public void passed(TopicRecord received) {
            // Whoever gets the partition next reads it from the beginning: there is no position to keep.
        }

        @Override
        public void progressed(Consumer<byte[], byte[]> consumer) {
            if (!endUnknown.isEmpty()) {
                unreached.putAll(consumer.endOffsets(endUnknown));
                endUnknown.clear();
            }
            if (unreached.isEmpty()) {
                return;
            }
            var reached = unreached.entrySet().stream()
                    .filter(end -> consumer.position(end.getKey()) >= end.getValue())
                    .map(Map.Entry::getKey)
                    .toList();
            reached.forEach(each -> {
                unreached.remove(each);
                listener.onCaughtUp(each.partition());
            });
        }

        @Override
        public void ended() {
            revoke(List.copyOf(owned));
        }

        private void revoke(Collection<TopicPartition> removed) {
            removed.forEach(each -> {
                endUnknown.remove(each);
                unreached.remove(each);
                if (owned.remove(each)) {
                    listener.onRevoked(each.partition());
                }
            });
        }
    }
}
