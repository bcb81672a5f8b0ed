package dev.echelon.kubeapi;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a write carries besides the object.
 *
 * @param user           who asks
 * @param dryRun         nothing may change; the answer is what would be
 * @param fieldManager   the name under which the client manages fields
 * @param idempotencyKey the {@code Idempotency-Key} header; a store that knows the key answers as it did the first time
 * @param rebasable      the object's resourceVersion is the one that a patch was applied to, not one that the client
 *                       insists on: a store may accept it as long as nothing that a patch can change has changed since
 * @param warnings       takes what the client should hear although the write succeeds
 */
public record WriteOptions(String user, boolean dryRun, Optional<String> fieldManager,
        Optional<String> idempotencyKey, boolean rebasable, Consumer<String> warnings) {
    /** A write of a whole object by a client that hears no warnings. */
    public WriteOptions(String user, boolean dryRun, Optional<String> fieldManager, Optional<String> idempotencyKey) {
        this(user, dryRun, fieldManager, idempotencyKey, false, _ -> { });
    }

    /** A plain write by {@code user}. */
    public static WriteOptions by(String user) {
        return new WriteOptions(user, false, Optional.empty(), Optional.empty());
    }

    /** The same, as a dry run. */
    public WriteOptions asDryRun() {
        return new WriteOptions(user, true, fieldManager, idempotencyKey, rebasable, warnings);
    }

    /** The same, of an object that a patch was applied to. */
    public WriteOptions asRebasable() {
        return new WriteOptions(user, dryRun, fieldManager, idempotencyKey, true, warnings);
    }
}
