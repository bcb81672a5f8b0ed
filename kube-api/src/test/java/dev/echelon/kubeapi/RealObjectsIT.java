package dev.echelon.kubeapi;

/** {@link ObjectConformity} of Kubernetes' own API server: it says what is right. */
class RealObjectsIT extends ObjectConformity {
    RealObjectsIT() {
        super(Servers.real());
    }
}
