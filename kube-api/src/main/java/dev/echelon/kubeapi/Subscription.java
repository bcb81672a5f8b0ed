package dev.echelon.kubeapi;

/** A running watch on a store. */
public interface Subscription extends AutoCloseable {
    /** The moment up to which every change has been handed to the listener. */
    String resourceVersion();

    /** Ends the watch; the listener hears nothing more. Closing twice does no harm. */
    @Override
    void close();
}
