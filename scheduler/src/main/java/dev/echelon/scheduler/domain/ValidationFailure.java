package dev.echelon.scheduler.domain;

import java.util.List;

/**
 * Why the clusters or the policies of a spec cannot be taken, with all the names at fault: a condition's message says
 * less (contract 2.2), or says it in another form.
 *
 * @param names at fault, in order; empty where a name is not what is wrong
 */
public record ValidationFailure(Kind kind, List<String> names) {

    public ValidationFailure {
        names = names == null ? List.of() : List.copyOf(names);
    }

    /** What the names are. */
    public enum Kind {
        MISSING_CLUSTERS,
        MISSING_POLICIES,
        INVALID_POLICIES,
        AMBIGUOUS_POLICIES,
        MISSING_TEMPLATES
    }
}
