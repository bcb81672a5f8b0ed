package dev.echelon.kubeapi;

/** {@link ReadConformity} of Kubernetes' own API server: it says what is right. */
class RealReadsIT extends ReadConformity {
    RealReadsIT() {
        super(Servers.real());
    }
}
