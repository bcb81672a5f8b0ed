package dev.echelon.contract.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.RecordPublisher;
import dev.echelon.contract.kafka.Topics;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The consumer that {@code docs/events.md} shows does what the page says. */
class AuditTailIT {

    private static final CguId CGU = new CguId("ztp-policies", "one");

    @Test
    void aRepeatedEventIsHandedOnOnceAndInOrder(@TempDir Path directory) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.builder().directory(directory).start()) {
            KafkaSettings settings = new KafkaSettings(kafka.bootstrapServers(), Topic.DEFAULT_PREFIX, 1, Map.of());
            Topics.ensure(settings);
            try (RecordPublisher publisher = new RecordPublisher(settings, "test")) {
                for (String id : List.of("uid/1", "uid/2", "uid/1", "uid/3")) {
                    publisher.publish(Topic.AUDIT, CGU.key(), Json.write(event(id)))
                            .toCompletableFuture()
                            .get(60, TimeUnit.SECONDS);
                }
            }
            List<String> ids = new ArrayList<>();
            try (AuditTail tail = new AuditTail(
                    Map.of("bootstrap.servers", kafka.bootstrapServers()), "auditors", "echelon.audit")) {
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    tail.poll(event -> ids.add(event.get("id").asText()));
                    assertThat(ids).contains("uid/3");
                });
            }

            assertThat(ids).containsExactly("uid/1", "uid/2", "uid/3");
        }
    }

    @Test
    void thePageShowsThisConsumer() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "events.md"));
        String source = Files.readString(
                Path.of("src", "test", "java", "dev", "echelon", "contract", "audit", "AuditTail.java"));
        String shown = page.substring(page.indexOf("```java\n") + "```java\n".length());
        shown = shown.substring(0, shown.indexOf("```"));

        assertThat(shown.lines().count()).isGreaterThan(15);
        assertThat(source).contains(shown.stripTrailing());
    }

    private static AuditEvent event(String id) {
        return new AuditEvent(
                id, "/echelon/scheduler", AuditType.STARTED, CGU, Instant.EPOCH,
                new AuditEvent.Data("alice", "uid", "", "started", "", "", Map.of()));
    }
}
