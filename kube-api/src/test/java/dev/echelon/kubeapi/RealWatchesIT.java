package dev.echelon.kubeapi;

/** {@link WatchConformity} of Kubernetes' own API server: it says what is right. */
class RealWatchesIT extends WatchConformity {
    RealWatchesIT() {
        super(Servers.real());
    }
}
