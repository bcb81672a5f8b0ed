package dev.echelon.contract.kafka;

import static dev.echelon.contract.kafka.TestBroker.PATIENCE;
import static dev.echelon.contract.kafka.TestBroker.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionedTableReaderIT extends OnABroker {

    private static final Set<Integer> ALL = IntStream.range(0, Topic.INTENTS.partitions()).boxed()
            .collect(Collectors.toUnmodifiableSet());

    @Test
    void oneProcessAloneReadsEveryPartitionFromTheBeginning() {
        var keys = publishSpokes(100);
        var share = new Share();

        try (var reader = start("executor", Optional.empty(), share)) {
            awaitCaughtUp(share, ALL);

            assertThat(share.keys()).containsExactlyInAnyOrderElementsOf(keys);
            assertThat(reader.problem()).isEmpty();
        }
    }

    @Test
    void aPartitionIsAssignedThenReadThenCaughtUpThenRevoked() {
        publishSpokes(1);
        var partition = Partitions.of(Topic.INTENTS, "sno0|ztp/one", Topic.INTENTS.partitions());
        var share = new Share();
        try (var _ = start("executor", Optional.empty(), share)) {
            awaitCaughtUp(share, ALL);
            publisher.publish(Topic.INTENTS, "sno0|ztp/two", "{}".getBytes(StandardCharsets.UTF_8));
            await("the record that was written later").atMost(PATIENCE)
                    .until(() -> share.keys().contains("sno0|ztp/two"));
        }

        assertThat(share.heard(partition)).containsExactly(
                "assigned", "record sno0|ztp/one", "caught up", "record sno0|ztp/two", "revoked");
    }

    @Test
    void aSecondProcessTakesHalfAndTheFirstKeepsTheRestUndisturbed() {
        publishSpokes(100);
        var first = new Share();
        var second = new Share();

        try (var _ = start("executor", Optional.of("executor-0"), first)) {
            awaitCaughtUp(first, ALL);
            try (var _ = start("executor", Optional.of("executor-1"), second)) {
                await("the partitions to be shared out").atMost(PATIENCE)
                        .until(() -> second.owned().size() == 12 && first.owned().size() == 12);
                awaitCaughtUp(second, second.owned());

                assertThat(union(first.owned(), second.owned())).isEqualTo(ALL);
                for (var kept : first.owned()) {
                    assertThat(first.heard(kept).stream().filter("assigned"::equals)).hasSize(1);
                    assertThat(first.heard(kept)).doesNotContain("revoked");
                }
            }
            await("the partitions to come back when the second one leaves").atMost(PATIENCE)
                    .until(() -> first.owned().equals(ALL));
            awaitCaughtUp(first, ALL);
        }
        assertThat(first.owned()).isEmpty();
        assertThat(second.owned()).isEmpty();
    }

    @Test
    void whatComesBackIsReadFromTheBeginningAgain() {
        var keys = publishSpokes(50);
        var first = new Share();
        try (var _ = start("executor", Optional.empty(), first)) {
            awaitCaughtUp(first, ALL);
        }
        var again = new Share();

        try (var _ = start("executor", Optional.empty(), again)) {
            awaitCaughtUp(again, ALL);
        }

        assertThat(again.keys()).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void theSameInstanceTakesOverAtOnceAndTheOneBeforeItStops() {
        publishSpokes(20);
        var before = new Share();
        var after = new Share();

        // The one before is still in the group, as after SIGKILL, and its session goes on for as long as it is not
        // told.
        try (var silenced = start("executor", Optional.of("executor-0"), before)) {
            awaitCaughtUp(before, ALL);
            try (var _ = start("executor", Optional.of("executor-0"), after)) {
                await("all partitions, although the old session has not ended").atMost(PATIENCE)
                        .until(() -> after.owned().equals(ALL));
                awaitCaughtUp(after, ALL);
                await("the one before to hear that it is out").atMost(PATIENCE).until(() -> before.owned().isEmpty());
                await("the one before to say so").atMost(PATIENCE).until(() -> !silenced.isHealthy());
                assertThat(after.owned()).isEqualTo(ALL);
            }
        }
    }

    @Test
    void aPoisonIntentGoesToTheDeadLettersAndItsPartitionIsCaughtUp() throws Exception {
        join(publisher.publish(Topic.INTENTS, "sno1|ztp/bad", "no intent".getBytes(StandardCharsets.UTF_8)));
        join(publisher.publish(Topic.INTENTS, "sno1|ztp/good", "{}".getBytes(StandardCharsets.UTF_8)));
        var share = new Share() {
            @Override
            public void onRecord(TopicRecord received) {
                if (received.key().endsWith("bad")) {
                    throw new IllegalArgumentException("no intent that we know");
                }
                super.onRecord(received);
            }
        };

        try (var _ = start("executor", Optional.empty(), share)) {
            awaitCaughtUp(share, ALL);
        }
        publisher.flush();

        assertThat(share.keys()).containsExactly("sno1|ztp/good");
        assertThat(TestBroker.deadLetters(settings, deadLetters)).singleElement().satisfies(letter -> {
            assertThat(letter.key()).isEqualTo("sno1|ztp/bad");
            assertThat(letter.reason()).isEqualTo("IllegalArgumentException: no intent that we know");
        });
    }

    private PartitionedTableReader start(String group, Optional<String> instanceId, Share share) {
        return PartitionedTableReader.start(settings, Topic.INTENTS, "test", group, instanceId, share, deadLetters);
    }

    private List<String> publishSpokes(int count) {
        var keys = IntStream.range(0, count).mapToObj(each -> "sno" + each + "|ztp/one").toList();
        keys.forEach(key -> publisher.publish(Topic.INTENTS, key, "{}".getBytes(StandardCharsets.UTF_8)));
        publisher.flush();
        return keys;
    }

    private static void awaitCaughtUp(Share share, Set<Integer> partitions) {
        await("partitions " + partitions + " to be caught up").atMost(PATIENCE)
                .until(() -> partitions.stream().allMatch(each -> share.heard(each).contains("caught up")
                        && share.owned().contains(each)));
    }

    private static Set<Integer> union(Set<Integer> one, Set<Integer> other) {
        var union = new HashSet<>(one);
        union.addAll(other);
        return union;
    }

    /** Writes down what it hears, partition by partition. */
    private static class Share implements PartitionedTableReader.Listener {

        private final ConcurrentHashMap<Integer, List<String>> heard = new ConcurrentHashMap<>();
        private final Set<Integer> owned = ConcurrentHashMap.newKeySet();
        private final List<String> keys = new CopyOnWriteArrayList<>();

        @Override
        public void onAssigned(int partition) {
            owned.add(partition);
            note(partition, "assigned");
        }

        @Override
        public void onRecord(TopicRecord received) {
            keys.add(received.key());
            note(received.partition(), "record " + received.key());
        }

        @Override
        public void onCaughtUp(int partition) {
            note(partition, "caught up");
        }

        @Override
        public void onRevoked(int partition) {
            note(partition, "revoked");
            owned.remove(partition);
        }

        List<String> heard(int partition) {
            return new ArrayList<>(heard.getOrDefault(partition, List.of()));
        }

        Set<Integer> owned() {
            return Set.copyOf(owned);
        }

        List<String> keys() {
            return keys;
        }

        private void note(int partition, String what) {
            heard.computeIfAbsent(partition, _ -> new CopyOnWriteArrayList<>()).add(what);
        }
    }
}
