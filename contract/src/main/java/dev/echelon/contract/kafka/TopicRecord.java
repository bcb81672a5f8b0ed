package dev.echelon.contract.kafka;

import dev.echelon.contract.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record as it lies in a topic.
 *
 * @param topic the name on the broker, prefix included
 * @param timestamp when it was written, as the writer or the broker says
 * @param key empty text where the record has none
 * @param value empty for a tombstone
 * @param headers the last value of each, as text
 */
public record TopicRecord(
        String topic,
        int partition,
        long offset,
        Instant timestamp,
        String key,
        Optional<byte[]> value,
        Map<String, String> headers) {

    /** Never fails: what is wrong with a record is for its reader to say. */
    static TopicRecord of(ConsumerRecord<byte[], byte[]> from) {
        return new TopicRecord(from.topic(), from.partition(), from.offset(), Instant.ofEpochMilli(from.timestamp()),
                text(from.key()), Optional.ofNullable(from.value()), headers(from));
    }

    /** Whether this record says that the key has no value any more. */
    public boolean isTombstone() {
        return value.isEmpty();
    }

    /**
     * The value as a type of the contract.
     *
     * @throws IllegalArgumentException when it is a tombstone or not JSON of that type
     */
    public <T> T read(Class<T> type) {
        return Json.read(value.orElseThrow(() -> new IllegalArgumentException(
                "expected a " + type.getSimpleName() + ", found a tombstone")), type);
    }

    /** Where it lies, for messages: {@code echelon.cgus-3@42}. */
    public String position() {
        return topic + "-" + partition + "@" + offset;
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> from) {
        var headers = new LinkedHashMap<String, String>();
        from.headers().forEach(header -> headers.put(header.key(), text(header.value())));
        return headers;
    }
}
