package dev.echelon.executor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.executor.domain.ObservedSpoke.ActionState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Contract 11, row by row. */
class BackupMachineTest {

    private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOW = STARTED.plusSeconds(60);
    private static final Instant LIMIT = STARTED.plusSeconds(1200);
    private static final String NS = "view-backup-namespace";
    private static final String JOB = "view-backup-job";

    private static final BackupState.Starting STARTING = new BackupState.PreparingToStart().start();
    private static final BackupState ASKED = STARTING.cleaned();
    private static final Map<String, Object> OLD_NAMESPACE = Map.of("metadata", Map.of("uid", "1"));

    static Stream<Arguments> rows() {
        return Stream.of(
                row("PreparingToStart clears the spoke and does not wait", new BackupState.PreparingToStart(),
                        Spokes.empty(), SpokeState.STARTING,
                        "delete " + NS, "delete " + JOB, "delete backup-ns-create", "delete backup-sa-create",
                        "delete backup-crb-create", "delete backup-job-create", "issue backup-ns-delete",
                        "issue backup-crb-delete"),
                row("Starting: asks for the namespace and its view in one go", STARTING,
                        Spokes.empty().action("backup-ns-delete", ActionState.WAITING), SpokeState.STARTING,
                        "issue backup-ns-create", "issue backup-sa-create", "issue backup-crb-create", "ensure " + NS),
                row("Starting: no answer yet", STARTING, Spokes.empty().pending(NS), SpokeState.STARTING),
                row("Starting: no namespace", STARTING, Spokes.empty().notFound(NS), SpokeState.STARTING,
                        "issue backup-ns-create", "issue backup-sa-create", "issue backup-crb-create",
                        "recreate " + NS),
                row("Starting: no namespace, and a delete is still to come", STARTING,
                        Spokes.empty().notFound(NS).action("backup-ns-delete", ActionState.WAITING),
                        SpokeState.STARTING, "delete backup-ns-delete",
                        "issue backup-ns-create", "issue backup-sa-create", "issue backup-crb-create",
                        "recreate " + NS),
                row("Starting: an answer that does not say which namespace", STARTING,
                        Spokes.empty().found(NS).action("backup-ns-delete", ActionState.WAITING),
                        SpokeState.STARTING, "recreate " + JOB, "issue backup-job-create"),
                row("Starting: a namespace is there after the deletion, which may be old news", STARTING,
                        Spokes.empty().found(NS, OLD_NAMESPACE).action("backup-ns-delete", ActionState.SPENT),
                        SpokeState.STARTING, "recreate " + NS),
                row("Starting: the namespace is there", ASKED, Spokes.empty().found(NS, OLD_NAMESPACE),
                        SpokeState.STARTING, "recreate " + JOB, "issue backup-job-create"),
                row("Starting: the namespace is being deleted", ASKED,
                        Spokes.empty().found(NS, Map.of("status", Map.of("phase", "Terminating"))),
                        SpokeState.STARTING),
                row("Starting: there is no job", ASKED, Spokes.empty().found(NS).notFound(JOB),
                        SpokeState.STARTING, "recreate " + JOB, "issue backup-job-create"),
                row("Starting: the job view has no answer yet", ASKED, Spokes.empty().found(NS).pending(JOB),
                        SpokeState.STARTING),
                row("Starting: the job has no status yet", ASKED, Spokes.empty().found(NS).job(JOB, Map.of()),
                        SpokeState.STARTING),
                row("Starting: the job runs", ASKED, Spokes.empty().found(NS).job(JOB, Spokes.active()),
                        SpokeState.ACTIVE),
                row("Active: the job runs", new BackupState.Active(), Spokes.empty().job(JOB, Spokes.active()),
                        SpokeState.ACTIVE),
                row("Active: no answer yet", new BackupState.Active(), Spokes.empty().pending(JOB),
                        SpokeState.ACTIVE),
                row("Active: the view is gone and made again", new BackupState.Active(), Spokes.empty(),
                        SpokeState.ACTIVE, "ensure " + JOB),
                row("Active: the job has succeeded", new BackupState.Active(),
                        Spokes.empty().found(NS).job(JOB, Spokes.succeeded()), SpokeState.SUCCEEDED),
                row("Active: the deadline was exceeded", new BackupState.Active(),
                        Spokes.empty().job(JOB, Spokes.failed("DeadlineExceeded")), SpokeState.BACKUP_TIMEOUT),
                row("Active: the job failed", new BackupState.Active(),
                        Spokes.empty().job(JOB, Spokes.failed("BackoffLimitExceeded")),
                        SpokeState.UNRECOVERABLE_ERROR),
                row("Succeeded: the job's view is left", new BackupState.Succeeded(),
                        Spokes.empty().job(JOB, Spokes.succeeded()), SpokeState.SUCCEEDED,
                        "issue backup-ns-delete", "issue backup-crb-delete", "delete " + NS, "delete " + JOB),
                row("Succeeded: nothing is left", new BackupState.Succeeded(), Spokes.empty(),
                        SpokeState.SUCCEEDED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void eachRowOfTheContractHolds(
            String name, BackupState state, Spokes spoke, SpokeState next, List<String> changes) {
        Step<BackupState> step = machine().next(state, spoke.observed(), NOW);

        assertThat(step.next().published()).isEqualTo(next);
        assertThat(Spokes.describe(step)).isEqualTo(changes);
        assertThat(step.trouble()).isEmpty();
    }

    @Test
    void aJobThatFailedIsToldOfInItsOwnWords() {
        Spokes spoke = Spokes.empty().job(JOB, Spokes.failed("BackoffLimitExceeded"), """
                {"outcome": "failed", "exitCode": 1, "message": "this cluster has more than one node"}""");

        assertThat(machine().next(new BackupState.Active(), spoke.observed(), NOW).detail())
                .isEqualTo("job backup-agent failed: this cluster has more than one node (exit code 1)");
    }

    static Stream<Arguments> errors() {
        BackupState active = new BackupState.Active();
        return Stream.of(
                Arguments.of(STARTING, Spokes.empty().refused(NS, "MCV processing error: x"),
                        "MCV processing error: x"),
                Arguments.of(ASKED, Spokes.empty().found(NS).refused(JOB, "MCV processing error: x"),
                        "MCV processing error: x"),
                Arguments.of(active, Spokes.empty().notFound(JOB), "job backup-agent not found on cluster sno1"),
                Arguments.of(active, Spokes.empty().job(JOB, Spokes.active()).unavailable(),
                        "[getActiveConditions] Cluster sno1 is unavailable"));
    }

    @ParameterizedTest(name = "{2}")
    @MethodSource("errors")
    void anErrorNeverChangesTheState(BackupState state, Spokes spoke, String message) {
        Step<BackupState> step = machine().next(state, spoke.observed(), NOW);

        assertThat(step.isRest(state)).isTrue();
        assertThat(step.trouble()).isEqualTo(message);
        assertThat(step.lookAgain()).isEqualTo(LIMIT);
    }

    @Test
    void anEarlierRunsNamespaceIsWaitedForUntilTheDeleteIsAnswered() {
        Spokes old = Spokes.empty().found(NS, OLD_NAMESPACE).action("backup-ns-create", ActionState.SPENT);
        Spokes deleting = old.action("backup-ns-delete", ActionState.WAITING);
        BackupState waiting = machine().next(begun(), deleting.observed(), NOW).next();
        Step<BackupState> rest = machine().next(waiting, deleting.observed(), NOW.plusSeconds(1));
        assertThat(rest.isRest(waiting)).isTrue();

        Step<BackupState> deleted = machine().next(
                waiting, old.action("backup-ns-delete", ActionState.SPENT).observed(), NOW.plusSeconds(2));
        assertThat(Spokes.describe(deleted)).containsExactly("recreate " + NS);

        Step<BackupState> gone = machine().next(deleted.next(),
                Spokes.empty().notFound(NS).action("backup-ns-create", ActionState.SPENT).observed(),
                NOW.plusSeconds(3));
        assertThat(Spokes.describe(gone)).containsExactly(
                "issue backup-ns-create", "issue backup-sa-create", "issue backup-crb-create", "recreate " + NS);
    }

    @Test
    void aDeleteThatNobodyCarriesOutIsNotWaitedForForEver() {
        ObservedSpoke unanswered = Spokes.empty().found(NS, OLD_NAMESPACE)
                .action("backup-ns-delete", ActionState.WAITING)
                .action("backup-crb-delete", ActionState.WAITING).observed();
        BackupState waiting = machine().next(begun(), unanswered, NOW).next();

        Step<BackupState> rest = machine().next(waiting, unanswered, NOW.plusMillis(19_999));
        assertThat(rest.isRest(waiting)).isTrue();
        assertThat(rest.lookAgain()).isEqualTo(NOW.plusSeconds(20));

        Step<BackupState> goesOn = machine().next(waiting, unanswered, NOW.plusSeconds(20));
        assertThat(Spokes.describe(goesOn)).containsExactly("recreate " + JOB, "issue backup-job-create");
        Step<BackupState> after = machine().next(goesOn.next(), Spokes.empty().found(NS, OLD_NAMESPACE)
                .action("backup-ns-delete", ActionState.WAITING).pending(JOB).observed(), NOW.plusSeconds(21));
        assertThat(after.changes()).isEmpty();
    }

    @Test
    void aNamespaceThatIsTerminatingIsWaitedForHoweverLongItTakes() {
        ObservedSpoke terminating = Spokes.empty()
                .found(NS, Map.of("metadata", Map.of("uid", "1"), "status", Map.of("phase", "Terminating")))
                .action("backup-ns-delete", ActionState.SPENT).observed();
        BackupState state = begun();
        for (int seconds = 0; seconds < 120; seconds++) {
            Step<BackupState> step = machine().next(state, terminating, NOW.plusSeconds(seconds));
            assertThat(Spokes.describe(step)).isSubsetOf("recreate " + NS);
            state = step.next();
        }
    }

    @Test
    void theNamespacesViewIsMadeAgainWhenTheCreateActionIsAnsweredOrGoneAndNotBefore() {
        BackupState begun = begun();
        Spokes no = Spokes.empty().notFound(NS);

        Step<BackupState> unanswered = machine().next(
                begun, no.action("backup-ns-create", ActionState.WAITING).observed(), NOW.plusSeconds(1));
        assertThat(unanswered.isRest(begun)).isTrue();
        assertThat(unanswered.lookAgain()).isEqualTo(NOW.plusSeconds(30));
        for (Spokes answered : List.of(no.action("backup-ns-create", ActionState.SPENT), no)) {
            assertThat(Spokes.describe(machine().next(begun, answered.observed(), NOW.plusSeconds(1))))
                    .containsExactly("recreate " + NS);
        }
    }

    @Test
    void theJobsViewIsMadeAgainWhenTheCreateActionIsAnsweredAndNotBefore() {
        Spokes no = Spokes.empty().found(NS).notFound(JOB);
        BackupState asked = machine().next(ASKED, no.observed(), NOW).next();

        Step<BackupState> unanswered = machine().next(
                asked, no.action("backup-job-create", ActionState.WAITING).observed(), NOW.plusSeconds(1));
        assertThat(unanswered.isRest(asked)).isTrue();
        assertThat(unanswered.lookAgain()).isEqualTo(NOW.plusSeconds(30));
        assertThat(Spokes.describe(machine().next(
                        asked, no.action("backup-job-create", ActionState.SPENT).observed(), NOW.plusSeconds(1))))
                .containsExactly("recreate " + JOB);
        assertThat(Spokes.describe(machine().next(
                        asked, no.action("backup-job-create", ActionState.WAITING).observed(), NOW.plusSeconds(30))))
                .containsExactly("recreate " + JOB, "issue backup-job-create");
    }

    /** The namespace and its view have been asked for. */
    private static BackupState begun() {
        return machine().next(STARTING, Spokes.empty().observed(), NOW).next();
    }

    @Test
    void whatIsNotFinalAtTheHubSideLimitTimesOut() {
        for (BackupState state : List.of(new BackupState.PreparingToStart(), STARTING, new BackupState.Active())) {
            ObservedSpoke waiting = Spokes.empty().pending(NS, JOB).observed();

            assertThat(machine().next(state, waiting, LIMIT.minusMillis(1)).next().published().isFinal()).isFalse();
            assertThat(machine().next(state, waiting, LIMIT).next()).isEqualTo(new BackupState.TimedOut());
            assertThat(machine().waiting(state, LIMIT).next()).isEqualTo(new BackupState.TimedOut());
        }
    }

    @Test
    void aJobThatEndsLateStillCounts() {
        assertThat(machine()
                        .next(new BackupState.Active(), Spokes.empty().job(JOB, Spokes.succeeded()).observed(),
                                LIMIT.plusSeconds(5))
                        .next())
                .isEqualTo(new BackupState.Succeeded());
    }

    @Test
    void withoutAnImageTheContractsErrorIsToldAndTheStateStays() {
        Step<BackupState> step = new BackupMachine(intent(), "")
                .next(ASKED, Spokes.empty().found(NS).observed(), NOW);

        assertThat(step.isRest(ASKED)).isTrue();
        assertThat(step.trouble()).isEqualTo("can't find recovery image pull spec in environment");
    }

    @Test
    void aRestartWhileStartingPreparesAgainUnlessTheHubShowsThatTheJobWasAskedFor() {
        BackupMachine machine = machine();

        assertThat(machine.resume(SpokeState.STARTING, Spokes.empty().found(NS, OLD_NAMESPACE).observed()))
                .isEqualTo(new BackupState.PreparingToStart());
        assertThat(machine.resume(SpokeState.STARTING, Spokes.empty().pending(JOB).observed())).isEqualTo(ASKED);
        assertThat(machine.resume(SpokeState.STARTING,
                        Spokes.empty().action("backup-job-create", ActionState.WAITING).observed()))
                .isEqualTo(ASKED);
        assertThat(machine.resume(SpokeState.STARTING,
                        Spokes.empty().action("backup-ns-create", ActionState.WAITING).observed()))
                .isEqualTo(new BackupState.PreparingToStart());
    }

    private static BackupMachine machine() {
        return new BackupMachine(intent(), "image");
    }

    private static Intent.Backup intent() {
        return new Intent.Backup(new CguId("ns", "cgu"), "uid/backup/1/sno1", "sno1", STARTED);
    }

    private static Arguments row(String name, BackupState state, Spokes spoke, SpokeState next, String... changes) {
        return Arguments.of(name, state, spoke, next, List.of(changes));
    }
}
