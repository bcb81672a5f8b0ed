package dev.echelon.api.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.domain.FormRules;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.command.Command;
import dev.echelon.contract.command.Command.Precondition;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.DeletePreconditions;
import dev.echelon.kubeapi.Lifecycle;
import dev.echelon.kubeapi.Listing;
import dev.echelon.kubeapi.Part;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.ResourceStore;
import dev.echelon.kubeapi.Subscription;
import dev.echelon.kubeapi.WatchListener;
import dev.echelon.kubeapi.WriteOptions;
import dev.echelon.kubeapi.schema.FieldError;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * ClusterGroupUpgrades as the log has them. Reads come from the table of {@code cgus}; a write is a command, and is
 * answered when the scheduler has accepted it and the table shows it, so that who has the answer also reads it.
 *
 * <p>What can be refused here is refused here, and then nothing is written to any topic: a form that cannot be right, a
 * name that exists, a version that is surely old. Everything else is the scheduler's decision, races included.
 */
public final class KafkaCguStore implements ResourceStore {

    private static final String VIA = "rest";
    private static final int LOCKS = 256;

    private final CguTable table;
    private final AuditIndex audit;
    private final CommandDesk desk;
    private final IdempotentCreates idempotent;
    private final InstantSource clock;
    private final List<Lock> locks =
            IntStream.range(0, LOCKS).<Lock>mapToObj(_ -> new ReentrantLock()).toList();

    public KafkaCguStore(CguTable table, AuditIndex audit, CommandDesk desk, InstantSource clock) {
        this.table = table;
        this.audit = audit;
        this.desk = desk;
        this.idempotent = new IdempotentCreates(audit);
        this.clock = clock;
    }

    @Override
    public Listing list(ResourceKind kind, Optional<String> namespace) {
        awaitLoaded(desk.deadline());
        return table.list(namespace);
    }

    @Override
    public Optional<ObjectNode> get(ResourceKind kind, String namespace, String name) {
        awaitLoaded(desk.deadline());
        return table.tree(new CguId(namespace, name));
    }

    @Override
    public Subscription watch(
            ResourceKind kind, Optional<String> namespace, String resourceVersion, WatchListener listener) {
        awaitLoaded(desk.deadline());
        return table.watch(namespace, resourceVersion, listener);
    }

    @Override
    public ObjectNode create(ResourceKind kind, ObjectNode object, WriteOptions options) {
        CommandDesk.Deadline deadline = desk.deadline();
        awaitLoaded(deadline);
        ClusterGroupUpgrade wanted = read(kind, object);
        check(kind, FormRules.ofNew(wanted), wanted, options);
        if (options.idempotencyKey().isEmpty() || options.dryRun()) {
            return create(kind, object, wanted, UUID.randomUUID().toString(), Map.of(), options, deadline);
        }
        IdempotentCreates.Key key = idempotent.key(kind, wanted, object, options);
        ObjectNode named = idempotent.named(key, object);
        ClusterGroupUpgrade asked = read(kind, named);
        return locked(key.id(), () -> {
            ObjectNode first = idempotent.firstAnswer(kind, key, named).orElse(null);
            if (first != null) {
                return first;
            }
            ObjectNode created = create(kind, named, asked, key.commandId(), key.details(), options, deadline);
            // Another replica may have got the same key at the same moment: one of the two was first.
            idempotent.requireSameBody(kind, key);
            idempotent.remember(key, created);
            return created;
        });
    }

    private ObjectNode create(
            ResourceKind kind,
            ObjectNode object,
            ClusterGroupUpgrade wanted,
            String commandId,
            Map<String, String> details,
            WriteOptions options,
            CommandDesk.Deadline deadline) {
        CguId id = wanted.id();
        // Under a key, what is there may have been created by this very request at another replica; the scheduler
        // knows.
        if (table.get(id).isPresent() && details.isEmpty()) {
            throw ApiException.alreadyExists(kind, id.name());
        }
        // A create that is tried again under its key keeps the identity that it was first submitted with.
        String uid = idempotent.uidOf(details).orElseGet(() -> UUID.randomUUID().toString());
        if (options.dryRun()) {
            return Lifecycle.created(kind, object, uid, clock.instant());
        }
        Command command = new Command.Apply(
                id,
                uid,
                wanted.metadata().labels(),
                wanted.metadata().annotations(),
                wanted.spec(),
                new Precondition(false, null, null, null));
        return submit(kind, command, uid, commandId, details, options, deadline);
    }

