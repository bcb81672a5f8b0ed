package dev.echelon.hubclient;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How replicas of a service agree on which of them leads; the same keys for all services. */
@ConfigMapping(prefix = "echelon.leader-election")
public interface LeaderElectionConfig {

    /** Whether there is a Lease on the hub. Without one, each process takes itself for the only one. */
    @WithDefault("true")
    boolean enabled();

    /** The Leases' namespace; where it is not set, the process's own in Kubernetes, else {@code default}. */
    Optional<String> namespace();

    /** Put before the Leases' names, which are the services' names; for a second installation in the namespace. */
    Optional<String> namePrefix();

    /** Who this process is among the replicas; the host's name, which is the pod's, and a random part where not set. */
    Optional<String> identity();

    /** For how long nobody takes a Lease that is not renewed. In whole seconds. */
    @WithDefault("15s")
    Duration leaseDuration();

    /**
     * For how long a leader that cannot renew its Lease goes on. The rest of the lease's duration is what clocks may
     * differ by, and what the leader's last words have to arrive in.
     */
    @WithDefault("10s")
    Duration renewDeadline();

    /** How often the leader renews, and the others try. */
    @WithDefault("2s")
    Duration retryPeriod();
}
