package dev.echelon.executor.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.SpokeState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The process dies before or after any single change and any single report of a pre-cache and of a backup, and starts
 * again with nothing but the intents, the results and the hub.
 */
class CrashTest {

    private static final CguId CGU = new CguId("upgrades", "du");
    private static final Intent.Precache PRECACHE = new Intent.Precache(CGU, "uid/precache/1/sno1", "sno1",
            new PrecacheSpec(null, null, null, null, "release", "35"), 240, true, 1);
    private static final Intent.Backup BACKUP =
            new Intent.Backup(CGU, "uid/backup/1/sno1", "sno1", Instant.parse("2026-01-01T00:00:00Z"));

    private final SimulatedHub hub = new SimulatedHub();
    private final List<Result> results = new ArrayList<>();
    private final Timers noTimers = new Timers(InstantSource.fixed(Instant.EPOCH));

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Deaths deaths = Deaths.none();

    @AfterEach
    void stopTimers() {
        noTimers.close();
    }

    static Stream<Arguments> everywhere() {
        return Stream.of(PRECACHE, BACKUP).flatMap(intent -> IntStream.range(0, effectsOf(intent)).boxed().flatMap(
                at -> Stream.of(Arguments.of(intent, at, true), Arguments.of(intent, at, false))));
    }

    @ParameterizedTest(name = "{0} killed at effect {1}, before it: {2}")
    @MethodSource("everywhere")
    void aKilledProcessLosesNothingAndDoesNothingTwice(Intent intent, int at, boolean before) {
        deaths = Deaths.at(at, before);

        run(intent);

        assertThat(deaths.effects()).as("the process was killed").isGreaterThan(at);
        // A job that ends while no process looks is not seen to be active (contract 10.4: Starting may become
        // Succeeded).
        assertThat(states()).isIn(statesWithoutCrash(intent), statesWithoutCrash(intent).stream()
                .filter(state -> state != SpokeState.ACTIVE)
                .toList());
        assertThat(hub.views()).as("views that are left").isEmpty();
        assertThat(hub.spokeObjects()).as("what is left on the spoke").isEmpty();
        assertThat(hub.spokeLog().stream().filter(line -> line.startsWith("create job"))).as("jobs").hasSize(1);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aProcessThatIsKilledAgainAndAgainStillArrives(long seed) {
        System.out.println("CrashTest: seed " + seed);
        for (Intent intent : List.of(PRECACHE, BACKUP)) {
            CrashTest test = new CrashTest();
            test.deaths = Deaths.byChance(new Random(seed), 8, 300);
            try {
                test.run(intent);
                assertThat(test.states()).as(intent.id()).endsWith(SpokeState.SUCCEEDED);
                assertThat(test.hub.views()).as("views that are left of " + intent.id()).isEmpty();
                assertThat(test.hub.spokeObjects()).as("what is left on the spoke of " + intent.id()).isEmpty();
            } finally {
                test.stopTimers();
            }
        }
    }

    @Test
    void theProgressOfAJobIsReportedBeforeItsEnd() {
        run(PRECACHE);

        List<Result> ofJob = results.stream()
                .filter(result -> result instanceof Result.JobProgress
                        || result instanceof Result.SpokeProgress end && end.state() == SpokeState.SUCCEEDED)
                .toList();
        assertThat(ofJob).satisfiesExactly(
                first -> assertThat(((Result.JobProgress) first).done()).isEqualTo(1),
                last -> assertThat(((Result.JobProgress) last).done()).isEqualTo(2),
                end -> assertThat(end).isInstanceOf(Result.SpokeProgress.class));
    }

    @Test
    void theRunWithoutACrashHasEffectsToCrashAt() {
        assertThat(effectsOf(PRECACHE)).isGreaterThan(30);
        assertThat(effectsOf(BACKUP)).isGreaterThan(20);
    }

    private static int effectsOf(Intent intent) {
        CrashTest run = new CrashTest();
        try {
            run.run(intent);
            return run.deaths.effects();
        } finally {
            run.stopTimers();
        }
    }

    private static List<SpokeState> statesWithoutCrash(Intent intent) {
        return switch (intent) {
            case Intent.Precache _ -> List.of(SpokeState.NOT_STARTED, SpokeState.PREPARING_TO_START,
                    SpokeState.STARTING, SpokeState.ACTIVE, SpokeState.SUCCEEDED);
            case Intent.Backup _ -> List.of(SpokeState.PREPARING_TO_START, SpokeState.STARTING, SpokeState.ACTIVE,
                    SpokeState.SUCCEEDED);
            case Intent.CleanSpoke _,
                    Intent.Relabel _,
                    Intent.RollOutWork _,
                    Intent.ApproveInstallPlans _,
                    Intent.EnforcePolicies _,
                    Intent.StopEnforcing _ ->
                throw new IllegalArgumentException("no job");
        };
    }

    /** Lets process and spoke take turns until nothing moves any more. A killed process is followed by another. */
    private void run(Intent intent) {
        SpokeWorker worker = start(intent);
        for (int round = 0; round < 200; round++) {
            try {
                worker.pass();
            } catch (SimulatedHub.Killed e) {
                worker.stop();
                worker = start(intent);
            }
            if (round % 2 == 0) {
                hub.spokeActs();
            }
            hub.spokeAnswers();
            now = now.plusMillis(1100);
        }
    }

    private SpokeWorker start(Intent intent) {
        ReportedStates reported = new ReportedStates();
        results.forEach(reported::add);
        SpokeWorker worker = new SpokeWorker("sno1", setting(), reported);
        worker.want(intent.key(), new Wanted(intent, 7));
        return worker;
    }

    private Setting setting() {
        // On this hub any change may be the last that the process makes.
        Hub deadly = new ChangesThrough(change -> deaths.effect(() -> hub.apply(change)), hub);
        return new Setting(deadly, this::publish, () -> now, noTimers, work -> {}, "pre-cache", "recovery",
                Duration.ZERO, Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(1));
    }

    private void publish(Result result) {
        deaths.effect(() -> results.add(result));
    }

    private List<SpokeState> states() {
        List<SpokeState> states = new ArrayList<>();
        for (Result result : results) {
            if (result instanceof Result.SpokeProgress progress
                    && (states.isEmpty() || states.getLast() != progress.state())) {
                states.add(progress.state());
            }
        }
        return states;
    }
}
