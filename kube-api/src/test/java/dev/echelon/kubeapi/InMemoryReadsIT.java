package dev.echelon.kubeapi;

/** {@link ReadConformity} of this module over a store in memory. */
class InMemoryReadsIT extends ReadConformity {
    InMemoryReadsIT() {
        super(Servers.inMemory());
    }
}
