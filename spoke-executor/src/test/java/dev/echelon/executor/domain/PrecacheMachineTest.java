package dev.echelon.executor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.executor.domain.ObservedSpoke.ActionState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract 10.4, row by row. */
class PrecacheMachineTest {

    private static final Instant ASKED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOW = ASKED.plusSeconds(60);
    private static final Instant DEADLINE = ASKED.plus(Duration.ofMinutes(240));

    private static final String NS = "view-precache-namespace";
    private static final String JOB = "view-precache-job";
    private static final String[] DEPENDENCIES = {
        "view-precache-spec-configmap", "view-precache-service-acct", "view-precache-cluster-role-binding"
    };
    private static final List<String> DROP_DEPENDENCIES =
            Stream.of(DEPENDENCIES).map(view -> "delete " + view).toList();
    private static final List<String> CREATE_DEPENDENCIES = List.of(
            "issue precache-ns-create", "issue precache-sa-create", "issue precache-crb-create",
            "issue precache-spec-cm-create");

    private static final PrecacheState STARTING = new PrecacheState.PreparingToStart().start();

    static Stream<Arguments> rows() {
        return Stream.of(
                row("NotStarted begins by clearing the spoke", new PrecacheState.NotStarted(), Spokes.empty(),
                        SpokeState.PREPARING_TO_START,
                        "delete view-precache-spec-configmap", "delete view-precache-service-acct",
                        "delete view-precache-cluster-role-binding", "delete " + NS, "delete " + JOB,
                        "delete precache-ns-create", "delete precache-sa-create", "delete precache-crb-create",
                        "delete precache-spec-cm-create", "delete precache-job-create",
                        "issue precache-ns-delete", "issue precache-crb-delete", "ensure " + NS),
                row("PreparingToStart: the view is gone", new PrecacheState.PreparingToStart(), Spokes.empty(),
                        SpokeState.PREPARING_TO_START, "ensure " + NS),
                row("PreparingToStart: no answer yet", new PrecacheState.PreparingToStart(),
                        Spokes.empty().pending(NS), SpokeState.PREPARING_TO_START),
                row("PreparingToStart: the namespace is still there", new PrecacheState.PreparingToStart(),
                        Spokes.empty().found(NS), SpokeState.PREPARING_TO_START),
                row("PreparingToStart: the namespace is gone", new PrecacheState.PreparingToStart(),
                        Spokes.empty().notFound(NS).action("precache-ns-delete", ActionState.SPENT),
                        SpokeState.STARTING),
                row("PreparingToStart: gone, and a delete is still to come", new PrecacheState.PreparingToStart(),
                        Spokes.empty().notFound(NS).action("precache-ns-delete", ActionState.WAITING),
                        SpokeState.PREPARING_TO_START),
                row("Starting: nothing is there", STARTING, Spokes.empty().notFound(NS), SpokeState.STARTING,
                        join(CREATE_DEPENDENCIES, "ensure view-precache-spec-configmap",
                                "ensure view-precache-service-acct", "ensure view-precache-cluster-role-binding")),
                row("Starting: one view is absent", STARTING,
                        Spokes.empty().found(DEPENDENCIES[0], DEPENDENCIES[1]), SpokeState.STARTING,
                        join(CREATE_DEPENDENCIES, "ensure view-precache-cluster-role-binding")),
                row("Starting: no answer yet", STARTING, Spokes.empty().pending(DEPENDENCIES), SpokeState.STARTING),
                row("Starting: one is not there, asked for again", STARTING,
                        Spokes.empty().found(DEPENDENCIES[0], DEPENDENCIES[1]).notFound(DEPENDENCIES[2]),
                        SpokeState.STARTING, join(CREATE_DEPENDENCIES)),
                row("Starting: all are there", STARTING, Spokes.empty().found(DEPENDENCIES), SpokeState.STARTING,
                        "ensure " + JOB),
                row("Starting: the job view has no answer yet", STARTING,
                        Spokes.empty().found(DEPENDENCIES).pending(JOB), SpokeState.STARTING),
                row("Starting: there is no job", STARTING, Spokes.empty().found(DEPENDENCIES).notFound(JOB),
                        SpokeState.STARTING, "recreate " + JOB, "issue precache-job-create"),
                row("Starting: the job has no status yet", STARTING,
                        Spokes.empty().found(DEPENDENCIES).job(JOB, Map.of()), SpokeState.STARTING),
                row("Starting: the job runs", STARTING,
                        Spokes.empty().found(DEPENDENCIES).job(JOB, Spokes.active()), SpokeState.ACTIVE,
                        join(DROP_DEPENDENCIES, "delete " + NS)),
                row("Starting: the job runs and its dependencies' views are gone", STARTING,
                        Spokes.empty().job(JOB, Spokes.active()), SpokeState.ACTIVE,
                        join(DROP_DEPENDENCIES, "delete " + NS)),
                row("Starting: the job has succeeded", STARTING,
                        Spokes.empty().found(DEPENDENCIES).job(JOB, Spokes.succeeded()), SpokeState.SUCCEEDED,
                        join(DROP_DEPENDENCIES)),
                row("Starting: the deadline was exceeded", STARTING,
                        Spokes.empty().found(DEPENDENCIES).job(JOB, Spokes.failed("DeadlineExceeded")),
                        SpokeState.PRECACHE_TIMEOUT, join(DROP_DEPENDENCIES)),
                row("Starting: the job failed", STARTING,
                        Spokes.empty().found(DEPENDENCIES).job(JOB, Spokes.failed("BackoffLimitExceeded")),
                        SpokeState.UNRECOVERABLE_ERROR, join(DROP_DEPENDENCIES)),
                row("Active: the job runs", new PrecacheState.Active(), Spokes.empty().job(JOB, Spokes.active()),
                        SpokeState.ACTIVE),
                row("Active: no answer yet", new PrecacheState.Active(), Spokes.empty().pending(JOB),
                        SpokeState.ACTIVE),
                row("Active: the job has succeeded", new PrecacheState.Active(),
                        Spokes.empty().job(JOB, Spokes.succeeded()), SpokeState.SUCCEEDED, join(DROP_DEPENDENCIES)),
                row("Active: the deadline was exceeded", new PrecacheState.Active(),
                        Spokes.empty().job(JOB, Spokes.failed("DeadlineExceeded")), SpokeState.PRECACHE_TIMEOUT,
                        join(DROP_DEPENDENCIES)),
                row("Active: the job failed", new PrecacheState.Active(),
                        Spokes.empty().job(JOB, Spokes.failed("BackoffLimitExceeded")),
                        SpokeState.UNRECOVERABLE_ERROR, join(DROP_DEPENDENCIES)),
                row("Succeeded: a view is left", new PrecacheState.Succeeded(),
                        Spokes.empty().job(JOB, Spokes.succeeded()), SpokeState.SUCCEEDED,
                        "issue precache-ns-delete", "issue precache-crb-delete",
                        "delete view-precache-spec-configmap", "delete view-precache-service-acct",
                        "delete view-precache-cluster-role-binding", "delete " + NS, "delete " + JOB),
                row("Succeeded: nothing is left", new PrecacheState.Succeeded(), Spokes.empty(),
                        SpokeState.SUCCEEDED),
                row("PrecacheTimeout leaves the job for inspection", new PrecacheState.TimedOut(),
                        Spokes.empty().job(JOB, Spokes.failed("DeadlineExceeded")), SpokeState.PRECACHE_TIMEOUT),
                row("UnrecoverableError leaves the job for inspection", new PrecacheState.Failed(),
                        Spokes.empty().job(JOB, Spokes.failed("BackoffLimitExceeded")),
                        SpokeState.UNRECOVERABLE_ERROR));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void eachRowOfTheContractHolds(
            String name, PrecacheState state, Spokes spoke, SpokeState next, List<String> changes) {
        for (boolean enabled : List.of(true, false)) {
            Step<PrecacheState> step = machine(enabled).next(state, spoke.observed(), NOW);

            assertThat(step.next().published()).as("enabled %s", enabled).isEqualTo(next);
            assertThat(Spokes.describe(step)).as("enabled %s", enabled).isEqualTo(changes);
            assertThat(step.trouble()).as("enabled %s", enabled).isEmpty();
        }
    }

    @Test
    void aJobThatFailedIsToldOfInItsOwnWordsAndOneThatLeftNothingAsBefore() {
        PrecacheState active = new PrecacheState.Active();
        Map<String, Object> failed = Spokes.failed("BackoffLimitExceeded");

        assertThat(machine(true).next(active, Spokes.empty().job(JOB, failed, """
                {"outcome": "failed", "exitCode": 1, "message": "not enough space: 20 GiB of 35 GiB"}""").observed(),
                NOW).detail())
                .isEqualTo("job pre-cache failed: not enough space: 20 GiB of 35 GiB (exit code 1)");
        assertThat(machine(true).next(active, Spokes.empty().job(JOB, failed).observed(), NOW).detail())
                .isEqualTo("job pre-cache failed; its pod's log on the cluster says why");
        assertThat(machine(true).next(active, Spokes.empty().job(JOB, Spokes.failed("DeadlineExceeded"), """
                {"phase": "pull", "imagesDone": 12, "imagesTotal": 80}""").observed(), NOW).detail())
                .isEqualTo("job pre-cache did not end within 240 minutes; 12 of 80 images were there");
    }

    static Stream<Arguments> errors() {
        PrecacheState active = new PrecacheState.Active();
        return Stream.of(
                Arguments.of("the namespace's view fails", new PrecacheState.PreparingToStart(),
                        Spokes.empty().refused(NS, "MCV processing error: denied"), "MCV processing error: denied"),
                Arguments.of("a dependency's view fails", STARTING,
                        Spokes.empty().found(DEPENDENCIES).refused(DEPENDENCIES[1], "MCV processing error: x"),
                        "MCV processing error: x"),
                Arguments.of("the job's view fails", STARTING,
                        Spokes.empty().found(DEPENDENCIES).refused(JOB, "MCV processing error: x"),
                        "MCV processing error: x"),
                Arguments.of("a running job's view fails", active,
                        Spokes.empty().refused(JOB, "MCV processing error: x"), "MCV processing error: x"),
                Arguments.of("a running job is gone", active, Spokes.empty().notFound(JOB),
                        "job pre-cache not found on cluster sno1"),
                Arguments.of("the job failed for another reason", active,
                        Spokes.empty().job(JOB, Spokes.failed("PodFailurePolicy")),
                        "job pre-cache failed for a reason that is not known"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("errors")
    void anErrorIsFinalWhenEnabledAndElseKeepsTheState(
            String name, PrecacheState state, Spokes spoke, String message) {
        Step<PrecacheState> enabled = machine(true).next(state, spoke.observed(), NOW);
        assertThat(enabled.next()).isEqualTo(new PrecacheState.Failed());
        assertThat(enabled.detail()).isEqualTo(message);

        Step<PrecacheState> notEnabled = machine(false).next(state, spoke.observed(), NOW);
        assertThat(notEnabled.isRest(state)).isTrue();
        assertThat(notEnabled.trouble()).isEqualTo(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"precache-ns-delete", "precache-crb-delete"})
    void aDeleteThatIsStillToComeIsWaitedForAndOneThatNobodyCarriesOutStays(String delete) {
        Spokes gone = Spokes.empty().notFound(NS);
        ObservedSpoke waiting = gone.action(delete, ActionState.WAITING).observed();
        PrecacheState state = machine(true).next(new PrecacheState.PreparingToStart(), waiting, NOW).next();

        Step<PrecacheState> rest = machine(true).next(state, waiting, NOW.plusMillis(19_999));
        assertThat(rest.isRest(state)).isTrue();
        assertThat(rest.lookAgain()).isEqualTo(NOW.plusSeconds(20));
        for (ObservedSpoke carriedOut :
                List.of(gone.observed(), gone.action(delete, ActionState.SPENT).observed())) {
            assertThat(machine(true).next(state, carriedOut, NOW.plusMillis(1)).next()).isEqualTo(STARTING);
        }
        Step<PrecacheState> nobodyThere = machine(true).next(state, waiting, NOW.plusSeconds(20));
        assertThat(nobodyThere.next()).isEqualTo(STARTING);
        assertThat(nobodyThere.changes()).isEmpty();
    }

    static Stream<Arguments> oldNews() {
        return Stream.of(
                Arguments.of("a job that runs", Spokes.empty().job(JOB, Spokes.active())),
                Arguments.of("a job without a status", Spokes.empty().job(JOB, Map.of())),
                Arguments.of("no answer", Spokes.empty().pending(JOB)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oldNews")
    void aClusterThatIsAwayWhileItsJobRunsIsAnErrorOnceThatLastsLongerThanUpstreamLooksAway(String name, Spokes seen) {
        ObservedSpoke away = seen.unavailable().observed();
        Instant patience = NOW.plusSeconds(30);
        PrecacheState gone = machine(true).next(new PrecacheState.Active(), away, NOW).next();

        Step<PrecacheState> waits = machine(true).next(gone, away, patience.minusMillis(1));
        assertThat(waits.isRest(gone)).isTrue();
        assertThat(waits.lookAgain()).isEqualTo(patience);
        Step<PrecacheState> enabled = machine(true).next(gone, away, patience);
        assertThat(enabled.next()).isEqualTo(new PrecacheState.Failed());
        assertThat(enabled.detail()).isEqualTo("[getActiveConditions] Cluster sno1 is unavailable");
        Step<PrecacheState> notEnabled = machine(false).next(gone, away, patience);
        assertThat(notEnabled.isRest(gone)).isTrue();
        assertThat(notEnabled.trouble()).isEqualTo("[getActiveConditions] Cluster sno1 is unavailable");
    }

    @Test
    void aClusterThatIsAwayForAMomentWhileItsJobRunsLosesNothing() {
        Spokes runs = Spokes.empty().job(JOB, Spokes.active());
        PrecacheState gone = machine(true).next(new PrecacheState.Active(), runs.unavailable().observed(), NOW).next();

        PrecacheState back = machine(true).next(gone, runs.observed(), NOW.plusSeconds(29)).next();
        PrecacheState goneAgain =
                machine(true).next(back, runs.unavailable().observed(), NOW.plusSeconds(40)).next();

        assertThat(machine(true).next(goneAgain, runs.unavailable().observed(), NOW.plusSeconds(69)).next())
                .isEqualTo(goneAgain);
        assertThat(machine(true)
                        .next(goneAgain, Spokes.empty().job(JOB, Spokes.succeeded()).unavailable().observed(),
                                NOW.plusSeconds(69))
                        .next())
                .isEqualTo(new PrecacheState.Succeeded());
    }

    @Test
    void aJobViewThatVanishesIsFinalWhenEnabledAndElseMadeAgain() {
        PrecacheState active = new PrecacheState.Active();

        assertThat(machine(true).next(active, Spokes.empty().observed(), NOW).next())
                .isEqualTo(new PrecacheState.Failed());
        assertThat(Spokes.describe(machine(false).next(active, Spokes.empty().observed(), NOW)))
                .containsExactly("ensure " + JOB);
    }

    static Stream<Arguments> makers() {
        Spokes none = Spokes.empty();
        return Stream.of(
                Arguments.of(DEPENDENCIES[0], "precache-spec-cm-create", none.found(DEPENDENCIES[1], DEPENDENCIES[2])),
                Arguments.of(DEPENDENCIES[1], "precache-sa-create", none.found(DEPENDENCIES[0], DEPENDENCIES[2])),
                Arguments.of(DEPENDENCIES[2], "precache-crb-create", none.found(DEPENDENCIES[0], DEPENDENCIES[1])),
                Arguments.of(JOB, "precache-job-create", none.found(DEPENDENCIES)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("makers")
    void aViewThatSaysNoIsMadeAgainWhenItsActionIsAnsweredOrGoneAndNotBefore(String view, String action, Spokes rest) {
        Spokes no = rest.notFound(view);
        PrecacheState asked = machine(true).next(STARTING, no.observed(), NOW).next();
        Spokes waiting = no.action(action, ActionState.WAITING);

        Step<PrecacheState> unanswered = machine(true).next(asked, waiting.observed(), NOW.plusMillis(29_999));
        assertThat(unanswered.isRest(asked)).isTrue();
        assertThat(unanswered.lookAgain()).isEqualTo(NOW.plusSeconds(30));

        for (Spokes answered : List.of(no.action(action, ActionState.SPENT), no)) {
            Step<PrecacheState> look = machine(true).next(asked, answered.observed(), NOW.plusMillis(1));
            assertThat(Spokes.describe(look)).containsExactly("recreate " + view);
            Step<PrecacheState> after = machine(true).next(look.next(), answered.observed(), NOW.plusMillis(2));
            assertThat(after.isRest(look.next())).as("looked at once").isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("makers")
    void withoutAnAnswerTheSpokeIsAskedAgainAsOftenAsUpstreamPolls(String view, String action, Spokes rest) {
        ObservedSpoke waiting = rest.notFound(view).action(action, ActionState.WAITING).observed();
        PrecacheState state = machine(true).next(STARTING, waiting, NOW).next();

        for (int i = 1; i < 10; i++) {
            Instant due = NOW.plusSeconds(30L * i);
            assertThat(machine(true).next(state, waiting, due.minusMillis(1)).isRest(state)).isTrue();
            Step<PrecacheState> again = machine(true).next(state, waiting, due);
            assertThat(Spokes.describe(again)).contains("issue " + action, "recreate " + view);
            state = again.next();
        }
    }

    @Test
    void aSpokeThatAnswersAndKeepsSayingNoIsAskedAgainAtGrowingDistances() {
        PrecacheMachine machine = machine(true);
        ObservedSpoke without = Spokes.empty().found(DEPENDENCIES).notFound(JOB)
                .action("precache-job-create", ActionState.SPENT).observed();
        PrecacheState state = STARTING;
        Instant now = NOW;
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Step<PrecacheState> asked = machine.next(state, without, now);
            assertThat(Spokes.describe(asked)).containsExactly("recreate " + JOB, "issue precache-job-create");
            Step<PrecacheState> look = machine.next(asked.next(), without, now);
            assertThat(Spokes.describe(look)).containsExactly("recreate " + JOB);
            state = look.next();
            Step<PrecacheState> rest = machine.next(state, without, now);
            assertThat(rest.isRest(state)).isTrue();
            waits.add(Duration.between(now, rest.lookAgain()).toMillis());
            now = rest.lookAgain();
        }

        assertThat(waits).containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 16000L, 30000L, 30000L, 30000L);
    }

    @Test
    void aSecondAskingForDependenciesAlsoRefreshesTheViewsThatSaidNo() {
        ObservedSpoke without = Spokes.empty().found(DEPENDENCIES[0], DEPENDENCIES[1]).notFound(DEPENDENCIES[2])
                .action("precache-crb-create", ActionState.SPENT).observed();
        PrecacheState asked = machine(true).next(STARTING, without, NOW).next();
        PrecacheState looked = machine(true).next(asked, without, NOW).next();

        Step<PrecacheState> again = machine(true).next(looked, without, NOW.plusSeconds(1));

        assertThat(Spokes.describe(again)).isEqualTo(
                List.of(join(CREATE_DEPENDENCIES, "recreate view-precache-cluster-role-binding")));
    }

    @Test
    void aDependencysViewThatVanishesIsMadeAgainWithoutAskingTheSpokeAgain() {
        PrecacheState asked = machine(true)
                .next(STARTING, Spokes.empty().notFound(DEPENDENCIES).observed(), NOW)
                .next();

        Step<PrecacheState> step = machine(true).next(
                asked, Spokes.empty().pending(DEPENDENCIES[0], DEPENDENCIES[1]).observed(), NOW.plusMillis(1));

        assertThat(Spokes.describe(step)).containsExactly("ensure " + DEPENDENCIES[2]);
    }

    @Test
    void aJobThatCannotBeCreatedInTimeTimesOut() {
        PrecacheMachine machine = machine(false);
        for (PrecacheState state :
                List.of(new PrecacheState.NotStarted(), new PrecacheState.PreparingToStart(), STARTING)) {
            ObservedSpoke waiting = Spokes.empty().pending(NS).pending(DEPENDENCIES).observed();

            assertThat(machine.next(state, waiting, DEADLINE.minusMillis(1)).next().published().isFinal()).isFalse();
            assertThat(machine.next(state, waiting, DEADLINE).next()).isEqualTo(new PrecacheState.TimedOut());
        }
        assertThat(machine.waiting(new PrecacheState.NotStarted(), DEADLINE).next())
                .isEqualTo(new PrecacheState.TimedOut());
        assertThat(machine.waiting(new PrecacheState.NotStarted(), NOW).lookAgain()).isEqualTo(DEADLINE);
    }

    @Test
    void aJobThatRunsIsNotTimedOutByTheHub() {
        assertThat(machine(true)
                        .next(STARTING, Spokes.empty().job(JOB, Spokes.active()).observed(), DEADLINE.plusSeconds(1))
                        .next())
                .isEqualTo(new PrecacheState.Active());
    }

    @Test
    void withoutAnImageTheContractsErrorIsTold() {
        ObservedSpoke spoke = Spokes.empty().found(DEPENDENCIES).notFound(JOB).observed();

        Step<PrecacheState> notEnabled =
                new PrecacheMachine(intent(false, 1), ASKED, "").next(STARTING, spoke, NOW);
        assertThat(notEnabled.isRest(STARTING)).isTrue();
        assertThat(notEnabled.trouble()).isEqualTo("PRECACHE_IMG environment variable is not set");

        Step<PrecacheState> enabled = new PrecacheMachine(intent(true, 1), ASKED, "").next(STARTING, spoke, NOW);
        assertThat(enabled.next()).isEqualTo(new PrecacheState.Failed());
        assertThat(enabled.trouble()).isEqualTo("PRECACHE_IMG environment variable is not set");
    }

    @ParameterizedTest
    @EnumSource(value = SpokeState.class, names = "BACKUP_TIMEOUT", mode = EnumSource.Mode.EXCLUDE)
    void aRestartGoesOnInTheStateThatWasReportedLast(SpokeState reported) {
        assertThat(machine(true).resume(reported, Spokes.empty().observed()).published()).isEqualTo(reported);
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.CsvSource({"0, 30", "1, 30", "5, 30", "6, 36", "40, 240", "1000, 300"})
    void viewsAreRefreshedTheLessOftenTheMoreClustersThereAre(int clusters, int seconds) {
        Step<PrecacheState> step = new PrecacheMachine(intent(true, clusters), ASKED, "image")
                .next(STARTING, Spokes.empty().found(DEPENDENCIES).observed(), NOW);

        assertThat(step.changes()).singleElement().satisfies(change -> {
            Map<?, ?> spec = (Map<?, ?>) ((Change.Ensure) change).object().content().get("spec");
            assertThat(((Map<?, ?>) spec.get("scope")).get("updateIntervalSeconds")).isEqualTo(seconds);
        });
    }

    private static PrecacheMachine machine(boolean enabled) {
        return new PrecacheMachine(intent(enabled, 1), ASKED, "image");
    }

    private static Intent.Precache intent(boolean enabled, int clusters) {
        return new Intent.Precache(new CguId("ns", "cgu"), "uid/precache/1/sno1", "sno1",
                new PrecacheSpec(null, null, null, null, "release", "35"), 240, enabled, clusters);
    }

    private static String[] join(List<String> first, String... rest) {
        return Stream.concat(first.stream(), Stream.of(rest)).toArray(String[]::new);
    }

    private static Arguments row(
            String name, PrecacheState state, Spokes spoke, SpokeState next, String... changes) {
        return Arguments.of(name, state, spoke, next, List.of(changes));
    }
}
