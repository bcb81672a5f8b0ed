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
            return new Starting(false, Retry.FIRST, Retry.FIRST);
        }
    }

    /**
     * The namespace, then the job, is being created.
     *
     * @param clean whether the deletion of an earlier run's namespace is over; until then, one that the spoke shows may
     *     be the earlier run's
     * @param namespace when the namespace may be asked for again
     * @param job when the job may be asked for again
     */
    record Starting(boolean clean, Retry namespace, Retry job) implements BackupState {
        @Override
        public SpokeState published() {
            return SpokeState.STARTING;
        }

        Starting askedForNamespace(Retry next) {
            return new Starting(true, next, job);
        }

        Starting lookedAgain(Retry next) {
            return new Starting(clean, next, job);
        }

        Starting askedAfterDeletion() {
            return new Starting(true, namespace, job);
        }

        Starting askedForJob(Retry next) {
            return new Starting(true, namespace, next);
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
