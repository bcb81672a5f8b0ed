package dev.echelon.scheduler.domain;

import dev.echelon.contract.intent.Intent.SubscriptionView;
import dev.echelon.contract.intent.Intent.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a ClusterGroupUpgrade is, with what is true there and only that.
 *
 * <pre>
 *   each pass before the start ends in one of these:
 *   Preparing &lt;-&gt; Precaching &lt;-&gt; NotEnabled &lt;-&gt; Blocked &lt;-&gt; BackingUp
 *        \            \             \            \         \
 *         +------------+-------------+------------+---------+--&gt; BetweenBatches &lt;--&gt; Remediating
 *                                    |                               |                |
 *                                    +----------&gt; Settling &lt;---------+----------------+
 *                                                    |
 *                                                 Finished
 *   any of them --&gt; Deleting --&gt; gone
 * </pre>
 *
 * Why a CGU waits in a state is not a state of its own: it shows in the conditions. See {@code docs/state-machine.md}.
 */
public sealed interface Lifecycle {

    /** The states that every pass before the start is free to go to and from (contract 6.3). */
    sealed interface BeforeStart extends Lifecycle {}

    /** The states in which the plan is frozen and policies are enforced. */
    sealed interface InRollout extends Lifecycle {
        Rollout rollout();

        /** Clusters of the batches before, done with or timed out, that do not comply with every policy now. */
        int lagging();
    }

    /** What the hub shows does not allow a start yet, or nothing of it has been seen. A condition says what is wrong. */
    record Preparing() implements BeforeStart {}

    /** Waits for the spokes' pre-cache jobs. */
    record Precaching() implements BeforeStart {}

    /** All is ready, but {@code spec.enable} is false. */
    record NotEnabled() implements BeforeStart {}

    /** Enabled; waits for the CGUs that block it. */
    record Blocked() implements BeforeStart {}

    /** Enabled and not blocked; waits for the spokes' backups. */
    record BackingUp() implements BeforeStart {}

    /**
     * The frozen rollout. It is of policies or of manifest works.
     *
     * @param batches how many there are, at least one
     * @param works what each cluster gets, one after the other; none in a rollout of policies
     * @param subscriptions by policy: those whose install plans are approved while a cluster works at it (contract 12)
     * @param unseen whether the hub is still to be looked at, in a rollout that was taken over: how long clusters soak is
     *     not known then, and no batch is given up
     */
    record Rollout(
            List<RolloutPolicy> policies,
            int batches,
            List<Work> works,
            Map<String, List<SubscriptionView>> subscriptions,
            boolean unseen) {
        public Rollout {
            policies = policies == null ? List.of() : List.copyOf(policies);
            works = works == null ? List.of() : List.copyOf(works);
            subscriptions = subscriptions == null ? Map.of() : Map.copyOf(subscriptions);
        }

        public Rollout(List<RolloutPolicy> policies, int batches) {
            this(policies, batches, List.of(), Map.of(), false);
        }

        public Rollout(
                List<RolloutPolicy> policies,
                int batches,
                List<Work> works,
                Map<String, List<SubscriptionView>> subscriptions) {
            this(policies, batches, works, subscriptions, false);
        }

        /** The same with the soak times that the hub shows, by policy. */
        Rollout seen(Map<String, Duration> soaks) {
            List<RolloutPolicy> known = policies.stream()
                    .map(policy -> new RolloutPolicy(
                            policy.name(), policy.namespace(), Optional.ofNullable(soaks.get(policy.name()))))
                    .toList();
            return new Rollout(known, batches, works, subscriptions, false);
        }

        boolean ofWorks() {
            return !works.isEmpty();
        }
    }

    /**
     * No batch runs: the first one is about to, or the one before is done and the next is about to.
     *
     * @param done the number of the last batch that ran, 0 before the first
     */
    record BetweenBatches(Rollout rollout, int done, int lagging) implements InRollout {}

    /**
     * A batch runs.
     *
     * @param batch 1-based
     * @param open its clusters that are not complete
     */
    record Remediating(Rollout rollout, int batch, Instant startedAt, int open, int lagging) implements InRollout {
        boolean lastBatch() {
            return batch == rollout.batches();
        }
    }

    /**
     * The outcome stands in the conditions; the clean-up is under way.
     *
     * @param lastBatch the batch that ran last, shown until the clean-up is done; empty when none ever ran
     */
    record Settling(Optional<LastBatch> lastBatch, CleanUp cleanUp) implements Lifecycle {
        public Settling {
            lastBatch = lastBatch == null ? Optional.empty() : lastBatch;
        }
    }

    record LastBatch(int number, Instant startedAt) {}

    /** Nothing more will happen, but for a deletion. */
    record Finished(Instant completedAt) implements Lifecycle {}

    /** Asked to go; what it made on the hub and the spokes is being removed. */
    record Deleting(Lifecycle before, CleanUp cleanUp) implements Lifecycle {}

    /**
     * What a clean-up still waits for.
     *
     * @param enforcement whether the enforcing objects are not settled yet
     * @param spokes how many answers about spokes are still to come: of clean-ups, of labels, of manifest works that go and
     *     of install plans that are not approved any more
     */
    record CleanUp(boolean enforcement, int spokes) {
        static final CleanUp NOTHING = new CleanUp(false, 0);

        boolean done() {
            return !enforcement && spokes == 0;
        }

        CleanUp withoutEnforcement() {
            return new CleanUp(false, spokes);
        }

        CleanUp spokeAnswered() {
            return new CleanUp(enforcement, spokes - 1);
        }
    }
}
