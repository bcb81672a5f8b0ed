package dev.echelon.scheduler.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.scheduler.domain.Progress;
import dev.echelon.scheduler.domain.Spoke;
import dev.echelon.scheduler.domain.Upgrade;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an earlier version wrote is fed to today's topology: the same rollout comes of it, from the beginning and from
 * the middle, where the state is what the earlier version's changelogs hold.
 */
class RecordedRolloutTest {

    private static final String[] INPUTS = {
        topic(Topic.COMMANDS), topic(Topic.OBSERVATIONS), topic(Topic.RESULTS)
    };
    /** For what the scheduler decides by time: a settling CGU ends, a status that waits is shown. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(10);

    static Stream<Recording> recordings() throws IOException {
        return Recording.all();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void theSameInputsLeadToTheSameDecisions(Recording recording) {
        List<Recording.Line> inputs = recording.lines(INPUTS);
        try (Bench bench = new Bench(inputs.getFirst().timestamp())) {
            replay(bench, inputs);

            assertThat(story(bench.told())).isEqualTo(story(recordedEvents(recording)));
            assertThat(bench.deadLetters()).isEmpty();
            assertThat(outcome(bench.shown().getLast())).isEqualTo(outcome(recordedEnd(recording)));
        }
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void anUpgradeOfEchelonInTheMiddleOfTheRolloutGoesOnWhereItWas(Recording recording) {
        List<Recording.Line> inputs = recording.lines(INPUTS);
        List<Recording.Line> observed = recording.lines(topic(Topic.OBSERVATIONS));
        assertThat(observed).hasSizeGreaterThan(2);
        for (Recording.Line next : observed) {
            Instant cut = next.timestamp();
            try (Bench bench = new Bench(cut)) {
                restore(recording, bench, cut);

                replay(bench, inputs.stream().filter(input -> !input.timestamp().isBefore(cut)).toList());

                assertThat(outcome(bench.shown().getLast())).as("upgraded at %s", cut)
                        .isEqualTo(outcome(recordedEnd(recording)));
                List<AuditEvent> rest = recordedEvents(recording).stream()
                        .filter(event -> !event.time().isBefore(cut))
                        .toList();
                assertThat(story(bench.told())).as("upgraded at %s", cut).isEqualTo(story(rest));
            }
        }
    }

    private static void replay(Bench bench, List<Recording.Line> inputs) {
        for (Recording.Line input : inputs) {
            if (input.timestamp().isAfter(bench.now())) {
                bench.pass(Duration.between(bench.now(), input.timestamp()));
            }
            bench.raw(of(input.topic()), input.key(), input.value());
        }
        bench.pass(AFTERWARDS);
    }

    /** The stores as the earlier version's changelogs have them at that time. */
    private static void restore(Recording recording, Bench bench, Instant cut) {
        Map<String, Class<?>> stores =
                Map.of(Stores.UPGRADES, Upgrade.class, Stores.PROGRESS, Progress.class, Stores.SPOKES, Spoke.class);
        stores.forEach((name, type) -> {
            KeyValueStore<String, Object> store = bench.driver.getKeyValueStore(name);
            recording.lines("echelon-scheduler-" + name + "-changelog").stream()
                    .filter(line -> line.timestamp().isBefore(cut))
                    .sorted(java.util.Comparator.comparing(Recording.Line::offset))
                    .forEach(line -> store.put(
                            line.key(), line.value() == null ? null : StateJson.read(line.value(), type)));
        });
    }

    private static List<AuditEvent> recordedEvents(Recording recording) {
        return recording.lines(topic(Topic.AUDIT)).stream()
                .map(line -> Json.read(line.value(), AuditEvent.class))
                .filter(event -> event.source().endsWith("scheduler"))
                .toList();
    }

    private static ClusterGroupUpgrade recordedEnd(Recording recording) {
        return Json.read(recording.lines(topic(Topic.CGUS)).getLast().value(), ClusterGroupUpgrade.class);
    }

    /** What was told, without times and versions. */
    private static List<String> story(List<AuditEvent> events) {
        return events.stream()
                .map(event -> event.type() + " " + event.data().message().replaceAll("as version \\d+", "as version N"))
                .toList();
    }

    /** What a user sees of the end. */
    private static List<String> outcome(ClusterGroupUpgrade cgu) {
        return Stream.concat(
                        cgu.status().conditions().stream()
                                .map(condition -> condition.type() + "=" + condition.status() + " " + condition.reason()
                                        + ": " + condition.message()),
                        cgu.status().clusters().stream().map(cluster -> cluster.name() + " " + cluster.state()))
                .toList();
    }

    private static Topic of(String name) {
        return Stream.of(Topic.values()).filter(topic -> topic(topic).equals(name)).findFirst().orElseThrow();
    }

    private static String topic(Topic topic) {
        return topic.topicName(Topic.DEFAULT_PREFIX);
    }
}
