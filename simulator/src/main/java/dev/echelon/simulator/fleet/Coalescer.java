package dev.echelon.simulator.fleet;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Gathers the wishes to look at something again: however often a key is marked within a short window, it is looked at
 * once, after the window. Looks at one key never overlap.
 *
 * @param <K> what is looked at
 */
final class Coalescer<K> {
    private final Timeline timeline;
    private final Duration window;
    private final Consumer<K> look;
    private final Map<K, Mailbox> mailboxes = new ConcurrentHashMap<>();
    private final Map<K, Boolean> marked = new ConcurrentHashMap<>();
    private final String name;

    /** @param window by the wall's clock: it spares the hub, so it does not shrink with the simulation's speed */
    Coalescer(String name, Timeline timeline, Duration window, Consumer<K> look) {
        this.name = name;
        this.timeline = timeline;
        this.window = window;
        this.look = look;
    }

    void mark(K key) {
        if (marked.putIfAbsent(key, true) == null) {
            Mailbox mailbox = mailboxes.computeIfAbsent(key, k -> new Mailbox(name + " " + k));
            timeline.afterReal(window, mailbox, () -> {
                marked.remove(key);
                look.accept(key);
            });
        }
    }
}
