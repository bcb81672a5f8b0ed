package dev.echelon.e2e;

import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The audit trail as the topic has it. */
final class AuditLog {

    private AuditLog() {}

    /** All events about this CGU, in order. */
    static List<AuditEvent> of(String bootstrapServers, CguId cgu) {
        return of(Map.of("bootstrap.servers", bootstrapServers), cgu);
    }

    /** The same as a client with these properties. */
    static List<AuditEvent> of(Map<String, String> client, CguId cgu) {
        List<AuditEvent> events = new ArrayList<>();
        WholeTopic.read(client, Topic.AUDIT, record -> {
            if (record.key().equals(cgu.key())) {
                events.add(Json.read(record.value(), AuditEvent.class));
            }
        });
        return events;
    }

    /** Those of one type. */
    static List<AuditEvent> ofType(List<AuditEvent> events, AuditType type) {
        return events.stream().filter(event -> event.auditType() == type).toList();
    }
}
