package dev.echelon.watcher.domain;

import dev.echelon.contract.observation.PlatformRequest;

/**
 * Looks up which image a platform version is. Answers come back through {@link FleetView#answered}, later and from
 * whichever thread, and again when one that failed has been tried again.
 */
public interface UpdateGraph {

    /** Somebody waits for the answer. Said once until {@link #drop}. Must not block. */
    void want(PlatformRequest request);

    /** Nobody waits for the answer any more. Must not block. */
    void drop(PlatformRequest request);
}
