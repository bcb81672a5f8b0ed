package dev.echelon.kubeapi;

/** {@link WatchConformity} of this module over a store in memory. */
class InMemoryWatchesIT extends WatchConformity {
    InMemoryWatchesIT() {
        super(Servers.inMemory());
    }
}
