package dev.echelon.kubeapi;

/** {@link BadInputConformity} of Kubernetes' own API server: it says what is right. */
class RealBadInputIT extends BadInputConformity {
    RealBadInputIT() {
        super(Servers.real());
    }
}
