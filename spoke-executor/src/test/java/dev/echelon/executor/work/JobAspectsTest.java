package dev.echelon.executor.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.Intent.Aspect;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.ViewAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pre-cache, backup and their clean-ups of one CGU on one spoke, at the same time and one after the other. */
class JobAspectsTest {

    private static final CguId CGU = new CguId("upgrades", "du");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Intent.Backup BACKUP = new Intent.Backup(CGU, "uid/backup/1/sno1", "sno1", START);
    private static final Intent CLEAN_PRECACHE =
            new Intent.CleanSpoke(CGU, "uid/clean-precache/2/sno1", "sno1", true, false);
    private static final String FORMER_KEY = Intent.spokeKey(CGU, "sno1", Aspect.PRECACHE);

    private final SimulatedHub hub = new SimulatedHub();
    private final List<Result> results = new ArrayList<>();
    private final Queue<Runnable> passes = new ArrayDeque<>();
    /** By its clock every alarm is far away: a test says itself when to look again, and no other thread does. */
    private final Timers timers = new Timers(InstantSource.fixed(Instant.EPOCH));
    private Instant now = START;
    private boolean refusing;
    private Consumer<Change> afterChange = _ -> {};
    private int offset;
    private Workers workers = workers();

    @BeforeEach
    void takeUp() {
        workers.assigned(3);
        comeAlive();
    }

    @AfterEach
    void stopTimers() {
        timers.close();
    }

    @Test
    void aPrecacheThatIsAskedForAndCancelledDuringABackupLeavesTheBackupAlone() {
        want(BACKUP);
        until(Workload.BACKUP, SpokeState.STARTING);
        want(precache(1));
        until(Workload.PRECACHE, SpokeState.STARTING);
        want(CLEAN_PRECACHE);

        until(Workload.BACKUP, SpokeState.SUCCEEDED);
        rounds(10);

        assertThat(states(Workload.BACKUP)).containsExactly(
                SpokeState.PREPARING_TO_START, SpokeState.STARTING, SpokeState.ACTIVE, SpokeState.SUCCEEDED);
        assertThat(states(Workload.PRECACHE)).doesNotContain(SpokeState.SUCCEEDED);
        assertThat(answers(Result.SpokeCleaned.class)).singleElement()
                .extracting(Result::intentId).isEqualTo(CLEAN_PRECACHE.id());
        assertThat(hub.spokeLog()).containsOnlyOnce("create job backup-agent");
        assertThat(hub.spokeObjects()).isEmpty();
        assertThat(hub.views()).isEmpty();
    }

    @Test
    void aTombstoneEndsAPrecacheAndNotTheBackupBesideIt() {
        want(BACKUP);
        want(precache(1));
        until(Workload.PRECACHE, SpokeState.STARTING);

        settle(precache(1).key());
        until(Workload.BACKUP, SpokeState.SUCCEEDED);

        assertThat(states(Workload.PRECACHE)).last().isEqualTo(SpokeState.STARTING);
    }

    @Test
    void aCleanUpThatCouldNotBeDoneIsNotDoneToANewerJob() {
        want(precache(1));
        until(Workload.PRECACHE, SpokeState.ACTIVE);
        refusing = true;
        want(CLEAN_PRECACHE);
        assertThat(answers(Result.Stalled.class)).isNotEmpty();

        want(precache(2));
        refusing = false;
        until(Workload.PRECACHE, SpokeState.SUCCEEDED);
        settle(precache(2).key());
        rounds(10);

        assertThat(answers(Result.SpokeCleaned.class)).isEmpty();
        assertThat(hub.spokeLog().stream().filter("create job pre-cache"::equals)).as("one for each asking").hasSize(2);
        assertThat(results.stream().filter(result -> result.intentId().equals(precache(2).id())
                        && result instanceof Result.SpokeProgress))
                .extracting(result -> ((Result.SpokeProgress) result).state())
                .containsExactly(SpokeState.NOT_STARTED, SpokeState.PREPARING_TO_START, SpokeState.STARTING,
                        SpokeState.ACTIVE, SpokeState.SUCCEEDED);
        assertThat(hub.spokeObjects()).isEmpty();
    }

    @Test
    void aBackupGoesOnWhileTheCleanUpAfterASuccessfulPrecacheDoes() {
        want(precache(1));
        until(Workload.PRECACHE, SpokeState.ACTIVE);
        // The report of the success is written, the changes after it are refused.
        hub.spokeAnswers();
        now = now.plusMillis(1100);
        refuseAfterReport();
        assertThat(states(Workload.PRECACHE)).last().isEqualTo(SpokeState.SUCCEEDED);
        assertThat(hub.views()).as("left to clean up").isNotEmpty();

        settle(precache(1).key());
        want(BACKUP);
        refusing = false;
        until(Workload.BACKUP, SpokeState.SUCCEEDED);
        rounds(10);

        assertThat(hub.views()).isEmpty();
        assertThat(hub.spokeObjects()).isEmpty();
    }

