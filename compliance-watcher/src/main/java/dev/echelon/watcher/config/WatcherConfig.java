package dev.echelon.watcher.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What can be set of the compliance-watcher. */
@ConfigMapping(prefix = "echelon.watcher")
public interface WatcherConfig {

    /** For how long changes that concern one upgrade are gathered into one observation. */
    @WithDefault("20ms")
    Duration window();
}
