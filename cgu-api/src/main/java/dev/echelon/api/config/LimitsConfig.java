package dev.echelon.api.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How much may be asked of the API; what is over it is answered 429. */
@ConfigMapping(prefix = "echelon.api.limits")
public interface LimitsConfig {

    /** Requests of one user per second, in the long run. */
    @WithDefault("50")
    double requestsPerSecond();

    /** Requests of one user at once. */
    @WithDefault("200")
    int burst();

    /** Watches and event streams of one user at the same time. */
    @WithDefault("50")
    int watchesPerUser();

    /** Watches and event streams of all users at the same time. */
    @WithDefault("1000")
    int watches();
}
