package dev.echelon.contract.kafka;

import dev.echelon.contract.Topic;
import dev.echelon.contract.telemetry.Traces;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes records, in order per key, each once. One per process is enough; it is safe for use by many threads.
 *
 * <p>A stage that completes is a promise that all in-sync replicas have the record. A stage that fails means that it
 * was not written as far as anybody knows: after two minutes of trying by default ({@code delivery.timeout.ms}), or at
 * once where trying is hopeless (too large, not authorised).
 */
public final class RecordPublisher implements AutoCloseable {

    private static final int MAX_REQUEST_BYTES = 8 * 1024 * 1024;
    private static final int LINGER_MILLIS = 1;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final KafkaSettings settings;
    private final Producer<byte[], byte[]> producer;
    private volatile boolean closed;

    /**
     * Connects in the background: no broker needs to be there yet.
     *
     * @param service whose publisher this is; becomes part of the client id
     */
    public RecordPublisher(KafkaSettings settings, String service) {
        this(settings, service, Map.of());
    }

    /**
     * As the other constructor, for what is worth nothing when it comes late: a record is written within this time from
     * {@link #publish} on, or not at all.
     */
    public RecordPublisher(KafkaSettings settings, String service, Duration patience) {
        this(settings, service, Map.of(
                // First the topic is looked up, then the record is on its way: each has half of the time.
                "max.block.ms", Long.toString(patience.toMillis() / 2),
                "delivery.timeout.ms", Long.toString(patience.toMillis() / 2),
                "request.timeout.ms", Long.toString(patience.toMillis() / 2 - LINGER_MILLIS)));
    }

    private RecordPublisher(KafkaSettings settings, String service, Map<String, String> times) {
        this.settings = Objects.requireNonNull(settings, "settings");
        var own = new HashMap<>(times);
        own.putAll(Map.of(
                "acks", "all",
                "enable.idempotence", "true",
                // With more than one, a partition whose leader is new may take the second batch and refuse the first
                // one as out of order until its time is over. One on its way at a time loses nothing: batches only grow
                // larger.
                "max.in.flight.requests.per.connection", "1",
                "compression.type", "lz4",
                // Waiting longer would gain little in batches and cost each step of a rollout that time.
                "linger.ms", Integer.toString(LINGER_MILLIS),
                "max.request.size", Integer.toString(MAX_REQUEST_BYTES)));
        var properties = settings.client(service + "-publisher", own);
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Where a record was written. */
    public record Written(String topic, int partition, long offset) {
    }

    /** As {@link #publish(Topic, String, byte[], Map)}, without headers. */
    public CompletionStage<Written> publish(Topic topic, String key, byte[] value) {
        return publish(topic, key, value, Map.of());
    }

    /**
     * Writes a record to the partition that {@link Partitions} gives its key. May block for a while (a minute at most
     * by default, {@code max.block.ms}) as long as the broker has never been seen or does not keep up; never throws for
     * that.
     */
    public CompletionStage<Written> publish(Topic topic, String key, byte[] value, Map<String, String> headers) {
        Objects.requireNonNull(value, "value; use delete to write a tombstone");
        return write(topic, key, value, headers);
    }

    /** Writes a tombstone: the key has no value any more. */
    public CompletionStage<Written> delete(Topic topic, String key) {
        return write(topic, key, null, Map.of());
    }

    /** Waits until all that was handed in has been written or has failed. */
    public void flush() {
        producer.flush();
    }

    /** Writes what was handed in, for five seconds at most, and disconnects. */
    @Override
    public void close() {
        closed = true;
        producer.close(CLOSE_PATIENCE);
    }

    private static void addTo(ProducerRecord<byte[], byte[]> record, Map<String, String> headers) {
        headers.forEach((header, text) ->
                record.headers().add(new RecordHeader(header, text.getBytes(StandardCharsets.UTF_8))));
    }

    private CompletionStage<Written> write(Topic topic, String key, byte[] value, Map<String, String> headers) {
        Objects.requireNonNull(key, "key");
        var written = new CompletableFuture<Written>();
        try {
            if (closed) {
                // The producer itself says so only where it need not look the topic up first.
                throw new IllegalStateException("the publisher is closed; nothing was written to " + topic);
            }
            var name = settings.topicName(topic);
            var partition = Partitions.of(topic, key, producer.partitionsFor(name).size());
            var toSend = new ProducerRecord<>(name, partition, key.getBytes(StandardCharsets.UTF_8), value);
            addTo(toSend, headers);
            addTo(toSend, Traces.headers());
            producer.send(toSend, (metadata, failure) -> {
                if (failure != null) {
                    written.completeExceptionally(failure);
                } else {
                    written.complete(new Written(metadata.topic(), metadata.partition(), metadata.offset()));
                }
            });
        } catch (RuntimeException e) {
            written.completeExceptionally(e);
        }
        return written;
    }
}
