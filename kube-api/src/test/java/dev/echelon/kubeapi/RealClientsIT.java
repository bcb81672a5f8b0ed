package dev.echelon.kubeapi;

/** {@link ClientConformity} of Kubernetes' own API server: it says what is right. */
class RealClientsIT extends ClientConformity {
    RealClientsIT() {
        super(Servers.real());
    }
}
