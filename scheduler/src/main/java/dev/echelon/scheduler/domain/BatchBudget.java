package dev.echelon.scheduler.domain;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a batch may take (contract 7.5). What is left of the whole budget is shared by the batches that are left, so
 * time saved by early batches goes to the later ones.
 */
final class BatchBudget {

    private BatchBudget() {}

    /** The rollout is too late <em>after</em> this instant. */
    static Instant rolloutDeadline(Instant startedAt, Duration timeout) {
        return startedAt.plus(timeout);
    }

    /**
     * The batch is too late <em>after</em> this instant. The last batch has no budget of its own.
     *
     * @param batch 1-based and below {@code batches}
     */
    static Instant batchDeadline(Instant startedAt, Duration timeout, Instant batchStartedAt, int batch, int batches) {
        if (batch < 1 || batch >= batches) {
            throw new IllegalArgumentException(
                    "a batch before the last of " + batches + " has a budget, asked for batch " + batch);
        }
        Duration remaining = timeout.minus(Duration.between(startedAt, batchStartedAt));
        return batchStartedAt.plus(remaining.dividedBy(batches - batch + 1));
    }
}
