package dev.echelon.kubeapi;

/** Decides whether a user may do something. May block. */
@FunctionalInterface
public interface AccessCheck {
    /**
     * What is asked for, in the words of Kubernetes' RBAC.
     *
     * @param verb        {@code get, list, watch, create, update, patch, delete, deletecollection}
     * @param subresource empty for the object itself
     * @param namespace   empty for all namespaces and for cluster-scoped kinds
     * @param name        empty for lists and creation
     */
    record Access(User user, String verb, ResourceKind kind, String subresource, String namespace, String name) {
        /** The refusal of it, in the API server's words. */
        public ApiException refusal(String why) {
            String resource = kind.plural() + (subresource.isEmpty() ? "" : "/" + subresource);
            String where = !kind.namespaced() || namespace.isEmpty() ? "at the cluster scope"
                    : "in the namespace \"" + namespace + "\"";
            return ApiException.forbidden(kind, name, "User \"%s\" cannot %s resource \"%s\" in API group \"%s\" %s%s"
                    .formatted(user.name(), verb, resource, kind.group(), where, why.isEmpty() ? "" : ": " + why));
        }
    }

    /** Returns where it is allowed. @throws ApiException 403 (or 401) where it is not */
    void check(Access access);
}
