package dev.echelon.simulator.scenario;

import java.time.Duration;
import java.util.Optional;

/** One way in which a spoke is slow, stuck or wrong. Durations are simulated time. */
public sealed interface Failure {
    /**
     * A job ends as Failed with reason BackoffLimitExceeded.
     *
     * @param job   its name, {@code pre-cache} or {@code backup-agent} as a rule
     * @param after how long it runs
     */
    record JobFails(String job, Duration after) implements Failure {
    }

    /**
     * A job makes no end and is Failed with reason DeadlineExceeded.
     *
     * @param job   its name
     * @param after how long it runs; what the job itself has as its deadline is not waited for
     */
    record JobExceedsDeadline(String job, Duration after) implements Failure {
    }

    /** A policy, or every policy, stays NonCompliant whatever is enforced. */
    record NeverComplies(Optional<String> policy) implements Failure {
    }

    /** A policy, or every policy, is Compliant and NonCompliant in turns once it has become Compliant. */
    record Flaps(Optional<String> policy, Duration every) implements Failure {
    }

    /** Everything takes so many times as long. */
    record Slow(double factor) implements Failure {
    }

    /** The hub hears nothing of the spoke, and the spoke nothing of the hub, for a while after the start. */
    record Offline(Duration from, Duration lasting) implements Failure {
    }
}
