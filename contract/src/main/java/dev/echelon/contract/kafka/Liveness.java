package dev.echelon.contract.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Whether somebody who reads is being answered. A consumer does not say that its broker is away, it only returns
 * nothing; so this goes by the bytes that come in: even with nothing to read, each fetch is answered within half a
 * second, each heartbeat within a few.
 *
 * <p>Of a broker that is away the process's log tells in one line, however many read from it.
 */
public final class Liveness {

    private static final Duration SILENCE_ALLOWED = Duration.ofSeconds(10);

    private final String reading;
    private final String broker;
    private final KafkaContact contact;

    // Written by the thread that looks only.
    private volatile long lastHeardNanos = System.nanoTime();
    private volatile boolean heard;
    private volatile Optional<String> failure = Optional.empty();
    private double bytesBefore;

    /** @param reading what is read, as the subject of a sentence */
    public Liveness(KafkaSettings settings, String reading) {
        this.reading = reading;
        this.broker = settings.bootstrapServers();
        this.contact = KafkaContact.with(settings);
    }

    /** To be called every second or more often, with the metrics of all consumers that read. */
    public void look(Map<MetricName, ? extends Metric> metrics) {
        double bytes = bytesReceived(metrics);
        if (bytes > bytesBefore) {
            lastHeardNanos = System.nanoTime();
            heard = true;
            failure = Optional.empty();
            contact.answered();
        } else if (silence().compareTo(SILENCE_ALLOWED) > 0) {
            contact.silent(silence());
        }
        bytesBefore = bytes;
    }

    /**
     * Reading broke off and begins anew.
     *
     * @return whether that is because the broker is away, of which nobody else need tell
     */
    boolean failed(Throwable trouble) {
        bytesBefore = 0;
        failure = Optional.of(reading + ": " + Causes.of(trouble));
        boolean away = trouble instanceof TimeoutException;
        if (away && silence().compareTo(SILENCE_ALLOWED) > 0) {
            contact.silent(silence());
        }
        return away;
    }

    /** Why nothing is read at present, for a health check to show; empty while it is. */
    public Optional<String> problem() {
        Optional<String> away = contact.problem();
        if (away.isPresent()) {
            return away;
        }
        if (failure.isPresent()) {
            return failure;
        }
        if (!heard) {
            return Optional.of(reading + ": no answer from " + broker + " yet");
        }
        return silence().compareTo(SILENCE_ALLOWED) <= 0
                ? Optional.empty()
                : Optional.of(reading + ": nothing heard from " + broker + " for " + silence().toSeconds() + " s");
    }

    private Duration silence() {
        return Duration.ofNanos(System.nanoTime() - lastHeardNanos);
    }

    private static double bytesReceived(Map<MetricName, ? extends Metric> metrics) {
        return metrics.values().stream()
                .filter(metric -> metric.metricName().name().equals("incoming-byte-total")
                        && metric.metricName().group().equals("consumer-metrics"))
                .map(Metric::metricValue)
                .mapToDouble(value -> (double) value)
                .sum();
    }
}
