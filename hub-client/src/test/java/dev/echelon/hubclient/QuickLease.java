package dev.echelon.hubclient;

import java.time.Duration;
import java.util.Optional;

/** A Lease that tests need not wait for long; tests of other modules, too. */
public record QuickLease(String name, Duration leaseDuration) implements LeaderElectionConfig {

    public QuickLease(String name) {
        this(name, Duration.ofSeconds(5));
    }

    @Override
    public boolean enabled() {
        return true;
    }

    @Override
    public Optional<String> namespace() {
        return Optional.of("default");
    }

    @Override
    public Optional<String> namePrefix() {
        return Optional.empty();
    }

    @Override
    public Optional<String> identity() {
        return Optional.of(name);
    }

    @Override
    public Duration renewDeadline() {
        return Duration.ofSeconds(3);
    }

    @Override
    public Duration retryPeriod() {
        return Duration.ofMillis(300);
    }
}
