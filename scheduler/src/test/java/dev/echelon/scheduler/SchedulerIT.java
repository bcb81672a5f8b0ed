package dev.echelon.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.IntentRecord;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.RecordPublisher;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.ObservationRecord;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.ResultRecord;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.scheduler.config.SchedulerConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scheduler against a real broker: exactly once, over a restart, in one order with what the others write. */
class SchedulerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private EmbeddedKafka broker;
    private KafkaSettings settings;
    private RecordPublisher publisher;
    private Scheduler scheduler;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedKafka.builder().directory(directory.resolve("kafka")).port(0).start();
        settings = KafkaSettings.of(broker.bootstrapServers());
        publisher = new RecordPublisher(settings, "scheduler-it");
        startScheduler();
    }

    @AfterEach
    void stopAll() {
        scheduler.close();
        publisher.close();
        broker.close();
    }

    @Test
    void aRolloutGoesOnAfterARestartAndTellsEachStepOnce() {
        Fleet fleet = Fleet.of("sno1", "sno2", "sno3").withPolicy("p1");
        Instant now = Instant.now();
        send(Fleet.create("c1", fleet.spec().maxConcurrency(1).build(), now));
        send(fleet.snapshot(1, now));
        awaitEnforcedOn("sno1");

        scheduler.close();
        fleet.with("p1", "sno1", Compliance.COMPLIANT);
        send(fleet.compliance(now, "sno1"));
        startScheduler();
        awaitEnforcedOn("sno2");

        fleet.with("p1", "sno2", Compliance.COMPLIANT).with("p1", "sno3", Compliance.COMPLIANT);
        send(fleet.compliance(now, "sno2", "sno3"));
        Intent stop = await("the objects are asked to go")
                .atMost(PATIENCE)
                .until(this::hubIntent, intent -> intent.filter(Intent.StopEnforcing.class::isInstance).isPresent())
                .orElseThrow();
        send(new Result.EnforcementStopped(Fleet.CGU, stop.id(), now));

        ClusterGroupUpgrade last = await("completedAt is set")
                .atMost(PATIENCE)
                .until(this::latest, cgu -> cgu.filter(SchedulerIT::isFinished).isPresent())
                .orElseThrow();
        assertThat(last.status().condition(ConditionReason.Type.SUCCEEDED).orElseThrow().isTrue())
                .isTrue();
        List<AuditEvent> told = read(Topic.AUDIT).stream()
                .map(record -> Json.read(record.value(), AuditEvent.class))
                .toList();
        assertThat(told).extracting(AuditEvent::id).doesNotHaveDuplicates();
        assertThat(told.stream()
                        .filter(event -> event.auditType() == AuditType.BATCH_STARTED)
                        .map(event -> event.data().details().get("batch")))
                .containsExactly("1", "2", "3");
        assertThat(read(Topic.DEAD_LETTERS)).isEmpty();
    }

    @Test
    void poisonOnEveryTopicGoesToTheDeadLettersAndTheStreamGoesOn() {
        Instant now = Instant.now();
        for (Topic topic : List.of(Topic.COMMANDS, Topic.OBSERVATIONS, Topic.RESULTS)) {
            publisher.publish(topic, Fleet.CGU.key(), "{no json".getBytes(StandardCharsets.UTF_8));
        }
        Fleet fleet = Fleet.of("sno1").withPolicy("p1");
        send(Fleet.create("c1", fleet.spec().enable(false).build(), now));

        await("the command after the poison is carried out").atMost(PATIENCE).until(() -> latest().isPresent());
        await("all three are buried").atMost(PATIENCE).until(() -> read(Topic.DEAD_LETTERS).size() == 3);
    }

    @Test
    void eachBatchStepsOverTheBrokerAndTheTimeIsPrinted() {
        int clusters = 40;
        String[] names = new String[clusters];
        for (int i = 0; i < clusters; i++) {
            names[i] = String.format("sno%02d", i);
        }
        Fleet fleet = Fleet.of(names).withPolicy("p1");
        Instant now = Instant.now();
        List<Duration> steps = new CopyOnWriteArrayList<>();
        scheduler.telemetry().onBatchStep(steps::add);
        send(Fleet.create("c1", fleet.spec().maxConcurrency(1).build(), now));
        send(fleet.snapshot(1, now));
        List<Long> millis = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> intents = consumer(Topic.INTENTS)) {
            for (String name : names) {
                awaitIntentFor(intents, name);
                fleet.with("p1", name, Compliance.COMPLIANT);
                long sent = System.nanoTime();
                send(fleet.compliance(Instant.now(), name));
                if (!name.equals(names[clusters - 1])) {
                    awaitIntentFor(intents, names[millis.size() + 1]);
                    millis.add(Duration.ofNanos(System.nanoTime() - sent).toMillis());
                }
            }
        }
        List<Long> sorted = millis.stream().sorted().toList();
        System.out.println("compliance sent to next batch's intent read, over the broker, ms: median "
                + sorted.get(sorted.size() / 2) + ", max " + sorted.getLast());
        assertThat(steps).as("measured steps from one batch to the next").hasSize(clusters - 1);
    }

    @Test
    void theStateOfFiveThousandClustersIsReadAgainAndTheTimeIsPrinted() {
        String[] names = new String[5000];
        for (int i = 0; i < names.length; i++) {
            names[i] = String.format("sno%04d", i);
        }
        Fleet fleet = Fleet.of(names).withPolicy("p1").withPolicy("p2").withPolicy("p3");
        Instant now = Instant.now();
        send(Fleet.create("c1", fleet.spec().maxConcurrency(500).preCaching().enable(false).build(), now));
        send(fleet.snapshot(1, now));
        await("all spokes are asked to pre-cache").atMost(PATIENCE).until(() -> latest()
                .filter(cgu -> cgu.status().precaching() != null
                        && cgu.status().precaching().status().size() == names.length)
                .isPresent());

        scheduler.close();
        long begun = System.nanoTime();
        startScheduler();
        System.out.println("from start to running, with the state of 5000 clusters, ms: "
                + Duration.ofNanos(System.nanoTime() - begun).toMillis());

        send(new Result.SpokeProgress(
                Fleet.CGU,
                Fleet.UID + "/precache/1/sno4711",
                now,
                "sno4711",
                Workload.PRECACHE,
                SpokeState.UNRECOVERABLE_ERROR,
                "no space left"));
        await("the state is the one before").atMost(PATIENCE).until(() -> latest()
                .flatMap(cgu -> cgu.status().condition(ConditionReason.Type.PRECACHED))
                .filter(condition -> condition.message().equals("Precaching in progress for 4999 clusters"))
                .isPresent());
    }

    private final Map<String, String> enforcedOn = new ConcurrentHashMap<>();

    private void awaitIntentFor(KafkaConsumer<String, byte[]> intents, String cluster) {
        await("an intent enforces the policy on " + cluster).atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> {
            if (enforcedOn.containsKey(cluster)) {
                return true;
            }
            for (ConsumerRecord<String, byte[]> record : intents.poll(Duration.ofMillis(50))) {
                if (record.value() != null
                        && Json.read(record.value(), IntentRecord.class).intent()
                                instanceof Intent.EnforcePolicies enforce) {
                    enforce.placements().forEach(placement ->
                            placement.clusters().forEach(name -> enforcedOn.put(name, "")));
                }
            }
            return enforcedOn.containsKey(cluster);
        });
    }

    private void awaitEnforcedOn(String cluster) {
        await("the policy is enforced on " + cluster).atMost(PATIENCE).until(() -> hubIntent()
                .filter(Intent.EnforcePolicies.class::isInstance)
                .map(Intent.EnforcePolicies.class::cast)
                .filter(enforce -> enforce.placements().getFirst().clusters().equals(List.of(cluster)))
                .isPresent());
    }

    private void startScheduler() {
        scheduler = Scheduler.start(settings, new TestConfig(), directory.resolve("state"));
        await("the scheduler is ready").atMost(PATIENCE).until(scheduler::isReady);
    }

    private Optional<Intent> hubIntent() {
        return read(Topic.INTENTS).stream()
                .filter(record -> record.key().equals(Intent.hubKey(Fleet.CGU)))
                .reduce((_, last) -> last)
                .map(ConsumerRecord::value)
                .map(value -> Json.read(value, IntentRecord.class).intent());
    }

    private Optional<ClusterGroupUpgrade> latest() {
        return read(Topic.CGUS).stream()
                .reduce((_, last) -> last)
                .map(record -> Json.read(record.value(), ClusterGroupUpgrade.class));
    }

    private static boolean isFinished(ClusterGroupUpgrade cgu) {
        return cgu.status().status() != null && cgu.status().status().completedAt() != null;
    }

    /** Everything that is committed in a topic now. */
    private List<ConsumerRecord<String, byte[]>> read(Topic topic) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = consumer(topic)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
            var open = new HashSet<>(consumer.assignment());
            while (!open.isEmpty()) {
                consumer.poll(Duration.ofMillis(20)).forEach(records::add);
                open.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
            }
        }
        return records;
    }

    private KafkaConsumer<String, byte[]> consumer(Topic topic) {
        KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", broker.bootstrapServers(),
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(settings.topicName(topic)).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    private void send(CommandRecord command) {
        publisher.publish(Topic.COMMANDS, command.command().cgu().key(), Json.write(command));
    }

    private void send(Observation observation) {
        publisher.publish(Topic.OBSERVATIONS, observation.cgu().key(), Json.write(new ObservationRecord(observation)));
    }

    private void send(Result result) {
        publisher.publish(Topic.RESULTS, result.cgu().key(), Json.write(new ResultRecord(result)));
    }

    private record TestConfig() implements SchedulerConfig {
        @Override
        public String applicationId() {
            return "scheduler-it";
        }

        @Override
        public Optional<String> instanceId() {
            return Optional.of("it");
        }

        @Override
        public int threads() {
            return 1;
        }

        @Override
        public int standbys() {
            return 0;
        }

        @Override
        public Duration sessionTimeout() {
            return Duration.ofSeconds(10);
        }

        @Override
        public Duration transactionTimeout() {
            return Duration.ofSeconds(5);
        }
    }
}
