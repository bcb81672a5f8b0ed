package dev.echelon.kubeapi;

/** Hears the changes of a kind, one after the other, in the order in which they happened. Must return at once. */
public interface WatchListener {
    /** Something has changed. */
    void changed(WatchEvent event);

    /**
     * The store ends the watch from its side; nothing follows. The listener has to list and watch again.
     *
     * @param reason what the client is told, {@link ApiException#expired} as a rule
     */
    default void ended(ApiException reason) {
    }
}
