package dev.echelon.e2e;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * No test but a tool, run as one by its name: writes every record of every topic of a broker down, for tests that
 * replay them. CONTRIBUTING.md says how.
 */
@EnabledIfSystemProperty(named = "echelon.record.from", matches = ".+")
class RecordTopics {

    @Test
    void writeEverythingDown() throws IOException {
        Path folder = Files.createDirectories(Path.of(System.getProperty("echelon.record.into")));
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", System.getProperty("echelon.record.from"),
                        "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            for (String topic : consumer.listTopics().keySet()) {
                // Ids of answered commands are numbers, not JSON, and nothing is replayed from them.
                if (!topic.startsWith("__") && !topic.endsWith("answers-changelog")) {
                    write(folder.resolve(topic + ".jsonl"), read(consumer, topic));
                }
            }
        }
    }

    private static List<String> read(KafkaConsumer<String, byte[]> consumer, String topic) throws IOException {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        List<String> lines = new ArrayList<>();
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                lines.add(line(record));
            }
        }
        return lines;
    }

    private static String line(ConsumerRecord<String, byte[]> record) throws IOException {
        ObjectNode line = Json.mapper().createObjectNode()
                .put("partition", record.partition())
                .put("offset", record.offset())
                .put("timestamp", record.timestamp())
                .put("key", record.key());
        ObjectNode headers = line.putObject("headers");
        record.headers().forEach(header ->
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        line.set("value", record.value() == null
                ? Json.mapper().nullNode()
                : Json.mapper().readTree(record.value()));
        return line.toString();
    }

    private static void write(Path file, List<String> lines) throws IOException {
        if (!lines.isEmpty()) {
            Files.write(file, lines);
        }
    }
}
