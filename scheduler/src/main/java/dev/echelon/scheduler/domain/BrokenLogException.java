package dev.echelon.scheduler.domain;

/**
 * A fact that cannot follow from the state it is folded into. The log or the store is broken, and going on would make it
 * worse: whoever folds stops.
 */
public final class BrokenLogException extends IllegalStateException {

    public BrokenLogException(String message) {
        super(message);
    }
}
