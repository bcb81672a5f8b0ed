package dev.echelon.watcher;

import dev.echelon.contract.observation.PlatformRequest;
import dev.echelon.watcher.domain.UpdateGraph;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/** An update graph that never answers by itself, and knows what it is asked at present. */
public final class QuestionsAsked implements UpdateGraph {

    private final Set<PlatformRequest> open = new LinkedHashSet<>();
    private final Consumer<PlatformRequest> dropped;

    public QuestionsAsked() {
        this(request -> {});
    }

    /** @param dropped told of each question that nobody waits for any more */
    public QuestionsAsked(Consumer<PlatformRequest> dropped) {
        this.dropped = dropped;
    }

    @Override
    public void want(PlatformRequest request) {
        if (!open.add(request)) {
            throw new AssertionError("asked twice: " + request);
        }
    }

    @Override
    public void drop(PlatformRequest request) {
        if (!open.remove(request)) {
            throw new AssertionError("never asked: " + request);
        }
        dropped.accept(request);
    }

    /** What somebody waits for. */
    public Set<PlatformRequest> open() {
        return open;
    }
}
