package dev.echelon.contract.kafka;

import dev.echelon.contract.Json;
import dev.echelon.contract.SchemaVersion;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * A record that could not be processed, where it came from and why; the value of {@link
 * dev.echelon.contract.Topic#DEAD_LETTERS}.
 *
 * @param topic where the record lay, prefix included
 * @param timestamp of the record
 * @param key of the record as text, empty where it had none
 * @param valueBase64 the record's value; empty for a tombstone
 * @param valueBytes how long the record's value is; more than {@code valueBase64} holds where that had to be cut short
 * @param headers of the record
 * @param service who could not process it
 * @param reason why
 * @param at when that was
 */
public record DeadLetter(
        int schemaVersion,
        String topic,
        int partition,
        long offset,
        Instant timestamp,
        String key,
        String valueBase64,
        int valueBytes,
        Map<String, String> headers,
        String service,
        String reason,
        Instant at) {

    /** Base64 and JSON around it still fit into one record; the whole record still lies where the letter says. */
    private static final int MAX_VALUE_BYTES = 4 * 1024 * 1024;
    private static final int MAX_REASON_CHARS = 1_000;

    public DeadLetter {
        SchemaVersion.require(schemaVersion);
        key = key == null ? "" : key;
        valueBase64 = valueBase64 == null ? "" : valueBase64;
        headers = headers == null ? Map.of() : Map.copyOf(headers);
    }

    /** The letter for a record that {@code service} could not process. */
    public static DeadLetter of(TopicRecord refused, String service, Throwable reason, Instant at) {
        var value = refused.value().orElse(new byte[0]);
        var kept = value.length <= MAX_VALUE_BYTES ? value : Arrays.copyOf(value, MAX_VALUE_BYTES);
        return new DeadLetter(SchemaVersion.CURRENT, refused.topic(), refused.partition(), refused.offset(),
                refused.timestamp(), refused.key(), Base64.getEncoder().encodeToString(kept), value.length,
                refused.headers(), service, describe(reason), at);
    }

    /** This letter as it lies in the topic. */
    public byte[] toJson() {
        return Json.write(this);
    }

    private static String describe(Throwable reason) {
        var message = reason.getMessage() == null ? "no message" : reason.getMessage();
        var text = reason.getClass().getSimpleName() + ": " + message;
        return text.length() <= MAX_REASON_CHARS ? text : text.substring(0, MAX_REASON_CHARS);
    }
}
