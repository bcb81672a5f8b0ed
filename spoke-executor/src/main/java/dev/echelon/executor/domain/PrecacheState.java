package dev.echelon.executor.domain;

import dev.echelon.contract.result.SpokeState;
import java.time.Instant;
import java.util.Optional;

/**
 * The states of a spoke's pre-cache (contract 10.4).
 *
 * <pre>
 * NotStarted -> PreparingToStart -> Starting -> Active -> Succeeded
 *                                       |          |
 *                                       +----------+----> TimedOut, Failed
 * </pre>
 *
 * Each state before Active may end in TimedOut when the job could not be created in time, and each may end in Failed
 * when the CGU is enabled and the spoke's answer is an error.
 */
public sealed interface PrecacheState extends JobState {

    /** Nothing was done yet, or it is another CGU's turn. */
    record NotStarted() implements PrecacheState {
        @Override
        public SpokeState published() {
            return SpokeState.NOT_STARTED;
        }

        PreparingToStart prepare() {
            return new PreparingToStart();
        }
    }

    /**
     * The namespace of an earlier run is being deleted.
     *
     * @param goneSince when the spoke first said that it has none although a delete is still to come; empty before
     */
    record PreparingToStart(Optional<Instant> goneSince) implements PrecacheState {

        PreparingToStart() {
            this(Optional.empty());
        }

        @Override
        public SpokeState published() {
            return SpokeState.PREPARING_TO_START;
        }

        Starting start() {
            return new Starting(Asking.NOTHING, Asking.NOTHING);
        }
    }

    /**
     * What the job needs, and then the job, is being created.
     *
     * @param dependencies how what the job needs was asked for
     * @param job how the job was asked for
     */
    record Starting(Asking dependencies, Asking job) implements PrecacheState {
        @Override
        public SpokeState published() {
            return SpokeState.STARTING;
        }

        Starting withDependencies(Asking next) {
            return new Starting(next, job);
        }

        Starting withJob(Asking next) {
            return new Starting(dependencies, next);
        }
    }

    /**
     * The job runs.
     *
     * @param awaySince when the cluster became unavailable; empty while it is available
     */
    record Active(Optional<Instant> awaySince) implements PrecacheState {

        Active() {
            this(Optional.empty());
        }

        @Override
        public SpokeState published() {
            return SpokeState.ACTIVE;
        }
    }

    /** The images are there. What is left of the job is being cleaned up until none of its views exists. */
    record Succeeded() implements PrecacheState {
        @Override
        public SpokeState published() {
            return SpokeState.SUCCEEDED;
        }
    }

    /** Time ran out, on the spoke or before the job could be created. */
    record TimedOut() implements PrecacheState {
        @Override
        public SpokeState published() {
            return SpokeState.PRECACHE_TIMEOUT;
        }
    }

    /** The job failed, or its outcome cannot be known. */
    record Failed() implements PrecacheState {
        @Override
        public SpokeState published() {
            return SpokeState.UNRECOVERABLE_ERROR;
        }
    }
}
