package dev.echelon.contract.kafka;

import dev.echelon.contract.Topic;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;

/**
 * Whether a reader is being answered. A consumer does not say that its broker is away, it only returns nothing; so this
 * goes by the bytes that come in: even with nothing to read, each fetch is answered within half a second, each
 * heartbeat within a few.
 */
final class Liveness {

    private static final Duration SILENCE_ALLOWED = Duration.ofSeconds(10);

    private final String topic;
    private final String broker;

    // Written by the reading thread only.
    private volatile long lastHeardNanos;
    private volatile boolean heard;
    private volatile Optional<String> failure = Optional.empty();
    private volatile long lag;
    private double bytesBefore;

    Liveness(KafkaSettings settings, Topic topic) {
        this.topic = settings.topicName(topic);
        this.broker = settings.bootstrapServers();
    }

    void polled(Consumer<byte[], byte[]> consumer) {
        lag = consumer.assignment().stream().mapToLong(each -> consumer.currentLag(each).orElse(0)).sum();
        var bytes = bytesReceived(consumer);
        if (bytes != bytesBefore) {
            bytesBefore = bytes;
            lastHeardNanos = System.nanoTime();
            heard = true;
            failure = Optional.empty();
        }
    }

    void failed(Throwable trouble) {
        failure = Optional.of("topic " + topic + ": " + Causes.of(trouble));
        bytesBefore = 0;
    }

    long lag() {
        return lag;
    }

    Optional<String> problem() {
        if (failure.isPresent()) {
            return failure;
        }
        if (!heard) {
            return Optional.of("topic " + topic + ": no answer from " + broker + " yet");
        }
        var silence = Duration.ofNanos(System.nanoTime() - lastHeardNanos);
        return silence.compareTo(SILENCE_ALLOWED) <= 0
                ? Optional.empty()
                : Optional.of(
                        "topic " + topic + ": nothing heard from " + broker + " for " + silence.toSeconds() + " s");
    }

    private static double bytesReceived(Consumer<byte[], byte[]> consumer) {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("incoming-byte-total")
                        && metric.metricName().group().equals("consumer-metrics"))
                .map(Metric::metricValue)
                .mapToDouble(value -> (double) value)
                .sum();
    }
}