    @Override
    public ObjectNode update(ResourceKind kind, ObjectNode object, Part part, WriteOptions options) {
        CguId id = id(object);
        CommandDesk.Deadline deadline = desk.deadline();
        awaitLoaded(deadline);
        if (part == Part.STATUS) {
            throw ApiException.forbidden(kind, id.name(), "the status is Echelon's to write; it cannot be set");
        }
        // One change of one resource at a time, so that a patch is made from what the one before it has left.
        return locked(id.key(), () -> change(kind, id, object, options, deadline));
    }

    private ObjectNode change(
            ResourceKind kind, CguId id, ObjectNode object, WriteOptions options, CommandDesk.Deadline deadline) {
        ObjectNode current = table.tree(id).orElseThrow(() -> ApiException.notFound(kind, id.name()));
        ClusterGroupUpgrade before = table.get(id).orElseThrow(() -> ApiException.notFound(kind, id.name()));
        if (Lifecycle.isDeleting(current)) {
            throw ApiException.conflict(kind, id.name(),
                    "it is being deleted; wait until it is gone, then create it again");
        }
        String seen = dev.echelon.kubeapi.json.Json.textAt(object.get("metadata"), "resourceVersion");
        if (options.rebasable() && !table.isWishOf(id, seen)) {
            throw ApiException.conflict(kind, id.name());
        }
        ObjectNode updated = Lifecycle.updated(
                kind,
                current,
                options.rebasable() ? Lifecycle.withVersion(object, version(before)) : object,
                Part.MAIN);
        if (updated == current) {
            return current;
        }
        ClusterGroupUpgrade wanted = read(kind, updated);
        check(kind, FormRules.ofChange(before, wanted), wanted, options);
        if (!before.metadata().finalizers().equals(wanted.metadata().finalizers())) {
            options.warnings().accept("metadata.finalizers: Echelon's own; the change is ignored");
        }
        if (options.dryRun()) {
            return updated;
        }
        Precondition precondition = new Precondition(
                true,
                before.metadata().uid(),
                options.rebasable() || seen.isEmpty() ? null : seen,
                options.rebasable() ? before.metadata().generation() : null);
        Command command = new Command.Apply(
                id,
                before.metadata().uid(),
                wanted.metadata().labels(),
                wanted.metadata().annotations(),
                wanted.spec(),
                precondition);
        return submit(kind, command, before.metadata().uid(), UUID.randomUUID().toString(), Map.of(), options,
                deadline);
    }

    @Override
    public ObjectNode delete(
            ResourceKind kind,
            String namespace,
            String name,
            DeletePreconditions preconditions,
            WriteOptions options) {
        CguId id = new CguId(namespace, name);
        CommandDesk.Deadline deadline = desk.deadline();
        awaitLoaded(deadline);
        ObjectNode current = table.tree(id).orElseThrow(() -> ApiException.notFound(kind, name));
        preconditions.check(kind, current);
        if (options.dryRun() || Lifecycle.isDeleting(current)) {
            return current;
        }
        String uid = dev.echelon.kubeapi.json.Json.textAt(current.get("metadata"), "uid");
        Command command = new Command.Delete(
                id,
                new Precondition(true, uid, preconditions.resourceVersion().orElse(null), null));
        return submit(kind, command, uid, UUID.randomUUID().toString(), Map.of(), options, deadline);
    }

    private ObjectNode submit(
            ResourceKind kind,
            Command command,
            String uid,
            String commandId,
            Map<String, String> details,
            WriteOptions options,
            CommandDesk.Deadline deadline) {
        CommandRecord record = new CommandRecord(commandId, clock.instant(), options.user(), VIA, command);
        AuditEvent submission = CommandDesk.submission(record, uid, details);
        return switch (desk.submit(record, submission, deadline)) {
            case Answer.Accepted accepted -> shown(command.cgu(), accepted.uid(), accepted, deadline);
            case Answer.Rejected rejected -> throw refusal(kind, command.cgu(), rejected);
        };
    }

