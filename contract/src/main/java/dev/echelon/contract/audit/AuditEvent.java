package dev.echelon.contract.audit;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.echelon.contract.CguId;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * One line of the audit log: a CloudEvents 1.0 event in structured JSON.
 *
 * @param id unique with {@code source}; the same decision always has the same id, so that a consumer can drop a repeat
 * @param source {@code /echelon/scheduler} or {@code /echelon/cgu-api}
 * @param type one of those in {@link AuditType}; newer versions may have more
 * @param subject {@code namespace/name} of the CGU
 * @param data who, what, why, and the state before and after in short
 */
@JsonPropertyOrder({"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"})
public record AuditEvent(
        String specversion,
        String id,
        String source,
        String type,
        CguId subject,
        Instant time,
        String datacontenttype,
        Data data) {

    public static final String CONTENT_TYPE = "application/cloudevents+json";

    public AuditEvent {
        specversion = specversion == null ? "1.0" : specversion;
        datacontenttype = datacontenttype == null ? "application/json" : datacontenttype;
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(data, "data");
    }

    public AuditEvent(String id, String source, AuditType type, CguId subject, Instant time, Data data) {
        this("1.0", id, source, type.wire(), subject, time, "application/json", data);
    }

    /** The type where this version knows it, else {@link AuditType#UNRECOGNISED}. */
    @JsonIgnore
    public AuditType auditType() {
        return AuditType.of(type);
    }

    /**
     * What happened.
     *
     * @param actor the user, or the service that decided by itself
     * @param uid of the CGU
     * @param commandId the command that this answers or follows from; empty when time or the fleet caused it
     * @param message one sentence for people
     * @param before state in short before it ({@code reason} of the last condition), empty when there was none
     * @param after state in short after it
     * @param details values by name, as text: {@code batch}, {@code cluster}, {@code clusters}, {@code policy},
     *     {@code reason}, {@code resourceVersion}, ...
     * @param hubEvent the Kubernetes event that tells of it; null where there is none
     */
    @JsonPropertyOrder({"actor", "uid", "commandId", "message", "before", "after", "details", "hubEvent"})
    public record Data(
            String actor,
            String uid,
            String commandId,
            String message,
            String before,
            String after,
            Map<String, String> details,
            HubEvent hubEvent) {
        public Data(
                String actor,
                String uid,
                String commandId,
                String message,
                String before,
                String after,
                Map<String, String> details) {
            this(actor, uid, commandId, message, before, after, details, null);
        }

        public Data {
            actor = orEmpty(actor);
            uid = orEmpty(uid);
            commandId = orEmpty(commandId);
            message = orEmpty(message);
            before = orEmpty(before);
            after = orEmpty(after);
            details = details == null
                    ? Map.of()
                    : java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(details));
        }

        private static String orEmpty(String text) {
            return text == null ? "" : text;
        }
    }
}
