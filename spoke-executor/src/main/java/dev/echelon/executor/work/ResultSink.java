package dev.echelon.executor.work;

import dev.echelon.contract.result.Result;

/** Where results go. */
public interface ResultSink {

    /**
     * Writes a result and returns when it is written for good. Blocks.
     *
     * @throws ResultNotWritten when it was not; the caller tries again later
     */
    void publish(Result result);

    /** A result could not be written. */
    final class ResultNotWritten extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public ResultNotWritten(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
