package dev.echelon.api.domain;

import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a rollout is going to do and what keeps it, told from its resource alone.
 *
 * @param policies in the order of remediation
 * @param batches in the order in which they run; empty until clusters and policies are valid
 * @param waitingFor what the last condition says, unless the rollout has ended
 */
public record RolloutPlan(Phase phase, List<String> policies, List<Batch> batches, Optional<Wait> waitingFor) {

    /**
     * One batch.
     *
     * @param number counts from 1
     * @param state {@code Pending}, {@code InProgress} or {@code Done}
     */
    public record Batch(int number, String state, List<Cluster> clusters) {}

    /** A cluster, and how far it is: a state of the contract (7.2, 7.6), or {@code Pending}. */
    public record Cluster(String name, String state) {}

    /**
     * What is awaited.
     *
     * @param since when the condition became what it is
     * @param until when the rollout times out; null where no limit runs
     */
    public record Wait(String condition, String reason, String message, Instant since, Instant until) {}

    /** The plan that the resource shows. */
    public static RolloutPlan of(ClusterGroupUpgrade cgu) {
        CguStatus status = cgu.status();
        Phase phase = Phase.of(status);
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < status.remediationPlan().size(); i++) {
            batches.add(batch(i + 1, status, phase));
        }
        return new RolloutPlan(
                phase,
                status.managedPoliciesForUpgrade().stream()
                        .map(CguStatus.PolicyRef::name)
                        .toList(),
                batches,
                phase == Phase.ENDED ? Optional.empty() : waitingFor(cgu.spec(), status));
    }

    private static Batch batch(int number, CguStatus status, Phase phase) {
        int current = status.status() == null || status.status().currentBatch() == null
                ? 0
                : status.status().currentBatch();
        String state = phase == Phase.ENDED || current > number ? "Done" : current == number ? "InProgress" : "Pending";
        Map<String, String> states = new HashMap<>();
        status.clusters().forEach(cluster -> states.put(cluster.name(), cluster.state()));
        if (current == number) {
            status.status()
                    .currentBatchRemediationProgress()
                    .forEach((cluster, progress) -> states.put(cluster, progress.state()));
        }
        return new Batch(
                number,
                state,
                status.remediationPlan().get(number - 1).stream()
                        .map(cluster -> new Cluster(cluster, states.getOrDefault(cluster, "Pending")))
                        .toList());
    }

    private static Optional<Wait> waitingFor(CguSpec spec, CguStatus status) {
        if (status.conditions().isEmpty()) {
            return Optional.empty();
        }
        Condition last = status.conditions().getLast();
        Instant startedAt = status.status() == null ? null : status.status().startedAt();
        Instant until = startedAt == null
                ? null
                : startedAt.plus(Duration.ofMinutes(spec.remediationStrategy().timeout()));
        return Optional.of(new Wait(last.type(), last.reason(), last.message(), last.lastTransitionTime(), until));
    }
}
