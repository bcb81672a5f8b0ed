package dev.echelon.kubeapi;

import java.util.List;
import java.util.Optional;

/**
 * What a resource path leads to.
 *
 * @param namespace   empty for cluster-scoped kinds and for all namespaces
 * @param name        empty for the collection
 * @param subresource empty for the object itself
 */
record Target(Served served, String namespace, String name, String subresource) {
    ResourceKind kind() {
        return served.kind();
    }

    boolean isCollection() {
        return name.isEmpty();
    }

    /** The namespace to look in; empty for all. */
    Optional<String> scope() {
        return kind().namespaced() && !namespace.isEmpty() ? Optional.of(namespace) : Optional.empty();
    }

    /**
     * Reads the part of a path after group and version.
     *
     * @param segments decoded, as in {@code [namespaces, team, widgets, w1, status]}
     * @throws ApiException 404 where nothing is served there
     */
    static Target find(Catalog catalog, String apiVersion, List<String> segments) {
        boolean inNamespace = segments.size() > 2 && segments.getFirst().equals("namespaces")
                // namespaces/x/status is a subresource of a namespace, namespaces/x/pods a collection in it
                && (segments.size() > 3 || catalog.find(apiVersion, segments.get(2)).isPresent());
        String namespace = inNamespace ? segments.get(1) : "";
        List<String> rest = inNamespace ? segments.subList(2, segments.size()) : segments;
        Served served = catalog.find(apiVersion, rest.getFirst()).orElseThrow(ApiException::noSuchPath);
        boolean scopeFits = served.kind().namespaced() ? inNamespace || rest.size() == 1 : !inNamespace;
        if (rest.size() > 3 || !scopeFits) {
            throw ApiException.noSuchPath();
        }
        return new Target(served, namespace, rest.size() > 1 ? rest.get(1) : "", rest.size() > 2 ? rest.get(2) : "");
    }
}
