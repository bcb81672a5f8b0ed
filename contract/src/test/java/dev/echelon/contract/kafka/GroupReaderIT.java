package dev.echelon.contract.kafka;

import static dev.echelon.contract.kafka.TestBroker.PATIENCE;
import static dev.echelon.contract.kafka.TestBroker.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Reading once for a group, over starts and crashes. */
class GroupReaderIT extends OnABroker {

    @Test
    void aNewGroupReadsWhatIsWrittenFromItsStartOnAndAnOldOneGoesOnWhereItWas() throws Exception {
        publish("old");
        Instant started = await().until(Instant::now, now -> now.isAfter(lastWritten.plusMillis(1)));
        // Written before the group is joined: it must not be missed.
        publish("first");
        Heard heard = new Heard();
        try (var reader = start(started, heard)) {
            awaitHeard(heard, "first");
            assertThat(reader.problem()).isEmpty();
        }

        publish("meanwhile");
        Heard later = new Heard();
        try (var reader = start(Instant.now().plusSeconds(3600), later)) {
            awaitHeard(later, "meanwhile");
            publish("last");
            awaitHeard(later, "meanwhile", "last");
        }
    }

    @Test
    void whatWasNotFinishedWithIsHandedOverAgainAndWhatIsPoisonIsPutAside() throws Exception {
        Heard heard = new Heard();
        heard.failing = true;
        try (var reader = start(Instant.EPOCH, heard)) {
            publish("poison");
            publish("one");
            await().atMost(PATIENCE).until(() -> heard.failures > 0);
            heard.failing = false;

            await().atMost(PATIENCE).until(() -> heard.finished.contains("one"));
            assertThat(heard.heard.stream().filter("one"::equals).count()).as("handed over again").isGreaterThan(1);
        }
        assertThat(TestBroker.deadLetters(settings, deadLetters)).isNotEmpty()
                .allSatisfy(letter -> assertThat(letter.reason()).contains("poison"));
    }

    private Instant lastWritten = Instant.EPOCH;

    private void publish(String text) throws Exception {
        join(publisher.publish(Topic.AUDIT, "upgrades/du", text.getBytes(StandardCharsets.UTF_8)));
        lastWritten = Instant.now();
    }

    private GroupReader start(Instant startedAt, Heard heard) {
        return GroupReader.start(
                settings, Topic.AUDIT, "test", "events", Optional.empty(), startedAt, heard, deadLetters);
    }

    private static void awaitHeard(Heard heard, String... texts) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(heard.finished).containsExactly(texts));
    }

    private static final class Heard implements GroupReader.Listener {

        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final List<String> finished = new CopyOnWriteArrayList<>();
        private final List<String> batch = new CopyOnWriteArrayList<>();
        private volatile boolean failing;
        private volatile int failures;

        @Override
        public void onRecord(TopicRecord received) {
            String text = new String(received.value().orElseThrow(), StandardCharsets.UTF_8);
            if (text.equals("poison")) {
                throw new IllegalArgumentException("this is poison");
            }
            heard.add(text);
            batch.add(text);
        }

        @Override
        public void beforeCommit() {
            List<String> told = List.copyOf(batch);
            batch.clear();
            if (failing && !told.isEmpty()) {
                failures = failures + 1;
                throw new IllegalStateException("as if the process had died");
            }
            finished.addAll(told);
        }
    }
}
