package dev.echelon.standalone.demo;

import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads the audit topic live, with a plain Kafka consumer and nothing of Echelon's but the event's form: what any audit
 * system would do.
 */
final class AuditTrail implements AutoCloseable {

    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread reader;
    private volatile boolean closing;

    /** @param kafka how the broker is reached, by Kafka's own property names */
    AuditTrail(Map<String, String> kafka, Consumer<AuditEvent> onEvent) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // A broker may make a topic that somebody asks for, with the wrong number of partitions.
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions =
                consumer.partitionsFor(Topic.AUDIT.topicName(Topic.DEFAULT_PREFIX)).stream()
                        .map(info -> new TopicPartition(info.topic(), info.partition()))
                        .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        // Positions are looked up now, not with the first poll: events from here on are seen.
        partitions.forEach(consumer::position);
        reader = Thread.ofPlatform().daemon().name("demo-audit-trail").start(() -> read(onEvent));
    }

    private void read(Consumer<AuditEvent> onEvent) {
        while (!closing) {
            consumer.poll(Duration.ofMillis(100))
                    .forEach(record -> onEvent.accept(Json.read(record.value(), AuditEvent.class)));
        }
        consumer.close();
    }

    /** Stops reading; events that arrived so far have been shown. */
    @Override
    public void close() throws InterruptedException {
        closing = true;
        reader.join(Duration.ofSeconds(5));
    }
}
