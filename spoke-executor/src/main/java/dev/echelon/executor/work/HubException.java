package dev.echelon.executor.work;

import dev.echelon.executor.domain.HubKind;

/** The hub did not do what was asked. The message says what was asked of it, by whom it was refused, and why. */
public final class HubException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int code;
    private final boolean refusal;

    private HubException(String message, int code, boolean refusal, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.refusal = refusal;
    }

    /** The hub answered, and said no. */
    public static HubException refused(String what, int code, String answer) {
        return new HubException("the hub refused to " + what + ": " + code + " " + answer, code,
                code >= 400 && code < 500 && code != 404 && code != 409 && code != 429, null);
    }

    /** The hub did not answer. */
    public static HubException unreachable(String what, Throwable cause) {
        return new HubException("the hub could not be asked to " + what + ": " + reason(cause), 0, false, cause);
    }

    /** The hub does not have what somebody has to put there. */
    public static HubException missing(String what) {
        return new HubException(what + " not found", 404, true, null);
    }

    /** The hub does not have the kind. */
    public static HubException notInstalled(HubKind kind) {
        return new HubException(kind.kind() + " is not installed on the hub; install its CustomResourceDefinition "
                + kind.plural() + "." + kind.group(), 404, false, null);
    }

    /** The same, in these words. */
    public HubException as(String message) {
        return new HubException(message, code, refusal, this);
    }

    /** The HTTP status that the hub answered with; 0 where it did not answer. */
    public int code() {
        return code;
    }

    /**
     * Whether the hub understood and said no, so that trying again at once is useless and its operator should be told;
     * otherwise it is away, busy, in a conflict, or does not have the kind or the namespace, as a hub that has just
     * started.
     */
    public boolean isRefusal() {
        return refusal;
    }

    private static String reason(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
