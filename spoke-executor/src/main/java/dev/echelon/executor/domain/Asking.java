package dev.echelon.executor.domain;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Something that was asked of a spoke by an action, and that shows in views.
 *
 * <p>A view that says that it is not there is made anew as soon as the action has been answered, or has gone, as ACM
 * removes those that are done. When the fresh view says so too, the spoke is asked again, as {@link Retry} allows. As
 * long as the action is not answered nothing can have changed, and only upstream's polling is done: a view that
 * somebody else than ACM answers keeps what was put there.
 *
 * @param retry when it may be asked again of a spoke that answers
 * @param last when it was asked last
 * @param looked the views that were made anew since the last asking was answered
 */
public record Asking(Retry retry, Instant last, Set<String> looked) {

    /** Nothing was asked yet. */
    public static final Asking NOTHING = new Asking(Retry.FIRST, Instant.MIN, Set.of());

    /** What is to be done about a view that says "not found". */
    enum Turn {
        /** Ask the spoke (again). */
        ASK,
        /** Make the view anew. */
        LOOK,
        /** Nothing before {@link Asking#again}. */
        WAIT
    }

    public Asking {
        looked = Set.copyOf(looked);
    }

    /** Whether nothing was asked yet. */
    boolean isFirst() {
        return retry.isFirst();
    }

    /** @param waiting whether the action is there and not answered */
    Turn turn(String view, boolean waiting, Instant now) {
        if (isFirst()) {
            return Turn.ASK;
        }
        if (!waiting && !looked.contains(view)) {
            return Turn.LOOK;
        }
        return now.isBefore(again(waiting)) ? Turn.WAIT : Turn.ASK;
    }

    /** When the spoke may be asked again. */
    Instant again(boolean waiting) {
        return waiting ? last.plus(Retry.LONGEST) : retry.notBefore();
    }

    /** After asking once more. */
    Asking asked(Instant now) {
        return new Asking(retry.tried(now), now, Set.of());
    }

    /** After making a view anew although nothing was asked since. */
    Asking lookedAt(String view) {
        Set<String> more = new HashSet<>(looked);
        more.add(view);
        return new Asking(retry, last, more);
    }
}
