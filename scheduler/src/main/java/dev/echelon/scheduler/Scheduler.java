package dev.echelon.scheduler;

import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.Liveness;
import dev.echelon.contract.kafka.Topics;
import dev.echelon.scheduler.config.SchedulerConfig;
import dev.echelon.scheduler.domain.BrokenLogException;
import dev.echelon.scheduler.stream.BrokenStoreException;
import dev.echelon.scheduler.stream.SchedulerTopology;
import dev.echelon.scheduler.stream.Telemetry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/**
 * A running scheduler: the topology, connected. A thread that fails because of the broker is replaced, for as long as it
 * takes; a broken log or store stops all of it, and {@link #failure()} says why.
 */
public final class Scheduler implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Scheduler.class.getName());
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);
    private static final String MAX_MESSAGE_BYTES = String.valueOf(8 * 1024 * 1024);

    private final KafkaStreams streams;
    private final Liveness liveness;
    private final Thread looks;
    private final Telemetry telemetry = new Telemetry();
    private volatile boolean hasRun;
    private volatile Throwable failure;

    private Scheduler(KafkaSettings kafka, SchedulerConfig config, Path dataDirectory) {
        streams = new KafkaStreams(
                SchedulerTopology.build(kafka.prefix(), telemetry), properties(kafka, config, dataDirectory));
        liveness = new Liveness(kafka, "the scheduler");
        looks = Thread.ofVirtual().name("scheduler-looks").unstarted(this::look);
        streams.setUncaughtExceptionHandler(this::onFailure);
        streams.setStateListener((now, _) -> hasRun = hasRun || now == KafkaStreams.State.RUNNING);
    }

    /**
     * Makes the topics that are missing and starts. Returns before the state has been read; see {@link #isReady()}.
     *
     * @param dataDirectory where Streams keeps its lock; the state itself is on the broker
     * @throws RuntimeException when the broker does not answer or refuses
     */
    public static Scheduler start(KafkaSettings kafka, SchedulerConfig config, Path dataDirectory) {
        Topics.ensure(kafka);
        Scheduler scheduler = new Scheduler(kafka, config, dataDirectory);
        scheduler.streams.start();
        scheduler.looks.start();
        return scheduler;
    }

    /** Whether all of this process's share is being decided on. */
    public boolean isReady() {
        // Streams goes on to say that it runs when its broker is away.
        return streams.state() == KafkaStreams.State.RUNNING && problem().isEmpty();
    }

    /** Why nothing comes in at present; empty while the broker answers. */
    public Optional<String> problem() {
        return liveness.problem();
    }

    private void look() {
        try {
            while (true) {
                liveness.look(streams.metrics());
                Thread.sleep(BETWEEN_LOOKS);
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "nobody looks any more whether Kafka answers");
        }
    }

    /** Whether it has ever been ready. */
    public boolean hasStarted() {
        return hasRun;
    }

    /** Why it cannot go on; empty while it can. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** In one word: {@code REBALANCING}, {@code RUNNING}, ... */
    public String state() {
        return streams.state().name();
    }

    /** What it has counted. */
    public Telemetry telemetry() {
        return telemetry;
    }

    /** How many records of this process's share are there that have not been decided on, as far as it knows. */
    public double lag() {
        return streams.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("records-lag")
                        && metric.metricName().group().equals("consumer-fetch-manager-metrics")
                        && !metric.metricName().tags().getOrDefault("client-id", "").contains("restore-consumer"))
                .mapToDouble(metric -> metric.metricValue() instanceof Double value ? value : 0)
                .filter(lag -> !Double.isNaN(lag))
                .sum();
    }

    /** Commits what was decided and stops. */
    @Override
    public void close() {
        looks.interrupt();
        if (!streams.close(CLOSE_PATIENCE)) {
            LOG.log(Level.WARNING, "the scheduler did not stop within {0} s", CLOSE_PATIENCE.toSeconds());
        }
    }

    private StreamThreadExceptionResponse onFailure(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof BrokenLogException || cause instanceof BrokenStoreException) {
                failure = cause;
                LOG.log(Level.ERROR, "the scheduler stops, because its state is broken", problem);
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            }
        }
        LOG.log(Level.WARNING, "a thread of the scheduler failed and is replaced", problem);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private static Properties properties(KafkaSettings kafka, SchedulerConfig config, Path dataDirectory) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, dataDirectory.toString());
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, kafka.replicationFactor());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, config.threads());
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, config.standbys());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        // An exactly-once hop takes 118 ms with the defaults, of which 100 are the wait for a poll without records; with
        // these two it takes 25.
        properties.put(StreamsConfig.POLL_MS_CONFIG, 5);
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 20);
        properties.put(StreamsConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        properties.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        // A broker that was away is found again within a second of its return.
        properties.put(StreamsConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000);
        properties.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
                Math.toIntExact(config.sessionTimeout().toMillis()));
        properties.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                Math.toIntExact(config.sessionTimeout().toMillis() / 4));
        config.instanceId()
                .ifPresent(id -> properties.put(
                        StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), id));
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                Math.toIntExact(config.transactionTimeout().toMillis()));
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), MAX_MESSAGE_BYTES);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 1);
        properties.put(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), MAX_MESSAGE_BYTES);
        properties.putAll(kafka.clientProperties());
        return properties;
    }
}
