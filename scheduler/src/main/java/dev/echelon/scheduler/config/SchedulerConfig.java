package dev.echelon.scheduler.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** What can be set of the scheduler. */
@ConfigMapping(prefix = "echelon.scheduler")
public interface SchedulerConfig {

    /** The name under which all schedulers of an installation share the work, and of their changelog topics. */
    @WithDefault("echelon-scheduler")
    String applicationId();

    /**
     * Who this process is among the schedulers, the same after a restart: it then gets its share back at once, and need not
     * wait until the process before it is given up. Not set where processes come and go.
     */
    Optional<String> instanceId();

    /** How many threads decide. More than there are partitions (12) are idle. */
    @WithDefault("1")
    int threads();

    /** How many other schedulers keep a copy of the state, to take over without reading it first. */
    @WithDefault("0")
    int standbys();

    /** After which a process that does not answer is given up, and another gets its share. */
    @WithDefault("10s")
    Duration sessionTimeout();

    /** After which what a killed process had begun to write is taken back. Readers wait for that. */
    @WithDefault("5s")
    Duration transactionTimeout();
}
