package dev.echelon.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.IntentRecord;
import dev.echelon.contract.kafka.DeadLetter;
import dev.echelon.contract.kafka.DeadLetters;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.RecordPublisher;
import dev.echelon.contract.kafka.TableReader;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.ResultRecord;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The scheduler's end of the topics: writes intents, hears results. */
final class TestScheduler implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final RecordPublisher publisher;
    private final List<Result> results = new CopyOnWriteArrayList<>();
    private final List<DeadLetter> deadLetters = new CopyOnWriteArrayList<>();
    private final List<TableReader> readers;

    TestScheduler(KafkaSettings kafka) {
        publisher = new RecordPublisher(kafka, "test");
        DeadLetters refused = new DeadLetters(publisher, "test", InstantSource.system());
        readers = List.of(
                TableReader.start(kafka, Topic.RESULTS, "test",
                        received -> results.add(received.read(ResultRecord.class).result()), refused),
                TableReader.start(kafka, Topic.DEAD_LETTERS, "test",
                        received -> deadLetters.add(received.read(DeadLetter.class)), refused));
    }

    void want(Intent intent) {
        write(intent.key(), Json.write(new IntentRecord(intent)));
    }

    void tell(AuditEvent event) {
        publisher.publish(Topic.AUDIT, event.subject().key(), Json.write(event)).toCompletableFuture().join();
    }

    void write(String key, byte[] value) {
        publisher.publish(Topic.INTENTS, key, value).toCompletableFuture().join();
    }

    void settle(String key) {
        publisher.delete(Topic.INTENTS, key).toCompletableFuture().join();
    }

    List<Result> results(CguId cgu) {
        return results.stream().filter(result -> result.cgu().equals(cgu)).toList();
    }

    List<DeadLetter> deadLetters() {
        return deadLetters;
    }

    /**
     * The states of a spoke's job that were reported for an intent, in order, without repeats that follow each other.
     */
    List<SpokeState> states(String intentId, String cluster, Workload workload) {
        return results.stream()
                .filter(result -> result instanceof Result.SpokeProgress progress
                        && progress.intentId().equals(intentId)
                        && progress.cluster().equals(cluster)
                        && progress.workload() == workload)
                .map(result -> ((Result.SpokeProgress) result).state())
                .reduce(new java.util.ArrayList<SpokeState>(), (states, state) -> {
                    if (states.isEmpty() || states.getLast() != state) {
                        states.add(state);
                    }
                    return states;
                }, (one, _) -> one);
    }

    /** Waits until the spoke's job has reported exactly these states, in this order. */
    void awaitStates(Intent.ForSpoke intent, Workload workload, SpokeState... states) {
        await("states of " + intent.cluster() + " for " + intent.id()).atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() ->
                        assertThat(states(intent.id(), intent.cluster(), workload)).containsExactly(states));
    }

    /** Waits for a result of this type that is so, and returns the first such. */
    <T extends Result> T awaitResult(String what, Class<T> type, java.util.function.Predicate<T> is) {
        return await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(
                () -> results.stream().filter(type::isInstance).map(type::cast).filter(is).findFirst(),
                java.util.Optional::isPresent).orElseThrow();
    }

    @Override
    public void close() {
        readers.forEach(TableReader::close);
        publisher.close();
    }
}
