package dev.echelon.api.auth;

import dev.echelon.kubeapi.User;
import java.util.Optional;

/** Knows whose token it is. */
@FunctionalInterface
interface Tokens {
    /**
     * Whose token it is; empty where it is nobody's, or no longer.
     *
     * @param from the address that sent it
     * @throws dev.echelon.kubeapi.ApiException 503 where that cannot be found out now, 429 where it sends too many
     */
    Optional<User> owner(String token, String from);
}
