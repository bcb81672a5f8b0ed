package dev.echelon.executor.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** What can be set of the spoke-executor. */
@ConfigMapping(prefix = "echelon.executor")
public interface ExecutorConfig {

    /** The image of the pre-cache job; {@code PRECACHE_IMG} in the environment where this is not set. */
    Optional<String> precacheImage();

    /** The image of the backup job; {@code RECOVERY_IMG} in the environment where this is not set. */
    Optional<String> recoveryImage();

    /** For how long changes of one upgrade's enforcing objects are gathered before the newest is written. */
    @WithDefault("20ms")
    Duration coalesceWindow();

    /** How far apart two rounds of writes of one upgrade's enforcing objects are at least. */
    @WithDefault("100ms")
    Duration coalesceSpacing();

    /** How many requests to the hub may be on their way at a time. */
    @WithDefault("32")
    int hubRequests();

    /** After which a request that the hub does not answer has failed. */
    @WithDefault("10s")
    Duration hubTimeout();

    /** After which something that failed for the first time is tried again; doubles up to the longest. */
    @WithDefault("200ms")
    Duration firstRetry();

    /** The longest time between two tries. */
    @WithDefault("30s")
    Duration longestRetry();

    /** Whether what happens to a CGU is told on the hub, too, as Kubernetes events. */
    @WithDefault("true")
    boolean hubEvents();

    /**
     * Who this process is among the executors, the same after a restart: it then gets its share back at once. Not set
     * where processes come and go.
     */
    Optional<String> instanceId();
}
