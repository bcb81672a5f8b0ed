package dev.echelon.e2e;

import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The audit topic from its beginning to its present end, as any consumer can read it. */
final class AuditLog {

    private AuditLog() {}

    /** All events about this CGU, in order. */
    static List<AuditEvent> of(String bootstrapServers, CguId cgu) {
        List<AuditEvent> events = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(Topic.AUDIT.topicName(Topic.DEFAULT_PREFIX)).stream()
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.key().equals(cgu.key())) {
                        events.add(Json.read(record.value(), AuditEvent.class));
                    }
                });
            }
        }
        return events;
    }

    /** Those of one type. */
    static List<AuditEvent> ofType(List<AuditEvent> events, AuditType type) {
        return events.stream().filter(event -> event.auditType() == type).toList();
    }
}
