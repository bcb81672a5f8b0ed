package dev.echelon.contract.kafka;

import dev.echelon.embeddedkafka.EmbeddedKafka;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests on one broker a class and with topics of their own each, to which they publish. */
abstract class OnABroker {

    static EmbeddedKafka kafka;

    final KafkaSettings settings = TestBroker.settings(kafka);
    RecordPublisher publisher;
    DeadLetters deadLetters;

    @BeforeAll
    static void startBroker(@TempDir Path directory) {
        kafka = EmbeddedKafka.builder().directory(directory).start();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @BeforeEach
    void startPublisher() {
        Topics.ensure(settings);
        publisher = new RecordPublisher(settings, "test");
        deadLetters = new DeadLetters(publisher, "test", clock());
    }

    @AfterEach
    void stopPublisher() {
        publisher.close();
    }

    /** What dead letters are dated by. */
    InstantSource clock() {
        return InstantSource.system();
    }
}
