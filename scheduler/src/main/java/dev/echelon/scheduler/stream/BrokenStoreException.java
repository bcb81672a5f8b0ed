package dev.echelon.scheduler.stream;

/** What is stored cannot be read or written. Going on would lose it, so the stream stops. */
public final class BrokenStoreException extends IllegalStateException {

    BrokenStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
