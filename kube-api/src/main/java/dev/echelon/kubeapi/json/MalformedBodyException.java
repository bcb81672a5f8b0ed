package dev.echelon.kubeapi.json;

/** A body that is not JSON or YAML. The message says what is wrong and at which line and column. */
public final class MalformedBodyException extends RuntimeException {
    /** @param message what was found, and where */
    public MalformedBodyException(String message) {
        super(message);
    }
}
