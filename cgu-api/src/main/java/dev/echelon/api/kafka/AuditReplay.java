package dev.echelon.api.kafka;

import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.Partitions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the whole audit trail of one ClusterGroupUpgrade from the topic, for what is too old to be kept in memory. */
public final class AuditReplay {

    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaSettings kafka;

    public AuditReplay(KafkaSettings kafka) {
        this.kafka = kafka;
    }

    /**
     * All events of the CGU that are there now, oldest first, each once. Reads the CGU's partition from its beginning.
     */
    public List<AuditEvent> read(CguId cgu) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("client.id", "cgu-api-audit-replay");
        properties.put("isolation.level", "read_committed");
        properties.put("metric.reporters", "");
        properties.put("enable.metrics.push", "false");
        properties.putAll(kafka.clientProperties());
        byte[] key = cgu.key().getBytes(StandardCharsets.UTF_8);
        Map<String, AuditEvent> events = new LinkedHashMap<>();
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            String topic = kafka.topicName(Topic.AUDIT);
            int partitions = consumer.partitionsFor(topic).size();
            TopicPartition partition = new TopicPartition(topic, Partitions.of(Topic.AUDIT, cgu.key(), partitions));
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (java.util.Arrays.equals(key, record.key())) {
                        keep(events, record.value());
                    }
                }
            }
        }
        return new ArrayList<>(events.values());
    }

    private static void keep(Map<String, AuditEvent> events, byte[] value) {
        try {
            AuditEvent event = Json.read(value, AuditEvent.class);
            events.putIfAbsent(event.source() + "#" + event.id(), event);
        } catch (IllegalArgumentException e) {
            // Told already: the reader of the live topic has sent it to the dead letters.
        }
    }
}
