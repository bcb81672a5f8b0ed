package dev.echelon.contract.kafka;

import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests on one broker a class and with topics of their own each, to which they publish. */
abstract class OnABroker extends BrokerOfAClass {

    RecordPublisher publisher;
    DeadLetters deadLetters;

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
