package dev.echelon.api.domain;

import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The statuses of one ClusterGroupUpgrade that the CR on the hub has still to show, in order. Every list of conditions
 * gets its turn, however quickly the next one follows; of those that differ only in other things the newest is enough,
 * and those are spaced out. Not thread-safe.
 */
public final class StatusQueue {

    /** More lists of conditions than a rollout has; beyond it the oldest are dropped. */
    private static final int LIMIT = 64;

    private final Duration spacing;
    private final Deque<CguStatus> waiting = new ArrayDeque<>();
    private Optional<CguStatus> newest = Optional.empty();
    private Optional<CguStatus> accepted = Optional.empty();
    private Instant lastWritten = Instant.EPOCH;

    /** @param spacing how long to wait between writes that show the same conditions */
    public StatusQueue(Duration spacing) {
        this.spacing = spacing;
    }

    /** A status has become true. */
    public void offer(CguStatus status) {
        if (newest.filter(status::equals).isPresent()) {
            return;
        }
        if (!waiting.isEmpty() && waiting.peekLast().conditions().equals(status.conditions())) {
            waiting.removeLast();
        }
        waiting.addLast(status);
        newest = Optional.of(status);
        if (waiting.size() > LIMIT) {
            waiting.removeFirst();
        }
    }

    /**
     * Drops what a CR that shows {@code shown} has shown already. A CR whose conditions are none of those that wait has
     * missed more than is known here, and goes on with the newest.
     */
    public void resumeAfter(CguStatus shown) {
        Iterator<CguStatus> backwards = waiting.descendingIterator();
        List<Condition> conditions = shown.conditions();
        int keep = 0;
        boolean found = false;
        while (backwards.hasNext() && !found) {
            found = backwards.next().conditions().equals(conditions);
            keep++;
        }
        int wanted = found ? keep : Math.min(1, waiting.size());
        while (waiting.size() > wanted) {
            waiting.removeFirst();
        }
        newest.filter(shown::equals).ifPresent(_ -> waiting.clear());
    }

    /** Keeps only the newest, as for a CR that is not there. */
    public void keepNewest() {
        while (waiting.size() > 1) {
            waiting.removeFirst();
        }
    }

    /**
     * What to write next; empty when all has been shown.
     *
     * @param shown what the CR shows now
     */
    public Optional<CguStatus> next(CguStatus shown) {
        while (waiting.size() > 1 && waiting.peekFirst().conditions().equals(shown.conditions())) {
            waiting.removeFirst();
        }
        if (waiting.size() == 1 && waiting.peekFirst().equals(shown)) {
            waiting.removeFirst();
        }
        if (waiting.isEmpty() && newest.isPresent() && !newest.get().equals(shown)
                && !accepted.equals(Optional.of(shown))) {
            // Somebody else has written the status. What the hub itself made of our last write is left alone.
            waiting.addLast(newest.get());
        }
        return Optional.ofNullable(waiting.peekFirst());
    }

    /**
     * How long to wait before what {@link #next} gave is written.
     *
     * @param shown what the CR shows now
     */
    public Duration delay(CguStatus shown, Instant now) {
        boolean sameConditions =
                waiting.size() == 1 && waiting.peekFirst().conditions().equals(shown.conditions());
        Duration left = Duration.between(now, lastWritten.plus(spacing));
        return sameConditions && left.isPositive() ? left : Duration.ZERO;
    }

    /**
     * A status has been written.
     *
     * @param shown what the CR shows since then
     */
    public void written(CguStatus status, CguStatus shown, Instant now) {
        if (status.equals(waiting.peekFirst())) {
            waiting.removeFirst();
        }
        accepted = Optional.of(shown);
        lastWritten = now;
    }

    /** Another resource of the same name: what waited belongs to one that is gone. */
    public void clear() {
        waiting.clear();
        newest = Optional.empty();
        accepted = Optional.empty();
    }
}
