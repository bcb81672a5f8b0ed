package dev.echelon.executor.domain;

import java.time.Instant;
import java.util.List;

/**
 * What to do next about one spoke job: make the changes, in order, and only when all of them are true, be in the next
 * state. A step without changes to the same state is rest.
 *
 * @param detail why, for a next state that is not good news; empty otherwise
 * @param trouble the error that keeps the state as it is and is looked at again; empty where there is none
 * @param lookAgain when to look again although nothing on the hub has changed; {@link Instant#MAX} for never
 */
public record Step<S extends JobState>(
        S next, List<Change> changes, String detail, String trouble, Instant lookAgain) {

    public Step {
        changes = List.copyOf(changes);
    }

    static <S extends JobState> Step<S> rest(S state) {
        return new Step<>(state, List.of(), "", "", Instant.MAX);
    }

    static <S extends JobState> Step<S> rest(S state, Instant lookAgain) {
        return new Step<>(state, List.of(), "", "", lookAgain);
    }

    static <S extends JobState> Step<S> to(S next, List<Change> changes) {
        return new Step<>(next, changes, "", "", Instant.MAX);
    }

    static <S extends JobState> Step<S> end(S next, List<Change> changes, String detail) {
        return new Step<>(next, changes, detail, "", Instant.MAX);
    }

    static <S extends JobState> Step<S> trouble(S state, String trouble) {
        return new Step<>(state, List.of(), "", trouble, Instant.MAX);
    }

    /** The same, looked at again at the latest then. */
    Step<S> noLaterThan(Instant time) {
        return time.isBefore(lookAgain) ? new Step<>(next, changes, detail, trouble, time) : this;
    }

    /** Whether nothing is to be done and nothing changes. */
    public boolean isRest(S current) {
        return changes.isEmpty() && next.equals(current);
    }
}
