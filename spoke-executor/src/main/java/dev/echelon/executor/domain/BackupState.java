package dev.echelon.executor.domain;

import dev.echelon.contract.result.SpokeState;

/**
 * The states of a spoke's backup (contract 11).
 *
 * <pre>
 * PreparingToStart -> Starting -> Active -> Succeeded
 *         |              |          |
 *         +--------------+----------+----> TimedOut; Failed from Starting and Active
 * </pre>
 */
public sealed interface BackupState extends JobState {

    /** Nothing was done yet, or it is another CGU's turn. */
    record PreparingToStart() implements BackupState {
        @Override
        public SpokeState published() {
            return SpokeState.PREPARING_TO_START;
        }

        Starting start() {
            return new Starting(false, Asking.NOTHING, Asking.NOTHING, Asking.NOTHING);
        }
    }

    /**
     * The namespace, then the job, is being created.
     *
     * @param clean whether the deletion of an earlier run's namespace is over, or not waited for any more; until then,
     *     one that the spoke shows may be the earlier run's
     * @param old how an earlier run's namespace was waited for
     * @param namespace how the namespace was asked for
     * @param job how the job was asked for
     */
    record Starting(boolean clean, Asking old, Asking namespace, Asking job) implements BackupState {
        @Override
        public SpokeState published() {
            return SpokeState.STARTING;
        }

        Starting cleaned() {
            return new Starting(true, old, namespace, job);
        }

        Starting withOld(Asking next) {
            return new Starting(clean, next, namespace, job);
        }

        Starting withNamespace(Asking next) {
            return new Starting(clean, old, next, job);
        }

        Starting withJob(Asking next) {
            return new Starting(clean, old, namespace, next);
        }
    }

    /** The job runs. */
    record Active() implements BackupState {
        @Override
        public SpokeState published() {
            return SpokeState.ACTIVE;
        }
    }

    /** The backup is there. What is left of the job is being cleaned up until none of its views exists. */
    record Succeeded() implements BackupState {
        @Override
        public SpokeState published() {
            return SpokeState.SUCCEEDED;
        }
    }

    /** Time ran out, on the spoke or on the hub. */
    record TimedOut() implements BackupState {
        @Override
        public SpokeState published() {
            return SpokeState.BACKUP_TIMEOUT;
        }
    }

    /** The job failed. */
    record Failed() implements BackupState {
        @Override
        public SpokeState published() {
            return SpokeState.UNRECOVERABLE_ERROR;
        }
    }
}
