package dev.echelon.scheduler.domain;

import java.util.Collection;

/** How values look inside messages. */
final class Texts {

    private Texts() {}

    /** {@code [a b c]}, as the contract renders lists. */
    static String list(Collection<String> values) {
        return "[" + String.join(" ", values) + "]";
    }
}
