package dev.echelon.kubeapi;

/** {@link ObjectConformity} of this module over a store in memory. */
class InMemoryObjectsIT extends ObjectConformity {
    InMemoryObjectsIT() {
        super(Servers.inMemory());
    }
}