    private ObjectNode shown(CguId id, String uid, Answer.Accepted accepted, CommandDesk.Deadline deadline) {
        try {
            return deadline.await(
                    table.whenShown(id, uid, accepted.resourceVersion()),
                    "the change is accepted as resourceVersion " + accepted.resourceVersion()
                            + " and will show here in a moment");
        } catch (ExecutionException e) {
            throw new IllegalStateException("the table never fails", e);
        }
    }

    /** The scheduler's refusal in the words of the Kubernetes API, which name resource and field by themselves. */
    static ApiException refusal(ResourceKind kind, CguId cgu, Answer.Rejected rejected) {
        String message = without(rejected.message(), kind.kind() + " " + cgu + ": ");
        return switch (rejected.reason()) {
            case "AlreadyExists" -> ApiException.alreadyExists(kind, cgu.name());
            case "NotFound" -> ApiException.notFound(kind, cgu.name());
            case "Conflict" -> ApiException.conflict(kind, cgu.name(), message);
            default -> {
                String field = rejected.field().isEmpty() ? "spec" : rejected.field();
                String detail = without(without(message, field + ": "), field + " ");
                yield ApiException.invalid(kind, cgu.name(), List.of(FieldError.forbidden(field, detail)));
            }
        };
    }

    private static String without(String text, String prefix) {
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }

    private void awaitLoaded(CommandDesk.Deadline deadline) {
        try {
            deadline.await(table.whenLoaded(), "the state is still being read from Kafka; try again");
            deadline.await(audit.whenLoaded(), "the audit log is still being read from Kafka; try again");
        } catch (ExecutionException e) {
            throw new IllegalStateException("reading goes on for ever", e);
        }
    }

    private <T> T locked(String what, Supplier<T> work) {
        Lock lock = locks.get(Math.floorMod(what.hashCode(), LOCKS));
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private static void check(
            ResourceKind kind, FormRules.Findings findings, ClusterGroupUpgrade cgu, WriteOptions options) {
        if (!findings.refusals().isEmpty()) {
            throw ApiException.invalid(
                    kind,
                    cgu.metadata().name(),
                    findings.refusals().stream()
                            .map(refusal -> new FieldError(
                                    refusal.field(),
                                    "FieldValueInvalid",
                                    "Invalid value: " + refusal.value() + ": " + refusal.detail()))
                            .toList());
        }
        findings.warnings().forEach(options.warnings());
    }

    private static ClusterGroupUpgrade read(ResourceKind kind, ObjectNode object) {
        // What came by the hub is read as the nearest number that fits; here it can only be a mistake.
        for (String field : List.of("maxConcurrency", "timeout")) {
            JsonNode number = object.at("/spec/remediationStrategy/" + field);
            if (number.isIntegralNumber() && !number.canConvertToInt()) {
                throw ApiException.invalid(
                        kind,
                        object.at("/metadata/name").asText(),
                        List.of(FieldError.invalid(
                                "spec.remediationStrategy." + field, number, "must be a number of 32 bits")));
            }
        }
        try {
            return Json.mapper().treeToValue(object, ClusterGroupUpgrade.class);
        } catch (JsonMappingException e) {
            String field = path(e.getPath());
            JsonNode found = object.at("/" + field.replaceAll("\\[(\\d+)]", "/$1").replace('.', '/'));
            throw ApiException.invalid(
                    kind,
                    object.at("/metadata/name").asText(),
                    List.of(FieldError.invalid(field, found, e.getOriginalMessage().lines().findFirst().orElse(""))));
        } catch (JsonProcessingException e) {
            throw ApiException.badRequest("not a ClusterGroupUpgrade: " + e.getOriginalMessage());
        }
    }

    private static String path(List<JsonMappingException.Reference> references) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference reference : references) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
            }
        }
        return path.isEmpty() ? "spec" : path.toString();
    }

    private static CguId id(ObjectNode object) {
        JsonNode metadata = object.get("metadata");
        return new CguId(
                dev.echelon.kubeapi.json.Json.textAt(metadata, "namespace"),
                dev.echelon.kubeapi.json.Json.textAt(metadata, "name"));
    }

    private static String version(ClusterGroupUpgrade cgu) {
        return cgu.metadata().resourceVersion();
    }
}
