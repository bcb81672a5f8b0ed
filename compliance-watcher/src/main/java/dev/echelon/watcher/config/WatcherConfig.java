package dev.echelon.watcher.config;

import dev.echelon.watcher.graph.GraphSettings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What can be set of the compliance-watcher. */
@ConfigMapping(prefix = "echelon.watcher")
public interface WatcherConfig {

    /** For how long changes that concern one upgrade are gathered into one observation. */
    @WithDefault("20ms")
    Duration window();

    /** How update graphs are asked. */
    Graph graph();

    /** How update graphs are asked. */
    interface Graph {

        /** For a whole answer, from connecting to its last byte. */
        @WithDefault("10s")
        Duration timeout();

        /** In bytes; a larger answer is refused. */
        @WithDefault("16777216")
        int largestAnswer();

        /** For how long an answer serves others when nobody waits for it any more. */
        @WithDefault("5m")
        Duration kept();

        /** After a failure; doubled with each further one. */
        @WithDefault("5s")
        Duration firstPause();

        /** After a failure. */
        @WithDefault("5m")
        Duration longestPause();

        /**
         * Exactly {@code true} accepts any certificate of a graph; {@code INSECURE_GRAPH_CALL} in the environment where
         * this is not set.
         */
        Optional<String> insecure();

        /**
         * The same as the client wants it.
         *
         * @param environment where the proxy is named
         */
        default GraphSettings settings(Map<String, String> environment) {
            return new GraphSettings(
                    timeout(),
                    largestAnswer(),
                    kept(),
                    firstPause(),
                    longestPause(),
                    insecure().filter("true"::equals).isPresent(),
                    environment);
        }
    }
}
