package dev.echelon.watcher;

import dev.echelon.watcher.graph.GraphSettings;
import java.time.Duration;
import java.util.Map;

/** Settings for update graphs that a test can wait for. */
public final class Graphs {

    private Graphs() {}

    public static GraphSettings quick() {
        return new GraphSettings(
                Duration.ofSeconds(10),
                1_000_000,
                Duration.ofMinutes(5),
                Duration.ofMillis(50),
                Duration.ofMillis(200),
                false,
                Map.of());
    }
}
