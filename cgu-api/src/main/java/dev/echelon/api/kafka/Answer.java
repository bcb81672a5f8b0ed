package dev.echelon.api.kafka;

import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import java.time.Instant;
import java.util.Optional;

/** What the scheduler made of a command, as its audit event tells. */
public sealed interface Answer {

    /**
     * It is done.
     *
     * @param uid of the resource
     * @param resourceVersion the version that shows it
     * @param at when it was decided
     */
    record Accepted(String uid, String resourceVersion, Instant at) implements Answer {}

    /**
     * It was refused and nothing has changed.
     *
     * @param reason a Kubernetes status reason, as in {@code Conflict}
     * @param field the path in the resource; empty when it is about the whole
     */
    record Rejected(String reason, String field, String message) implements Answer {}

    /** The answer that an event gives; empty when it is about something else. */
    static Optional<Answer> of(AuditEvent event) {
        AuditEvent.Data data = event.data();
        if (data.commandId().isEmpty()) {
            return Optional.empty();
        }
        if (event.auditType() == AuditType.COMMAND_ACCEPTED) {
            return Optional.of(
                    new Accepted(data.uid(), data.details().getOrDefault("resourceVersion", "0"), event.time()));
        }
        if (event.auditType() == AuditType.COMMAND_REJECTED) {
            return Optional.of(new Rejected(
                    data.details().getOrDefault("reason", "Invalid"),
                    data.details().getOrDefault("field", ""),
                    data.message()));
        }
        return Optional.empty();
    }
}
