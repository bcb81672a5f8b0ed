package dev.echelon.api.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What is cgu-api's own to configure. */
@ConfigMapping(prefix = "echelon.api")
public interface ApiConfig {

    /** How long a write waits for the scheduler's answer before it is told so with 504. */
    @WithDefault("10s")
    Duration patience();

    /** The largest body of a request, in bytes. */
    @WithDefault("3145728")
    int maxBodyBytes();

    /** How often a watch that wants bookmarks gets one. */
    @WithDefault("30s")
    Duration bookmarkInterval();

    /** How much of the past, in bytes of JSON, is kept so that watches can resume. */
    @WithDefault("16777216")
    long historyBytes();

    /** How much of the audit log is kept in memory. */
    Audit audit();

    /** How ClusterGroupUpgrades are kept the same on the hub. */
    Mirror mirror();

    /** The audit log in memory; what is older is read from the topic when it is asked for. */
    interface Audit {

        /** Newest events kept per ClusterGroupUpgrade. */
        @WithDefault("500")
        int eventsPerCgu();

        /** ClusterGroupUpgrades whose events are kept. */
        @WithDefault("200")
        int cgus();

        /** Answers and idempotency keys kept. */
        @WithDefault("20000")
        int commands();
    }

    /** The mirror on the hub. */
    interface Mirror {

        /** Whether there is a mirror at all. Without one, the API works with no hub. */
        @WithDefault("true")
        boolean enabled();

        /** How long status writes of one ClusterGroupUpgrade that show the same conditions are apart. */
        @WithDefault("250ms")
        Duration statusInterval();
    }
}
