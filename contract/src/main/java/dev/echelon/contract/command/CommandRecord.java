package dev.echelon.contract.command;

import dev.echelon.contract.SchemaVersion;
import java.time.Instant;
import java.util.Objects;

/**
 * A command with who asked, as it lies in the topic.
 *
 * @param id chosen by the sender; the same id is carried out once
 * @param issuedAt when the sender took it in
 * @param actor the user's name, or the component that acts for one
 * @param via {@code rest} or {@code hub}
 */
public record CommandRecord(int schemaVersion, String id, Instant issuedAt, String actor, String via, Command command) {

    public CommandRecord {
        SchemaVersion.require(schemaVersion);
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(issuedAt, "issuedAt");
        Objects.requireNonNull(command, "command");
        actor = actor == null ? "" : actor;
        via = via == null ? "" : via;
    }

    public CommandRecord(String id, Instant issuedAt, String actor, String via, Command command) {
        this(SchemaVersion.CURRENT, id, issuedAt, actor, via, command);
    }
}
