package dev.echelon.kubeapi;

/** {@link ClientConformity} of this module over a store in memory. */
class InMemoryClientsIT extends ClientConformity {
    InMemoryClientsIT() {
        super(Servers.inMemory());
    }
}
