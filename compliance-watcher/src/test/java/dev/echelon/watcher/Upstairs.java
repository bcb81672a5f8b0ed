package dev.echelon.watcher;

import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.DeadLetter;
import dev.echelon.contract.kafka.DeadLetters;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.RecordPublisher;
import dev.echelon.contract.kafka.TableReader;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.Observation.ComplianceSnapshot;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.Observation.PlacementSnapshot;
import dev.echelon.contract.observation.Observation.WorkSnapshot;
import dev.echelon.contract.observation.ObservationRecord;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** The scheduler's end of the topics: publishes upgrades, hears observations. */
final class Upstairs implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RecordPublisher publisher;
    private final List<Observation> observations = new CopyOnWriteArrayList<>();
    private final List<DeadLetter> deadLetters = new CopyOnWriteArrayList<>();
    private final List<TableReader> readers;

    Upstairs(KafkaSettings kafka) {
        publisher = new RecordPublisher(kafka, "test");
        DeadLetters refused = new DeadLetters(publisher, "test", InstantSource.system());
        readers = List.of(
                TableReader.start(
                        kafka,
                        Topic.OBSERVATIONS,
                        "test",
                        received -> observations.add(received.read(ObservationRecord.class).observation()),
                        refused),
                TableReader.start(
                        kafka,
                        Topic.DEAD_LETTERS,
                        "test",
                        received -> deadLetters.add(received.read(DeadLetter.class)),
                        refused));
    }

    void publish(ClusterGroupUpgrade cgu) {
        publish(cgu.id().key(), Json.write(cgu));
    }

    void publish(String key, byte[] value) {
        publisher.publish(Topic.CGUS, key, value).toCompletableFuture().join();
    }

    void delete(CguId cgu) {
        publisher.delete(Topic.CGUS, cgu.key()).toCompletableFuture().join();
    }

    List<Observation> observations(CguId cgu) {
        return observations.stream().filter(o -> o.cgu().equals(cgu)).toList();
    }

    List<DeadLetter> deadLetters() {
        return deadLetters;
    }

    void forgetWhatWasObserved() {
        observations.clear();
    }

    /** The newest fleet snapshot for the upgrade that is so. */
    FleetSnapshot awaitFleet(CguId cgu, String what, Predicate<FleetSnapshot> is) {
        return await(cgu, "a fleet snapshot with " + what, FleetSnapshot.class, is);
    }

    /** The newest compliance snapshot for the upgrade that is so. */
    ComplianceSnapshot awaitCompliance(CguId cgu, String what, Predicate<ComplianceSnapshot> is) {
        return await(cgu, "a compliance snapshot with " + what, ComplianceSnapshot.class, is);
    }

    /** The newest snapshot of its manifest works for the upgrade that is so. */
    WorkSnapshot awaitWorks(CguId cgu, String what, Predicate<WorkSnapshot> is) {
        return await(cgu, "a work snapshot with " + what, WorkSnapshot.class, is);
    }

    /** The newest snapshot of its placements for the upgrade that is so. */
    PlacementSnapshot awaitPlacements(CguId cgu, String what, Predicate<PlacementSnapshot> is) {
        return await(cgu, "a placement snapshot with " + what, PlacementSnapshot.class, is);
    }

    private <T extends Observation> T await(CguId cgu, String what, Class<T> type, Predicate<T> is) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> found(cgu, type, is).isPresent());
        return found(cgu, type, is).orElseThrow();
    }

    private <T extends Observation> Optional<T> found(CguId cgu, Class<T> type, Predicate<T> is) {
        return observations(cgu).reversed().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .filter(is)
                .findFirst();
    }

    @Override
    public void close() {
        readers.forEach(TableReader::close);
        publisher.close();
    }
}
