package dev.echelon.kubeapi;

import io.vertx.core.http.HttpServerRequest;

/** Finds out who sends a request, by its head alone: the body is not read before. May block. */
@FunctionalInterface
public interface Authenticator {
    /** The sender. @throws ApiException 401 where it is not known, 403 or 503 where it must not or cannot be asked */
    User authenticate(HttpServerRequest request);
}
