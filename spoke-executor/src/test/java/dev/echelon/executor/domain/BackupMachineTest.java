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

    private static final BackupState STARTING = new BackupState.PreparingToStart().start();
    private static final BackupState ASKED = new BackupState.Starting(true, Retry.FIRST, Retry.FIRST);
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
                        SpokeState.STARTING, "issue backup-job-create", "recreate " + JOB),
                row("Starting: a namespace is there after the deletion, which may be old news", STARTING,
                        Spokes.empty().found(NS, OLD_NAMESPACE).action("backup-ns-delete", ActionState.SPENT),
                        SpokeState.STARTING, "recreate " + NS),
                row("Starting: the namespace is there", ASKED, Spokes.empty().found(NS, OLD_NAMESPACE),
                        SpokeState.STARTING, "issue backup-job-create", "recreate " + JOB),
                row("Starting: the namespace is being deleted", ASKED,
                        Spokes.empty().found(NS, Map.of("status", Map.of("phase", "Terminating"))),
                        SpokeState.STARTING),
                row("Starting: there is no job", ASKED, Spokes.empty().found(NS).notFound(JOB),
                        SpokeState.STARTING, "issue backup-job-create", "recreate " + JOB),
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
    void anEarlierRunsNamespaceIsWaitedFor() {
        Spokes old = Spokes.empty().found(NS, OLD_NAMESPACE).action("backup-ns-delete", ActionState.WAITING);
        Step<BackupState> first = machine().next(STARTING, old.observed(), NOW);
        assertThat(first.changes()).isEmpty();
        Step<BackupState> second = machine().next(first.next(), old.observed(), NOW.plusSeconds(1));
        assertThat(Spokes.describe(second)).containsExactly("recreate " + NS);

        Step<BackupState> gone =
                machine().next(second.next(), Spokes.empty().notFound(NS).observed(), NOW.plusSeconds(3));

        assertThat(Spokes.describe(gone)).containsExactly(
                "issue backup-ns-create", "issue backup-sa-create", "issue backup-crb-create", "recreate " + NS);
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
