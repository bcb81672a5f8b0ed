package dev.echelon.contract.kafka;

/**
 * What went wrong, in one line. Kafka's exceptions often say only what was tried ("SSL handshake failed"), and their
 * causes why.
 */
final class Causes {

    private Causes() {}

    /** The exception's message, and after it those of its causes, as far as they add something. */
    static String of(Throwable trouble) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = trouble; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (text.indexOf(message) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(message);
            }
        }
        return text.toString();
    }
}
