package dev.echelon.contract.kafka;

import static dev.echelon.contract.kafka.TestBroker.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.RecordPublisher.Written;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;

class RecordPublisherIT extends OnABroker {

    @Test
    void recordsOfOneKeyKeepTheirOrder() throws Exception {
        var written = new ArrayList<CompletionStage<Written>>();
        for (int each = 0; each < 500; each++) {
            written.add(publisher.publish(Topic.COMMANDS, "ztp/one", bytes(Integer.toString(each))));
        }
        long expectedOffset = 0;
        for (var each : written) {
            assertThat(join(each).offset()).isEqualTo(expectedOffset++);
        }

        assertThat(read(Topic.COMMANDS)).extracting(each -> text(each))
                .startsWith("0", "1", "2").endsWith("498", "499");
    }

    @Test
    void intentsOfOneSpokeGoToOnePartition() throws Exception {
        var one = join(publisher.publish(Topic.INTENTS, "sno1|ztp/a", bytes("{}")));
        var other = join(publisher.publish(Topic.INTENTS, "sno1|ztp/b", bytes("{}")));

        assertThat(other.partition()).isEqualTo(one.partition());
        assertThat(one.partition()).isEqualTo(Partitions.of(Topic.INTENTS, "sno1|ztp/a", 24));
    }

    @Test
    void headersAndTombstonesArriveAsTheyWereWritten() throws Exception {
        join(publisher.publish(Topic.CGUS, "ztp/one", bytes("{}"), Map.of("echelon-command-id", "ünique")));
        join(publisher.delete(Topic.CGUS, "ztp/one"));

        var records = read(Topic.CGUS);

        assertThat(records).hasSize(2);
        assertThat(records.getFirst().headers()).containsEntry("echelon-command-id", "ünique");
        assertThat(records.getFirst().isTombstone()).isFalse();
        assertThat(records.getLast().key()).isEqualTo("ztp/one");
        assertThat(records.getLast().isTombstone()).isTrue();
    }

    @Test
    void aRecordOfSevenMebibytesGoesThrough() throws Exception {
        var incompressible = new byte[7 * 1024 * 1024];
        new Random(7).nextBytes(incompressible);

        join(publisher.publish(Topic.CGUS, "ztp/large", incompressible));

        assertThat(read(Topic.CGUS).getFirst().value()).hasValueSatisfying(value ->
                assertThat(value).isEqualTo(incompressible));
    }

    @Test
    void whatIsTooLargeFailsAtOnceAndTheNextRecordGoesThrough() throws Exception {
        var tooLarge = publisher.publish(Topic.CGUS, "ztp/large", new byte[9 * 1024 * 1024]);

        assertThatThrownBy(() -> join(tooLarge)).hasCauseInstanceOf(RecordTooLargeException.class);
        assertThat(join(publisher.publish(Topic.CGUS, "ztp/large", bytes("{}"))).offset()).isZero();
    }

    @Test
    void flushWaitsForWhatWasHandedIn() {
        var written = publisher.publish(Topic.AUDIT, "ztp/one", bytes("{}"));

        publisher.flush();

        assertThat(written.toCompletableFuture()).isCompleted();
    }

    @Test
    void aClosedPublisherSaysSoInTheStage() {
        publisher.close();

        var written = publisher.publish(Topic.AUDIT, "ztp/one", bytes("{}"));

        assertThatThrownBy(() -> join(written))
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the publisher is closed");
    }

    private List<TopicRecord> read(Topic topic) throws Exception {
        var records = new CopyOnWriteArrayList<TopicRecord>();
        var deadLetters = new DeadLetters(publisher, "test", InstantSource.system());
        try (var reader = TableReader.start(settings, topic, "test", records::add, deadLetters)) {
            join(reader.caughtUp());
        }
        return records;
    }

    private static String text(TopicRecord from) {
        return new String(from.value().orElseThrow(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
