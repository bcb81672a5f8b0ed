package dev.echelon.contract.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The consumer that {@code docs/events.md} shows. It knows nothing of Echelon's classes. */
final class AuditTail implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaConsumer<String, byte[]> consumer;
    private final Set<String> seen = new HashSet<>();

    AuditTail(Map<String, Object> connection, String group, String topic) {
        Map<String, Object> config = new HashMap<>(connection);
        config.put("group.id", group);
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", "false");
        config.put("isolation.level", "read_committed");
        consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic));
    }

    /** Hands on what has come, each event once, and then commits how far it was read. */
    void poll(Consumer<JsonNode> handler) throws IOException {
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
            JsonNode event = JSON.readTree(record.value());
            String identity = event.get("source").asText() + " " + event.get("id").asText();
            if (seen.add(identity)) {
                handler.accept(event);
            }
        }
        consumer.commitSync();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
