package dev.echelon.executor.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a partition's intents are carried out, and when not. */
class WorkersTest {

    private static final CguId CGU = new CguId("upgrades", "du");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final SimulatedHub hub = new SimulatedHub();
    private final List<Result> results = new ArrayList<>();
    private final List<Result> before = new ArrayList<>();
    private final Queue<Runnable> passes = new ArrayDeque<>();
    /** By its clock every alarm is far away: a test says itself when to look again, and no other thread does. */
    private final Timers timers = new Timers(InstantSource.fixed(Instant.EPOCH));
    private Instant now = NOW;
    private final Workers workers = new Workers(
            new Setting(hub, results::add, () -> now, timers, passes::add, "pre-cache", "recovery",
                    Duration.ZERO, Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(1)),
            take -> before.forEach(take), _ -> 3);

    @AfterEach
    void stopTimers() {
        timers.close();
    }

    @Test
    void nothingIsDoneBeforeThePartitionIsReadAndTheHubIsKnown() {
        workers.assigned(3);
        workers.want(3, precache().key(), precache(), 1);
        run();
        assertThat(results).isEmpty();

        workers.caughtUp(3);
        run();
        assertThat(results).as("the hub is not known yet").isEmpty();
        assertThat(workers.isAlive()).isFalse();

        workers.hubSynced();
        run();
        assertThat(workers.isAlive()).isTrue();
        assertThat(states()).containsExactly(SpokeState.NOT_STARTED, SpokeState.PREPARING_TO_START);
    }

    @Test
    void whatWasReportedBeforeIsNotReportedAgain() {
        before.add(progress(SpokeState.NOT_STARTED));
        before.add(progress(SpokeState.PREPARING_TO_START));

        takeUp(precache());

        assertThat(states()).isEmpty();
        assertThat(hub.views()).containsExactly("view-precache-namespace");
    }

    @Test
    void aPartitionThatIsTakenAwayIsLeftAlone() {
        takeUp(precache());
        results.clear();

        workers.revoked(3);
        hub.spokeActs();
        hub.spokeAnswers();
        workers.spokeChanged("sno1");
        workers.want(3, precache().key(), precache(), 2);
        run();

        assertThat(results).isEmpty();
        assertThat(workers.isAlive()).isFalse();
    }

    @Test
    void aTombstoneEndsTheWorkOnASpoke() {
        takeUp(precache());
        results.clear();

        workers.settle(3, precache().key());
        hub.spokeActs();
        hub.spokeAnswers();
        workers.spokeChanged("sno1");
        run();

        assertThat(results).isEmpty();
        assertThat(workers.intents()).isZero();
    }

    @Test
    void aSpokeThatIsLostWhileItsJobRunsFailsOnlyThisCgusPrecache() {
        takeUp(precache());
        for (int round = 0; round < 8 && !states().contains(SpokeState.ACTIVE); round++) {
            hub.spokeActs();
            hub.spokeAnswers();
            workers.spokeChanged("sno1");
            run();
        }
        hub.setAvailable(false);
        workers.spokeChanged("sno1");
        run();
        assertThat(states()).endsWith(SpokeState.ACTIVE);
        now = NOW.plusSeconds(30);
        workers.spokeChanged("sno1");
        run();

        assertThat(results.getLast()).isInstanceOfSatisfying(Result.SpokeProgress.class, last -> {
            assertThat(last.state()).isEqualTo(SpokeState.UNRECOVERABLE_ERROR);
            assertThat(last.detail()).isEqualTo("[getActiveConditions] Cluster sno1 is unavailable");
        });
    }

    private void takeUp(Intent intent) {
        workers.assigned(3);
        workers.want(3, intent.key(), intent, 1);
        workers.caughtUp(3);
        workers.hubSynced();
        run();
    }

    private void run() {
        while (!passes.isEmpty()) {
            passes.remove().run();
        }
    }

    private List<SpokeState> states() {
        return results.stream()
                .filter(Result.SpokeProgress.class::isInstance)
                .map(result -> ((Result.SpokeProgress) result).state())
                .toList();
    }

    private static Result progress(SpokeState state) {
        return new Result.SpokeProgress(CGU, precache().id(), NOW, "sno1", Workload.PRECACHE, state, "");
    }

    private static Intent.Precache precache() {
        return new Intent.Precache(CGU, "uid/precache/1/sno1", "sno1",
                new PrecacheSpec(null, null, null, null, "release", "35"), 240, true, 1);
    }
}