    @Test
    void aBackupThatAnEarlierVersionAskedForGoesOnAlsoWhenItsFormerKeyIsWrittenAgain() {
        assertThat(Intent.mayLieUnder(FORMER_KEY, BACKUP)).isTrue();
        want(FORMER_KEY, BACKUP);
        until(Workload.BACKUP, SpokeState.STARTING);

        want(BACKUP);
        want(precache(1));
        until(Workload.BACKUP, SpokeState.SUCCEEDED);
        until(Workload.PRECACHE, SpokeState.SUCCEEDED);

        assertThat(hub.spokeLog()).containsOnlyOnce("create job backup-agent");
        assertThat(states(Workload.BACKUP)).doesNotHaveDuplicates();
    }

    @Test
    void aBackupUnderItsFormerKeyThatIsAnsweredIsNotDoneAgain() {
        want(FORMER_KEY, BACKUP);
        until(Workload.BACKUP, SpokeState.SUCCEEDED);
        rounds(10);
        int told = results.size();

        workers.revoked(3);
        workers = workers();
        workers.assigned(3);
        workers.want(3, FORMER_KEY, BACKUP, 0);
        comeAlive();
        rounds(20);

        assertThat(results).hasSize(told);
        assertThat(hub.spokeLog()).containsOnlyOnce("create job backup-agent");
        settle(FORMER_KEY);
        assertThat(workers.intents()).isZero();
    }

    @Test
    void whatSomebodyAnswersWhileTheSpokeIsAskedAgainIsNotLostWithTheViewThatSaidNo() {
        AtomicBoolean asked = new AtomicBoolean();
        afterChange = change -> {
            if (change instanceof Change.Issue(var action) && action.name().equals("precache-job-create")) {
                hub.answer("view-precache-job", new ViewAnswer.Found(Map.of("status", Map.of("active", 1))));
                asked.set(true);
            }
        };
        want(precache(1));

        for (int round = 0; round < 100 && !asked.get(); round++) {
            rounds(1);
        }

        assertThat(states(Workload.PRECACHE)).last().isEqualTo(SpokeState.ACTIVE);
    }

    private Workers workers() {
        List<Result> before = List.copyOf(results);
        return new Workers(
                new Setting(new ChangesThrough(this::apply, hub), this::publish, () -> now, timers, passes::add,
                        "pre-cache", "recovery", Duration.ZERO, Duration.ZERO, Duration.ofMillis(1),
                        Duration.ofMillis(1)),
                before::forEach, _ -> 3);
    }

    private void apply(Change change) {
        if (refusing) {
            throw HubException.refused("patch", 422, "invalid");
        }
        hub.apply(change);
        afterChange.accept(change);
    }

    private boolean refusesAfterSuccess;

    private void publish(Result result) {
        results.add(result);
        if (refusesAfterSuccess
                && result instanceof Result.SpokeProgress progress
                && progress.state() == SpokeState.SUCCEEDED) {
            refusing = true;
        }
    }

    private void refuseAfterReport() {
        refusesAfterSuccess = true;
        workers.spokeChanged("sno1");
        run();
        refusesAfterSuccess = false;
    }

    private void comeAlive() {
        workers.caughtUp(3);
        workers.hubSynced();
        run();
    }

    private void want(Intent intent) {
        want(intent.key(), intent);
    }

    private void want(String key, Intent intent) {
        workers.want(3, key, intent, offset++);
        run();
    }

    private void settle(String key) {
        workers.settle(3, key);
        run();
    }

    private void until(Workload workload, SpokeState state) {
        for (int round = 0; round < 100 && !isIn(workload, state); round++) {
            rounds(1);
        }
        assertThat(isIn(workload, state)).as("%s is %s: %s", workload, state, results).isTrue();
    }

    private boolean isIn(Workload workload, SpokeState state) {
        return !states(workload).isEmpty() && states(workload).getLast() == state;
    }

    /** The spoke acts and answers, and the process looks. */
    private void rounds(int number) {
        for (int round = 0; round < number; round++) {
            hub.spokeActs();
            hub.spokeAnswers();
            now = now.plusMillis(1100);
            workers.spokeChanged("sno1");
            run();
        }
    }

    private void run() {
        while (!passes.isEmpty()) {
            passes.remove().run();
        }
    }

    private List<SpokeState> states(Workload workload) {
        return results.stream()
                .filter(Result.SpokeProgress.class::isInstance)
                .map(Result.SpokeProgress.class::cast)
                .filter(progress -> progress.workload() == workload)
                .map(Result.SpokeProgress::state)
                .toList();
    }

    private List<Result> answers(Class<? extends Result> type) {
        return results.stream().filter(type::isInstance).toList();
    }

    private static Intent.Precache precache(int round) {
        return new Intent.Precache(CGU, "uid/precache/" + round + "/sno1", "sno1",
                new PrecacheSpec(null, null, null, null, "release", "35"), 240, true, 1);
    }
}
