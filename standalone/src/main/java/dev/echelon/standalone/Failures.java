package dev.echelon.standalone;

/** Says in one line why a command failed; a stack trace is in the log. */
final class Failures {

    private Failures() {}

    /** The message of the failure and of its cause where that adds something. */
    static String inWords(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        Throwable cause = failure.getCause();
        if (cause == null || cause.getMessage() == null || message.contains(cause.getMessage())) {
            return message;
        }
        return message + ": " + inWords(cause);
    }
}
