package dev.echelon.contract.observation;

import java.util.List;

/**
 * A CGU that another one waits for (contract 9.1, 9.2).
 *
 * @param namespace as the entry has it; an empty one finds nothing
 * @param completed the clusters with an outcome {@code complete}, as often as they have it, in order; empty until
 *     it has ended; null when the blocked CGU does not filter clusters, so that nobody looked
 */
public record ObservedBlocker(String namespace, String name, State state, List<String> completed) {
    public ObservedBlocker {
        completed = completed == null ? null : List.copyOf(completed);
    }

    /** How far it is. */
    public enum State {
        MISSING,
        /** It has no condition {@code Succeeded} yet. */
        RUNNING,
        /** It ended, and {@code Succeeded} is True. */
        SUCCEEDED,
        /** It ended, and {@code Succeeded} is False. */
        FAILED
    }
}
