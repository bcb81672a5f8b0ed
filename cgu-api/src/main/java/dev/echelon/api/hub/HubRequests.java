package dev.echelon.api.hub;

/** Hears of every request that is sent to the hub, watches' own aside. */
@FunctionalInterface
public interface HubRequests {

    /**
     * @param verb as in RBAC: {@code create}, {@code patch}, {@code get}, {@code delete}
     * @param resource plural, with the subresource after a slash
     */
    void sent(String verb, String resource);
}
