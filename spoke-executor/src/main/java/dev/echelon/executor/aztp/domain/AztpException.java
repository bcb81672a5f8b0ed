package dev.echelon.executor.aztp.domain;

/** Why a cluster's configuration cannot be handed over. */
public final class AztpException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    AztpException(String reason) {
        super("aztp failure: " + reason);
    }
}
