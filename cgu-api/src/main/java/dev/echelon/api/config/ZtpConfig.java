package dev.echelon.api.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** ClusterGroupUpgrades that are made by themselves for newly installed clusters. */
@ConfigMapping(prefix = "echelon.ztp")
public interface ZtpConfig {

    /** Whether there are any. It needs the mirror. */
    @WithDefault("true")
    boolean enabled();
}
