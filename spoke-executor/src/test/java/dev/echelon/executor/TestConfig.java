package dev.echelon.executor;

import dev.echelon.executor.config.ExecutorConfig;
import java.time.Duration;
import java.util.Optional;

/** The defaults, with quicker retries and an instance that gets its partitions back at once. */
record TestConfig(Optional<String> precacheImage, Optional<String> recoveryImage) implements ExecutorConfig {

    static final TestConfig WITH_IMAGES =
            new TestConfig(Optional.of("registry.example/pre-cache:1"), Optional.of("registry.example/recovery:1"));

    @Override
    public Duration coalesceWindow() {
        return Duration.ofMillis(20);
    }

    @Override
    public Duration coalesceSpacing() {
        return Duration.ofMillis(100);
    }

    @Override
    public int hubRequests() {
        return 32;
    }

    @Override
    public Duration hubTimeout() {
        return Duration.ofSeconds(60);
    }

    @Override
    public Duration firstRetry() {
        return Duration.ofMillis(50);
    }

    @Override
    public Duration longestRetry() {
        return Duration.ofSeconds(1);
    }

    @Override
    public boolean hubEvents() {
        return true;
    }

    @Override
    public Optional<String> instanceId() {
        return Optional.of("executor-0");
    }
}
