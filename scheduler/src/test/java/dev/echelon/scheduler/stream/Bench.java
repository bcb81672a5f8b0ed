package dev.echelon.scheduler.stream;

import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.intent.IntentRecord;
import dev.echelon.contract.kafka.DeadLetter;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.ObservationRecord;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.ResultRecord;
import dev.echelon.scheduler.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;

/** The topology on a bench: records in, records out, time by hand. */
final class Bench implements AutoCloseable {

    static final String PREFIX = "echelon.";

    final TopologyTestDriver driver;
    final Telemetry telemetry = new Telemetry();
    private final Map<Topic, TestInputTopic<String, byte[]>> inputs = new LinkedHashMap<>();
    private final Map<Topic, TestOutputTopic<String, byte[]>> outputs = new LinkedHashMap<>();
    private final Map<String, Intent> openIntents = new LinkedHashMap<>();
    private Instant now;

    Bench(Instant start) {
        now = start;
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "bench");
        driver = new TopologyTestDriver(SchedulerTopology.build(PREFIX, telemetry), properties, start);
        for (Topic topic : List.of(Topic.COMMANDS, Topic.OBSERVATIONS, Topic.RESULTS)) {
            inputs.put(
                    topic,
                    driver.createInputTopic(
                            topic.topicName(PREFIX), new StringSerializer(), new ByteArraySerializer()));
        }
        for (Topic topic : List.of(Topic.CGUS, Topic.INTENTS, Topic.AUDIT, Topic.DEAD_LETTERS)) {
            outputs.put(
                    topic,
                    driver.createOutputTopic(
                            topic.topicName(PREFIX), new StringDeserializer(), new ByteArrayDeserializer()));
        }
    }

    Instant now() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    void send(CommandRecord command) {
        raw(Topic.COMMANDS, command.command().cgu().key(), Json.write(command));
    }

    void send(Observation observation) {
        raw(Topic.OBSERVATIONS, observation.cgu().key(), Json.write(new ObservationRecord(observation)));
    }

    void send(Result result) {
        raw(Topic.RESULTS, result.cgu().key(), Json.write(new ResultRecord(result)));
    }

    void raw(Topic topic, String key, byte[] value) {
        inputs.get(topic).pipeInput(key, value, now);
    }

    /** The versions of the resource that were shown since the last call. */
    List<ClusterGroupUpgrade> shown() {
        return outputs.get(Topic.CGUS).readRecordsToList().stream()
                .map(TestRecord::value)
                .filter(java.util.Objects::nonNull)
                .map(bytes -> Json.read(bytes, ClusterGroupUpgrade.class))
                .toList();
    }

    List<TestRecord<String, byte[]>> records(Topic topic) {
        return outputs.get(topic).readRecordsToList();
    }

    List<AuditEvent> told() {
        return outputs.get(Topic.AUDIT).readValuesToList().stream()
                .map(bytes -> Json.read(bytes, AuditEvent.class))
                .toList();
    }

    List<DeadLetter> deadLetters() {
        return outputs.get(Topic.DEAD_LETTERS).readValuesToList().stream()
                .map(bytes -> Json.read(bytes, DeadLetter.class))
                .toList();
    }

    /** The intents that stand, as the compacted topic would show them. */
    Map<String, Intent> intents() {
        for (TestRecord<String, byte[]> record : outputs.get(Topic.INTENTS).readRecordsToList()) {
            if (record.value() == null) {
                openIntents.remove(record.key());
            } else {
                openIntents.put(record.key(), Json.read(record.value(), IntentRecord.class).intent());
            }
        }
        return openIntents;
    }

    Intent hubIntent() {
        return Optional.ofNullable(intents().get(Intent.hubKey(Fleet.CGU))).orElseThrow();
    }

    /** What is wanted of the spoke's pre-cache or backup. */
    Intent spokeIntent(String cluster, Aspect aspect) {
        return Optional.ofNullable(intents().get(Intent.spokeKey(Fleet.CGU, cluster, aspect))).orElseThrow();
    }

    /** Everything that is stored, as text, to compare before and after. */
    Map<String, String> stored() {
        Map<String, String> all = new LinkedHashMap<>();
        for (String name : List.of(Stores.UPGRADES, Stores.PROGRESS, Stores.SPOKES, Stores.ANSWERS)) {
            KeyValueStore<String, Object> store = driver.getKeyValueStore(name);
            try (KeyValueIterator<String, Object> entries = store.all()) {
                entries.forEachRemaining(entry -> all.put(name + "/" + entry.key, entry.value.toString()));
            }
        }
        return all;
    }

    /** {@code reason: message} of the last condition of each version, repeats left out. */
    static List<String> states(List<ClusterGroupUpgrade> versions) {
        List<String> states = new ArrayList<>();
        for (ClusterGroupUpgrade version : versions) {
            List<Condition> conditions = version.status().conditions();
            if (!conditions.isEmpty()) {
                String state = conditions.getLast().reason() + ": " + conditions.getLast().message();
                if (states.isEmpty() || !states.getLast().equals(state)) {
                    states.add(state);
                }
            }
        }
        return states;
    }

    @Override
    public void close() {
        driver.close();
    }
}
