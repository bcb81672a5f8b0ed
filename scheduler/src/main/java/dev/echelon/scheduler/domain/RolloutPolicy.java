package dev.echelon.scheduler.domain;

import dev.echelon.contract.resource.CguStatus.PolicyRef;
import java.time.Duration;
import java.util.Optional;

/**
 * A policy that takes part in a rollout.
 *
 * @param soak how long a cluster has to stay compliant before it goes on (contract 7.4); empty where no time is asked for
 */
public record RolloutPolicy(String name, String namespace, Optional<Duration> soak) {

    public RolloutPolicy {
        soak = soak == null ? Optional.empty() : soak;
    }

    PolicyRef ref() {
        return new PolicyRef(name, namespace);
    }
}
