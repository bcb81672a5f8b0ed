package dev.echelon.kubeapi;

import java.util.Optional;

/**
 * What a write carries besides the object.
 *
 * @param user           who asks
 * @param dryRun         nothing may change; the answer is what would be
 * @param fieldManager   the name under which the client manages fields
 * @param idempotencyKey the {@code Idempotency-Key} header; a store that knows the key answers as it did the first time
 */
public record WriteOptions(String user, boolean dryRun, Optional<String> fieldManager,
        Optional<String> idempotencyKey) {
    /** A plain write by {@code user}. */
    public static WriteOptions by(String user) {
        return new WriteOptions(user, false, Optional.empty(), Optional.empty());
    }

    /** The same, as a dry run. */
    public WriteOptions asDryRun() {
        return new WriteOptions(user, true, fieldManager, idempotencyKey);
    }
}
