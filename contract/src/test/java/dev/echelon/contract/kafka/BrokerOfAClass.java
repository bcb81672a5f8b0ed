package dev.echelon.contract.kafka;

import dev.echelon.embeddedkafka.EmbeddedKafka;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests on one broker a class, each with settings that name topics of its own. */
abstract class BrokerOfAClass {

    static EmbeddedKafka kafka;

    final KafkaSettings settings = TestBroker.settings(kafka);

    @BeforeAll
    static void startBroker(@TempDir Path directory) {
        kafka = EmbeddedKafka.builder().directory(directory).start();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }
}
