package dev.echelon.contract.kafka;

import dev.echelon.contract.Topic;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What tests that need a broker share: topics of their own on one broker, and ways to wait. */
final class TestBroker {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final AtomicInteger TESTS = new AtomicInteger();

    private TestBroker() {
    }

    /** Settings whose prefix no other test has, so that no topic is shared. */
    static KafkaSettings settings(EmbeddedKafka kafka) {
        return settings(kafka.bootstrapServers());
    }

    static KafkaSettings settings(String bootstrapServers) {
        // A reader that closes waits for its last question to the broker.
        Map<String, String> quick = Map.of("fetch.max.wait.ms", "50");
        return new KafkaSettings(bootstrapServers, "test" + TESTS.incrementAndGet() + ".", 1, quick);
    }

    static <T> T join(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    static KafkaProducer<String, byte[]> transactionalProducer(KafkaSettings settings) {
        var producer = new KafkaProducer<>(
                settings.client("test-transactional", Map.of("transactional.id", settings.prefix() + "transactions")),
                new StringSerializer(), new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    /** All dead letters that are there now. */
    static List<DeadLetter> deadLetters(KafkaSettings settings, DeadLetters writer) throws Exception {
        var letters = new ArrayList<DeadLetter>();
        var done = new CountDownLatch(1);
        try (var reader = TableReader.start(settings, Topic.DEAD_LETTERS, "test",
                each -> letters.add(each.read(DeadLetter.class)), writer)) {
            reader.caughtUp().thenRun(done::countDown);
            if (!done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the dead letters were not read within " + PATIENCE + ": " + reader.problem());
            }
        }
        return letters;
    }
}
