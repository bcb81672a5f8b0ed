package dev.echelon.executor;

import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.DeadLetters;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.Partitions;
import dev.echelon.contract.kafka.RecordPublisher;
import dev.echelon.contract.kafka.Topics;
import dev.echelon.executor.config.ExecutorConfig;
import dev.echelon.executor.kafka.KafkaAudit;
import dev.echelon.executor.kafka.KafkaIntents;
import dev.echelon.executor.kafka.KafkaReportLog;
import dev.echelon.executor.kafka.KafkaResults;
import dev.echelon.executor.kube.HubCache;
import dev.echelon.executor.kube.HubWatch;
import dev.echelon.executor.kube.HubWriter;
import dev.echelon.executor.kube.LiveEvents;
import dev.echelon.executor.kube.LiveHub;
import dev.echelon.executor.work.EventRecorder;
import dev.echelon.executor.work.Setting;
import dev.echelon.executor.work.Timers;
import dev.echelon.executor.work.Workers;
import dev.echelon.hubclient.HubClients;
import dev.echelon.service.ServiceMeters;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The whole executor, wired: intents in from Kafka, the hub made so, results out to Kafka. */
public final class Executor implements AutoCloseable {

    static final String SERVICE = "spoke-executor";
    private static final int EVENT_REQUESTS = 4;
    private static final Duration EVENT_PATIENCE = Duration.ofSeconds(30);
    private static final Duration SWEEP = Duration.ofSeconds(10);
    private static final Duration TOPICS_PATIENCE = Duration.ofMinutes(1);

    private final List<AutoCloseable> parts = new ArrayList<>();
    private final Workers workers;
    private final HubWatch watch;
    private final KafkaIntents intents;
    private final DeadLetters deadLetters;
    private final Optional<KafkaAudit> audit;
    private volatile boolean started;

    private Executor(
            KafkaSettings kafka, Config hub, MeterRegistry metrics, ExecutorConfig config, InstantSource clock) {
        RecordPublisher publisher = closing(new RecordPublisher(kafka, SERVICE));
        deadLetters = new DeadLetters(publisher, SERVICE, clock);
        Timers timers = closing(new Timers(clock));
        KubernetesClient client = closing(HubClients.counted(hub, SERVICE, metrics, _ -> {}));
        ExecutorService passes = closing(Executors.newVirtualThreadPerTaskExecutor(), ExecutorService::shutdownNow);
        HubCache cache = new HubCache();
        Setting setting = new Setting(
                new LiveHub(cache, new HubWriter(client, config.hubRequests(), config.hubTimeout())),
                new KafkaResults(publisher),
                clock,
                timers,
                passes,
                config.precacheImage().orElse(""),
                config.recoveryImage().orElse(""),
                config.coalesceWindow(),
                config.coalesceSpacing(),
                config.firstRetry(),
                config.longestRetry());
        workers = new Workers(setting, new KafkaReportLog(kafka, deadLetters), Executor::partitionOf);
        watch = closing(new HubWatch(client, cache, workers));
        watch.start().thenRun(workers::hubSynced);
        sweepEvery(SWEEP, timers, clock);
        intents = closing(KafkaIntents.start(kafka, config.instanceId(), workers, deadLetters));
        audit = config.hubEvents()
                ? Optional.of(hubEvents(kafka, client, metrics, config, clock, passes))
                : Optional.empty();
    }

    private KafkaAudit hubEvents(KafkaSettings kafka, KubernetesClient client, MeterRegistry metrics,
            ExecutorConfig config, InstantSource clock, ExecutorService passes) {
        // Requests of its own, so that many events do not hold up what has to be done.
        HubWriter writer = new HubWriter(client, EVENT_REQUESTS, config.hubTimeout());
        EventRecorder recorder = new EventRecorder(
                new LiveEvents(writer, hostName()), clock, passes, config.firstRetry(), EVENT_PATIENCE);
        metrics.gauge("echelon.executor.hub.events.lost", recorder, EventRecorder::lost);
        return closing(
                KafkaAudit.start(kafka, config.instanceId(), clock.instant(), recorder, deadLetters));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return SERVICE;
        }
    }

    /**
     * Starts it. What is away is waited for in the background, with one exception: the topics.
     *
     * @param hub where the hub is and who we are there
     * @throws RuntimeException when the topics are not there and cannot be made
     */
    public static Executor start(
            KafkaSettings kafka, Config hub, MeterRegistry metrics, ExecutorConfig config, InstantSource clock) {
        Topics.ensure(kafka, Set.of(Topic.INTENTS, Topic.RESULTS, Topic.AUDIT, Topic.DEAD_LETTERS), TOPICS_PATIENCE);
        Executor executor = new Executor(kafka, hub, metrics, config, clock);
        ServiceMeters.deadLetters(metrics, SERVICE, executor.deadLetters, DeadLetters::count);
        ServiceMeters.lag(metrics, SERVICE, executor.intents, KafkaIntents::lag);
        metrics.gauge("echelon.executor.intents", executor.workers, Workers::intents);
        metrics.gauge("echelon.executor.partitions", executor.workers, Workers::partitions);
        return executor;
    }

    /**
     * Whether all that was asked is being done: intents are read, the hub is watched, and no share waits to be taken
     * up.
     */
    public boolean isReady() {
        return intents.problem().isEmpty() && watch.isWatching() && workers.isAlive();
    }

    /** Whether it was ready once. */
    public boolean hasStarted() {
        if (!started) {
            started = isReady();
        }
        return started;
    }

    /** How it stands with what the executor depends on, in words. */
    public Map<String, String> describe() {
        Map<String, String> state = new LinkedHashMap<>();
        state.put("kafka", intents.problem().orElse("connected"));
        state.put("hub", watch.problem().orElse("watched"));
        state.put("hub-events", audit.map(reader -> reader.problem().orElse("written")).orElse("switched off"));
        state.put("partitions", String.valueOf(workers.partitions()));
        state.put("caught-up", String.valueOf(workers.isAlive()));
        state.put("intents", String.valueOf(workers.intents()));
        state.put("dead-letters", String.valueOf(deadLetters.count()));
        return state;
    }

    /** Stops in the reverse order of starting: first no more intents come in, last the publisher writes what it has. */
    @Override
    public void close() {
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                System.getLogger(Executor.class.getName())
                        .log(System.Logger.Level.WARNING, "a part of the executor did not stop cleanly", e);
            }
        }
        parts.clear();
    }

    private void sweepEvery(Duration interval, Timers timers, InstantSource clock) {
        timers.at(clock.instant().plus(interval), () -> {
            watch.sweep();
            sweepEvery(interval, timers, clock);
        });
    }

    private static int partitionOf(String cluster) {
        return Partitions.of(Topic.INTENTS, cluster, Topic.INTENTS.partitions());
    }

    private <T extends AutoCloseable> T closing(T part) {
        parts.add(part);
        return part;
    }

    private <T> T closing(T part, java.util.function.Consumer<T> close) {
        parts.add(() -> close.accept(part));
        return part;
    }
}
