package dev.echelon.scheduler.stream;

import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.Partitions;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The stream: commands, observations and results of the same partition go into one processor, which writes state,
 * intents, audit events and dead letters. With {@code exactly_once_v2} all that one input causes is committed together.
 */
public final class SchedulerTopology {

    static final String DECIDE = "decide";
    static final String CGUS = "cgus";
    static final String INTENTS = "intents";
    static final String AUDIT = "audit";
    static final String DEAD_LETTERS = "dead-letters";

    private SchedulerTopology() {}

    /**
     * @param prefix of all topic names
     * @param telemetry what is counted
     */
    public static Topology build(String prefix, Telemetry telemetry) {
        Topology topology = new Topology();
        for (Topic topic : new Topic[] {Topic.COMMANDS, Topic.OBSERVATIONS, Topic.RESULTS}) {
            // Values are read in the processor, where one that cannot be read goes to the dead letters and not further.
            topology.addSource(
                    topic.topicName(""),
                    new StringDeserializer(),
                    new ByteArrayDeserializer(),
                    topic.topicName(prefix));
        }
        topology.addProcessor(
                DECIDE,
                new ProcessorSupplier<String, byte[], String, byte[]>() {
                    @Override
                    public Processor<String, byte[], String, byte[]> get() {
                        return new SchedulerProcessor(prefix, telemetry);
                    }

                    @Override
                    public Set<StoreBuilder<?>> stores() {
                        return Stores.builders();
                    }
                },
                Topic.COMMANDS.topicName(""),
                Topic.OBSERVATIONS.topicName(""),
                Topic.RESULTS.topicName(""));
        addSink(topology, CGUS, Topic.CGUS, prefix);
        addSink(topology, INTENTS, Topic.INTENTS, prefix);
        addSink(topology, AUDIT, Topic.AUDIT, prefix);
        addSink(topology, DEAD_LETTERS, Topic.DEAD_LETTERS, prefix);
        return topology;
    }

    private static void addSink(Topology topology, String name, Topic topic, String prefix) {
        StreamPartitioner<String, byte[]> partitioner =
                (_, key, _, count) -> Optional.of(Set.of(Partitions.of(topic, key, count)));
        topology.addSink(
                name,
                topic.topicName(prefix),
                new StringSerializer(),
                new ByteArraySerializer(),
                partitioner,
                DECIDE);
    }
}
