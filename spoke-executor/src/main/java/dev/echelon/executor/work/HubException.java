package dev.echelon.executor.work;

/** The hub did not do what was asked. The message says what was asked of it, by whom it was refused, and why. */
public final class HubException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int code;

    private HubException(String message, int code, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** The hub answered, and said no. */
    public static HubException refused(String what, int code, String answer) {
        return new HubException("the hub refused to " + what + ": " + code + " " + answer, code, null);
    }

    /** The hub did not answer. */
    public static HubException unreachable(String what, Throwable cause) {
        return new HubException("the hub could not be asked to " + what + ": " + reason(cause), 0, cause);
    }

    /** The HTTP status that the hub answered with; 0 where it did not answer. */
    public int code() {
        return code;
    }

    /**
     * Whether the hub understood and said no, so that trying again at once is useless and its operator should be told;
     * otherwise it is away, busy, in a conflict, or does not serve the kind yet, as a hub that has just started.
     */
    public boolean isRefusal() {
        return code >= 400 && code < 500 && code != 404 && code != 409 && code != 429;
    }

    private static String reason(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
