package dev.echelon.simulator.scenario;

import java.time.Duration;

/**
 * How long things take on hub and spokes, in simulated time.
 *
 * @param actionHandling    from a ManagedClusterAction on the hub to its effect on the spoke
 * @param actionRetention   how long a finished ManagedClusterAction stays on the hub (ACM: 60 s)
 * @param viewRefresh       from a change on the spoke to the ManagedClusterView that shows it
 * @param namespaceDeletion how long a deleted namespace of a spoke is seen Terminating
 * @param podStart          from a job to its running pod
 * @param backup            how long a backup job runs
 * @param job               how long any other job runs
 * @param policyApply       from an enforced policy to its objects on the spoke
 * @param statusSettle      from an applied object to the status that its policy waits for
 * @param upgrade           from a desired update to the completed upgrade
 * @param offlineDetection  from a lost spoke to the ManagedCluster that is not available (OCM: about 5 min)
 * @param jitter            the share by which each of them differs at random, 0 to 1
 */
public record Durations(Duration actionHandling, Duration actionRetention, Duration viewRefresh,
        Duration namespaceDeletion, Duration podStart, Duration backup, Duration job, Duration policyApply,
        Duration statusSettle, Duration upgrade, Duration offlineDetection, double jitter) {

    /** What holds where a scenario says nothing: quick enough to watch. */
    public static final Durations DEFAULT = new Durations(Duration.ofMillis(200), Duration.ofSeconds(60),
            Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(8),
            Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(20),
            Duration.ofSeconds(3), 0);
}
