package dev.echelon.e2e;

import dev.echelon.contract.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A topic from its beginning to its present end, as any consumer can read it. */
final class WholeTopic {

    private WholeTopic() {}

    /** Hands over every committed record, each partition in its order. */
    static void read(String bootstrapServers, Topic topic, Consumer<ConsumerRecord<String, byte[]>> handler) {
        read(Map.of("bootstrap.servers", bootstrapServers), topic, handler);
    }

    /** The same as a client with these properties. */
    static void read(Map<String, String> client, Topic topic, Consumer<ConsumerRecord<String, byte[]>> handler) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("isolation.level", "read_committed");
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic.topicName(Topic.DEFAULT_PREFIX)).stream()
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(handler);
            }
        }
    }
}
