package dev.echelon.contract.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadLettersIT extends BrokerOfAClass {

    private static final Instant WRITTEN = Instant.parse("2026-01-02T03:04:05Z");
    private static final Instant REFUSED = Instant.parse("2026-01-02T03:05:00Z");

    @Test
    void aLetterTellsWhereTheRecordCameFromAndWhy() throws Exception {
        var letter = DeadLetter.of(
                record(new byte[] {'{'}), "scheduler", new IllegalArgumentException("not JSON"), REFUSED);

        assertThat(Json.read(letter.toJson(), JsonNode.class)).isEqualTo(Json.mapper().readTree("""
                {
                  "schemaVersion": 1,
                  "topic": "echelon.commands", "partition": 3, "offset": 42, "timestamp": "2026-01-02T03:04:05Z",
                  "key": "ztp/one", "valueBase64": "ew==", "valueBytes": 1,
                  "headers": {"echelon-command-id": "c-1"},
                  "service": "scheduler", "reason": "IllegalArgumentException: not JSON", "at": "2026-01-02T03:05:00Z"
                }
                """));
    }

    @Test
    void aRecordThatFillsAMessageStillGetsALetter() throws Exception {
        var incompressible = new byte[8 * 1024 * 1024 - 1024];
        new Random(8).nextBytes(incompressible);
        Topics.ensure(settings);
        try (var publisher = new RecordPublisher(settings, "test")) {
            var letters = new DeadLetters(publisher, "test", InstantSource.system());

            letters.add(record(incompressible), new IllegalArgumentException("x".repeat(1_000_000)));
            publisher.flush();

            assertThat(letters.unwritten()).isZero();
            assertThat(TestBroker.deadLetters(settings, letters)).singleElement().satisfies(letter -> {
                assertThat(letter.valueBytes()).isEqualTo(incompressible.length);
                assertThat(letter.reason()).hasSize(1_000);
            });
        }
    }

    @Test
    void withoutABrokerTheLetterIsCountedAsUnwrittenAndNothingIsThrown() throws IOException {
        int closedPort;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closedPort = socket.getLocalPort();
        }
        var absent = new KafkaSettings(
                "127.0.0.1:" + closedPort, settings.prefix(), 1, Map.of("max.block.ms", "200"));
        try (var publisher = new RecordPublisher(absent, "test")) {
            var letters = new DeadLetters(publisher, "test", InstantSource.system());

            letters.add(record(new byte[0]), new IllegalArgumentException("not JSON"));

            assertThat(letters.count()).isEqualTo(1);
            await("the letter to be given up").atMost(TestBroker.PATIENCE).until(() -> letters.unwritten() == 1);
        }
    }

    private static TopicRecord record(byte[] value) {
        return new TopicRecord(Topic.COMMANDS.topicName("echelon."), 3, 42, WRITTEN, "ztp/one", Optional.of(value),
                Map.of("echelon-command-id", "c-1"));
    }
}
