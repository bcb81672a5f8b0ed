package dev.echelon.kubeapi;

/** {@link BadInputConformity} of this module over a store in memory. */
class InMemoryBadInputIT extends BadInputConformity {
    InMemoryBadInputIT() {
        super(Servers.inMemory());
    }
}
