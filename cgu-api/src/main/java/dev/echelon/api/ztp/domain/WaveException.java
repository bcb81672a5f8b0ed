package dev.echelon.api.ztp.domain;

/** A wave that is no whole number of 64 bits. The message is upstream's. */
public final class WaveException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WaveException(String policy, String reason) {
        super(ChildPolicy.WAVE + " in policy " + policy + " is not an interger: " + reason);
    }
}
