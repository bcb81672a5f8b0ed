package dev.echelon.contract.kafka;

import static dev.echelon.contract.kafka.TestBroker.PATIENCE;
import static dev.echelon.contract.kafka.TestBroker.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.Topic;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableReaderIT extends OnABroker {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final List<String> seen = new CopyOnWriteArrayList<>();

    @Override
    InstantSource clock() {
        return InstantSource.fixed(NOW);
    }

    @Test
    void everythingThatWasThereIsHandedOverBeforeItIsCaughtUp() throws Exception {
        var keys = IntStream.range(0, 300).mapToObj(each -> "ztp/upgrade-" + each).toList();
        keys.forEach(this::publish);
        publisher.flush();

        try (var reader = read(received -> seen.add(received.key()))) {
            join(reader.caughtUp());

            assertThat(seen).containsExactlyInAnyOrderElementsOf(keys);
            assertThat(reader.problem()).isEmpty();
            assertThat(reader.isCaughtUp()).isTrue();
        }
    }

    @Test
    void whatIsWrittenLaterFollows() throws Exception {
        try (var reader = read(received -> seen.add(received.key()))) {
            join(reader.caughtUp());

            publish("ztp/late");

            await("the record that was written after the start").atMost(PATIENCE)
                    .until(() -> seen.contains("ztp/late"));
            await("the lag to be gone").atMost(PATIENCE).until(() -> reader.lag() == 0);
        }
    }

    @Test
    void recordsOfOneKeyComeInOrder() throws Exception {
        for (int each = 0; each < 200; each++) {
            publisher.publish(Topic.CGUS, "ztp/one", Integer.toString(each).getBytes(StandardCharsets.UTF_8));
        }
        publisher.flush();

        try (var reader = read(received -> seen.add(text(received)))) {
            join(reader.caughtUp());
        }

        assertThat(seen).isEqualTo(IntStream.range(0, 200).mapToObj(Integer::toString).toList());
    }

    @Test
    void whatWasAbortedOrIsNotYetCommittedIsNotSeen() throws Exception {
        try (var producer = TestBroker.transactionalProducer(settings)) {
            producer.beginTransaction();
            producer.send(inPartitionZero("committed"));
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(inPartitionZero("aborted"));
            producer.flush();
            producer.abortTransaction();

            try (var reader = read(received -> seen.add(text(received)))) {
                // The last thing in the partition is a marker, not a record: the end must be reached all the same.
                join(reader.caughtUp());
                producer.beginTransaction();
                producer.send(inPartitionZero("open"));
                producer.flush();
                publish("ztp/witness");
                await("a record of another partition").atMost(PATIENCE).until(() -> seen.contains("ztp/witness"));
                assertThat(seen).containsExactly("committed", "ztp/witness");

                producer.commitTransaction();
                await("the record, once it is committed").atMost(PATIENCE).until(() -> seen.contains("open"));
            }
        }
    }

    @Test
    void aPoisonRecordGoesToTheDeadLettersAndTheNextOneIsRead() throws Exception {
        var poison = join(publisher.publish(Topic.CGUS, "ztp/one", "{not json".getBytes(StandardCharsets.UTF_8)));
        join(publisher.publish(Topic.CGUS, "ztp/one", "{\"name\":\"good\"}".getBytes(StandardCharsets.UTF_8)));

        try (var reader = read(received -> seen.add(received.read(Named.class).name()))) {
            join(reader.caughtUp());
            assertThat(reader.problem()).isEmpty();
        }
        publisher.flush();

        assertThat(seen).containsExactly("good");
        assertThat(deadLetters.count()).isEqualTo(1);
        assertThat(deadLetters.unwritten()).isZero();
        assertThat(TestBroker.deadLetters(settings, deadLetters)).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo(settings.topicName(Topic.CGUS));
            assertThat(letter.partition()).isEqualTo(poison.partition());
            assertThat(letter.offset()).isEqualTo(poison.offset());
            assertThat(letter.key()).isEqualTo("ztp/one");
            assertThat(letter.valueBase64()).isEqualTo("e25vdCBqc29u");
            assertThat(letter.service()).isEqualTo("test");
            assertThat(letter.reason()).startsWith("IllegalArgumentException: not a Named: Unexpected character");
            assertThat(letter.at()).isEqualTo(NOW);
        });
    }

    @Test
    void aHandlerThatOverflowsItsStackLosesOnlyThatRecord() throws Exception {
        publish("ztp/deep");
        publish("ztp/flat");
        publisher.flush();

        try (var reader = read(received -> {
            if (received.key().equals("ztp/deep")) {
                throw new StackOverflowError("as deep as the record");
            }
            seen.add(received.key());
        })) {
            join(reader.caughtUp());
        }

        assertThat(seen).containsExactly("ztp/flat");
        assertThat(deadLetters.count()).isEqualTo(1);
    }

    @Test
    void anErrorThatIsNotTheRecordsFaultIsTriedAgain() throws Exception {
        publish("ztp/one");
        publisher.flush();
        var outOfMemoryOnce = new CountDownLatch(1);

        try (var reader = read(received -> {
            if (outOfMemoryOnce.getCount() == 1) {
                outOfMemoryOnce.countDown();
                throw new OutOfMemoryError("as a test");
            }
            seen.add(received.key());
        })) {
            join(reader.caughtUp());
        }

        assertThat(seen).containsExactly("ztp/one");
        assertThat(deadLetters.count()).isZero();
    }

    @Test
    void afterCloseTheHandlerIsNotCalledAnyMore() throws Exception {
        var reader = read(received -> seen.add(received.key()));
        join(reader.caughtUp());

        reader.close();
        publish("ztp/late");
        publisher.flush();
        try (var witness = read(_ -> { })) {
            join(witness.caughtUp());
        }

        assertThat(seen).isEmpty();
    }

    @Test
    void aBrokerThatIsAwayIsWaitedForAndReadingGoesOnWhereItWas(@TempDir Path directory) throws Exception {
        var first = EmbeddedKafka.builder().directory(directory).start();
        var own = TestBroker.settings(first);
        var counts = new ConcurrentHashMap<String, Integer>();
        Topics.ensure(own);
        try (var ownPublisher = new RecordPublisher(own, "test");
                var reader = TableReader.start(own, Topic.CGUS, "test",
                        received -> counts.merge(received.key(), 1, Integer::sum),
                        new DeadLetters(ownPublisher, "test", InstantSource.system()))) {
            join(ownPublisher.publish(Topic.CGUS, "ztp/before", "{}".getBytes(StandardCharsets.UTF_8)));
            await("the first record").atMost(PATIENCE).until(() -> counts.containsKey("ztp/before"));

            first.close();
            await("the reader to notice that the broker is away").atMost(PATIENCE).until(() -> !reader.isHealthy());
            assertThat(reader.problem()).hasValueSatisfying(problem ->
                    assertThat(problem).contains(own.bootstrapServers()));

            try (var second = EmbeddedKafka.builder().directory(directory).port(first.port()).start()) {
                assertThat(second.bootstrapServers()).isEqualTo(own.bootstrapServers());
                join(ownPublisher.publish(Topic.CGUS, "ztp/after", "{}".getBytes(StandardCharsets.UTF_8)));
                await("the record after the broker's return").atMost(PATIENCE)
                        .until(() -> counts.containsKey("ztp/after"));
                await("the reader to be well again").atMost(PATIENCE).until(reader::isHealthy);
                assertThat(counts).containsEntry("ztp/before", 1);
            }
        } finally {
            first.close();
        }
    }

    @Test
    void aReaderMayStartBeforeItsTopicExists() throws Exception {
        var early = TestBroker.settings(kafka);
        try (var reader = TableReader.start(
                early, Topic.CGUS, "test", received -> seen.add(received.key()), deadLetters)) {
            await("the reader to say what is missing").atMost(PATIENCE).until(() -> reader.problem()
                    .filter(problem -> problem.contains(early.topicName(Topic.CGUS) + " does not exist")).isPresent());

            Topics.ensure(early);

            join(reader.caughtUp());
            assertThat(reader.problem()).isEmpty();
        }
    }

    record Named(String name) {
    }

    private TableReader read(RecordHandler handler) {
        return TableReader.start(settings, Topic.CGUS, "test", handler, deadLetters);
    }

    private void publish(String key) {
        publisher.publish(Topic.CGUS, key, key.getBytes(StandardCharsets.UTF_8));
    }

    private ProducerRecord<String, byte[]> inPartitionZero(String text) {
        return new ProducerRecord<>(settings.topicName(Topic.CGUS), 0, "ztp/transactional",
                text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(TopicRecord from) {
        return new String(from.value().orElseThrow(), StandardCharsets.UTF_8);
    }
}
