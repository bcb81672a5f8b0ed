package dev.echelon.api.kafka;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.Json;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.Lifecycle;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.WriteOptions;
import dev.echelon.kubeapi.schema.FieldError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Creates under an {@code Idempotency-Key}: a repeat gets the first answer, also from a process that was started later,
 * because key, body and outcome are in the audit log. A key belongs to its user and to one body.
 */
final class IdempotentCreates {

    private static final String HEADER = "Idempotency-Key";
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]{1,255}");
    private static final int REMEMBERED = 1_000;
    /** So many characters the API puts behind {@code generateName}. */
    private static final int SUFFIX = 5;
    private static final ObjectWriter CANONICAL =
            Json.mapper().writer().with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private final AuditIndex audit;
    private final Map<String, ObjectNode> firstAnswers = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ObjectNode> eldest) {
            return size() > REMEMBERED;
        }
    };

    IdempotentCreates(AuditIndex audit) {
        this.audit = audit;
    }

    /**
     * A user's key with what it is used for.
     *
     * @param id of the key: the same for the same user and key
     * @param commandId the same for the same user and key, too
     * @param bodyHash of what is to be created
     */
    record Key(String id, String commandId, String bodyHash, String name) {

        /** What the audit log keeps of it. */
        Map<String, String> details() {
            return Map.of(AuditIndex.IDEMPOTENCY, id, AuditIndex.BODY_HASH, bodyHash);
        }
    }

    /** @throws ApiException 400 when the header is not one of 1 to 255 printable ASCII characters */
    Key key(ResourceKind kind, ClusterGroupUpgrade wanted, ObjectNode object, WriteOptions options) {
        String given = options.idempotencyKey().orElseThrow();
        if (!PRINTABLE.matcher(given).matches()) {
            throw ApiException.badRequest(HEADER + ": must be 1 to 255 printable ASCII characters without spaces");
        }
        // The key itself stays out of the log: it is the client's secret handle on its request.
        String id = hash((options.user() + "\n" + given).getBytes(StandardCharsets.UTF_8));
        // A generated name differs from one attempt to the next and is no part of what was asked for.
        boolean generated = !object.at("/metadata/generateName").asText().isEmpty();
        Map<String, Object> asked = new java.util.TreeMap<>();
        asked.put("name", generated ? object.at("/metadata/generateName").asText() + "*" : wanted.metadata().name());
        asked.put("namespace", wanted.metadata().namespace());
        asked.put("labels", wanted.metadata().labels());
        asked.put("annotations", wanted.metadata().annotations());
        asked.put("spec", wanted.spec());
        String commandId = UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.US_ASCII)).toString();
        try {
            return new Key(id, commandId, hash(CANONICAL.writeValueAsBytes(asked)), wanted.metadata().name());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException("cannot write a ClusterGroupUpgrade as JSON", e);
        }
    }

    /**
     * What was answered under this key before; empty when this is the first time, or the first attempt got no answer.
     *
     * @throws ApiException as the first time; 422 when the key was used for another body
     */
    Optional<ObjectNode> firstAnswer(ResourceKind kind, Key key, ObjectNode object) {
        Optional<AuditEvent> submission = audit.submission(key.id());
        if (submission.isEmpty()) {
            return Optional.empty();
        }
        requireSameBody(kind, key);
        return audit.answer(key.commandId()).map(answer -> switch (answer) {
            case Answer.Accepted accepted -> remembered(key)
                    .orElseGet(() -> again(kind, submission.get(), accepted, object));
            case Answer.Rejected rejected -> throw KafkaCguStore.refusal(kind, submission.get().subject(), rejected);
        });
    }

    /** @throws ApiException 422 when the key was first used for another body */
    void requireSameBody(ResourceKind kind, Key key) {
        audit.submission(key.id())
                .filter(first -> !key.bodyHash().equals(first.data().details().get(AuditIndex.BODY_HASH)))
                .ifPresent(first -> {
                    throw ApiException.invalid(kind, key.name(), List.of(new FieldError(
                            HEADER,
                            "FieldValueInvalid",
                            "Invalid value: this header's value was used before, to create " + first.subject()
                                    + " with another body; use a new value for a new request")));
                });
    }

    /**
     * The object as it is to be created under this key. A generated name has its random part from the key, so that a
     * repeat asks for the same object, whichever replica gets it.
     */
    ObjectNode named(Key key, ObjectNode object) {
        String prefix = object.at("/metadata/generateName").asText();
        String name = object.at("/metadata/name").asText();
        String kept = prefix.substring(0, Math.min(prefix.length(), name.length()));
        if (prefix.isEmpty() || name.length() < SUFFIX || !kept.startsWith(name.substring(0, name.length() - SUFFIX))) {
            return object;
        }
        ObjectNode metadata = ((ObjectNode) object.get("metadata")).deepCopy();
        metadata.put("name", name.substring(0, name.length() - SUFFIX) + key.id().substring(0, SUFFIX));
        return dev.echelon.kubeapi.json.Json.with(object, "metadata", metadata);
    }

    /** The uid of a first attempt under this key that got no answer. */
    Optional<String> uidOf(Map<String, String> details) {
        return Optional.ofNullable(details.get(AuditIndex.IDEMPOTENCY))
                .flatMap(audit::submission)
                .map(submission -> submission.data().uid());
    }

    synchronized void remember(Key key, ObjectNode answer) {
        firstAnswers.put(key.id(), answer);
    }

    private synchronized Optional<ObjectNode> remembered(Key key) {
        return Optional.ofNullable(firstAnswers.get(key.id()));
    }

    private static ObjectNode again(
            ResourceKind kind, AuditEvent submission, Answer.Accepted accepted, ObjectNode object) {
        ObjectNode created = Lifecycle.created(kind, object, accepted.uid(), accepted.at());
        ObjectNode metadata = ((ObjectNode) created.get("metadata")).deepCopy();
        metadata.put("name", submission.subject().name());
        return Lifecycle.withVersion(
                dev.echelon.kubeapi.json.Json.with(created, "metadata", metadata), accepted.resourceVersion());
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
