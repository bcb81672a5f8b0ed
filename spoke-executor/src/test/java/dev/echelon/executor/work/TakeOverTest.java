package dev.echelon.executor.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.HubKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A job that somebody else has begun goes on: nothing was reported of it, the intent says how far it is known to be. */
class TakeOverTest {

    private static final CguId CGU = new CguId("upgrades", "du");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final SimulatedHub hub = new SimulatedHub();
    private final Timers noTimers = new Timers(InstantSource.fixed(Instant.EPOCH));
    private Instant now = START;

    @AfterEach
    void stopTimers() {
        noTimers.close();
    }

    static Stream<Arguments> begun() {
        List<SpokeState> states = List.of(SpokeState.PREPARING_TO_START, SpokeState.STARTING, SpokeState.ACTIVE);
        return states.stream().flatMap(state -> Stream.of(
                Arguments.of(precache("theirs", null), precache("ours", state), state),
                Arguments.of(backup("theirs", null), backup("ours", state), state)));
    }

    @ParameterizedTest(name = "{2} of {0}")
    @MethodSource("begun")
    void itIsBroughtToItsEndAndNotBegunAnew(Intent theirs, Intent ours, SpokeState state) {
        List<Result> told = new ArrayList<>();
        run(theirs, told, () -> states(told).contains(state));
        List<Result> results = new ArrayList<>();

        run(ours, results, () -> false);

        assertThat(states(results)).endsWith(SpokeState.SUCCEEDED);
        assertThat(hub.views()).as("views that are left").isEmpty();
        assertThat(hub.spokeObjects()).as("what is left on the spoke").isEmpty();
        assertThat(hub.spokeLog().stream().filter(line -> line.startsWith("create job"))).as("jobs").hasSize(1);
    }

    @Test
    void aRunningJobWhoseViewIsGoneIsFoundAgain() {
        List<Result> told = new ArrayList<>();
        run(precache("theirs", null), told, () -> states(told).contains(SpokeState.ACTIVE));
        List.copyOf(hub.views()).forEach(view -> hub.apply(new Change.Delete(
                HubKind.VIEW, "sno1", view)));
        List<Result> results = new ArrayList<>();

        run(precache("ours", SpokeState.ACTIVE), results, () -> false);

        assertThat(states(results)).endsWith(SpokeState.SUCCEEDED);
        assertThat(hub.spokeLog().stream().filter(line -> line.startsWith("create job"))).as("jobs").hasSize(1);
    }

    /** Lets process and spoke take turns until it is enough, or nothing moves any more. */
    private void run(Intent intent, List<Result> results, BooleanSupplier enough) {
        SpokeWorker worker = new SpokeWorker(
                "sno1",
                new Setting(hub, results::add, () -> now, noTimers, work -> {}, "pre-cache", "recovery",
                        Duration.ZERO, Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(1)),
                new ReportedStates());
        worker.want(intent.key(), new Wanted(intent, 7));
        for (int round = 0; round < 200 && !enough.getAsBoolean(); round++) {
            worker.pass();
            if (enough.getAsBoolean()) {
                break;
            }
            if (round % 2 == 0) {
                hub.spokeActs();
            }
            hub.spokeAnswers();
            now = now.plusMillis(1100);
        }
        worker.stop();
    }

    private static List<SpokeState> states(List<Result> results) {
        return results.stream()
                .filter(Result.SpokeProgress.class::isInstance)
                .map(result -> ((Result.SpokeProgress) result).state())
                .toList();
    }

    private static Intent precache(String uid, SpokeState known) {
        return new Intent.Precache(CGU, uid + "/precache/1/sno1", "sno1",
                new PrecacheSpec(null, null, null, null, "release", "35"), 240, true, 1, known);
    }

    private static Intent backup(String uid, SpokeState known) {
        return new Intent.Backup(CGU, uid + "/backup/1/sno1", "sno1", START, known);
    }
}
