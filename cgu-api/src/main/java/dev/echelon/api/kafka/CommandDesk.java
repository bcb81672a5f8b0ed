package dev.echelon.api.kafka;

import dev.echelon.contract.CguId;
import dev.echelon.contract.Headers;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.command.Command;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.kafka.RecordPublisher;
import dev.echelon.contract.telemetry.Traces;
import dev.echelon.kubeapi.ApiException;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Hands commands in and waits for what the scheduler makes of them: first the audit log hears who wants what, then the
 * command is written, then its answer is awaited. A response is a promise that the log has it.
 */
public final class CommandDesk {

    private static final String SOURCE = "/echelon/cgu-api";

    private final RecordPublisher publisher;
    private final AuditIndex audit;
    private final Duration patience;

    /** @param patience how long to wait for the whole of it */
    public CommandDesk(RecordPublisher publisher, AuditIndex audit, Duration patience) {
        this.publisher = publisher;
        this.audit = audit;
        this.patience = patience;
    }

    /** When the patience of a request that starts now ends. */
    public Deadline deadline() {
        return new Deadline(patience, System.nanoTime() + patience.toNanos());
    }

    /**
     * Until when a request waits.
     *
     * @param nanoTime on the scale of {@link System#nanoTime()}
     */
    public record Deadline(Duration patience, long nanoTime) {

        /**
         * Waits for something.
         *
         * @param known what is known when it does not come in time, for the client
         * @throws ApiException 504 when it does not come in time
         */
        public <T> T await(CompletableFuture<T> something, String known) throws ExecutionException {
            try {
                return something.get(Math.max(0, nanoTime - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                something.cancel(false);
                throw ApiException.timeout("no answer within " + patience.toSeconds() + " s: " + known);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ApiException.unavailable("the server is going down: " + known);
            }
        }
    }

    /**
     * Hands a command in.
     *
     * @param submission the event that tells of it, see {@link #submission}
     * @throws ApiException 504 when the scheduler has not answered in time; 503 when Kafka refuses the records
     */
    public Answer submit(CommandRecord record, AuditEvent submission, Deadline deadline) {
        return Traces.span(
                "submit " + record.command().getClass().getSimpleName(),
                SpanKind.PRODUCER,
                Context.current(),
                record.command().cgu(),
                () -> submitInTrace(record, submission, deadline));
    }

    private Answer submitInTrace(CommandRecord record, AuditEvent submission, Deadline deadline) {
        CguId cgu = record.command().cgu();
        CompletableFuture<Answer> answered = audit.whenAnswered(record.id());
        try {
            write(Topic.AUDIT, cgu, Json.write(submission), Map.of(Headers.CONTENT_TYPE, AuditEvent.CONTENT_TYPE),
                    deadline, "the audit log has not taken the submission; nothing was handed in, try again");
            write(Topic.COMMANDS, cgu, Json.write(record), Map.of(),
                    deadline, "command " + record.id()
                            + " may or may not have been handed in; look before trying again");
            return deadline.await(answered, "command " + record.id() + " lies in the log and the scheduler has not"
                    + " answered it yet; it will be carried out when the scheduler gets to it");
        } catch (ExecutionException e) {
            throw new IllegalStateException("answers are never exceptional", e);
        } finally {
            answered.cancel(false);
        }
    }

    private void write(
            Topic topic, CguId cgu, byte[] value, Map<String, String> headers, Deadline deadline, String known) {
        // The publisher may block for a while where the broker is away; the deadline is the request's all the same.
        CompletableFuture<RecordPublisher.Written> written = new CompletableFuture<>();
        Thread.startVirtualThread(Context.current().wrap(() -> {
            CompletionStage<RecordPublisher.Written> stage = publisher.publish(topic, cgu.key(), value, headers);
            stage.whenComplete((done, failure) -> {
                if (failure != null) {
                    written.completeExceptionally(failure);
                } else {
                    written.complete(done);
                }
            });
        }));
        try {
            deadline.await(written, known);
        } catch (ExecutionException e) {
            throw ApiException.unavailable("Kafka did not take the record: " + e.getCause().getMessage() + "; "
                    + known);
        }
    }

    /** The audit event for a command that is about to be handed in. */
    public static AuditEvent submission(CommandRecord record, String uid, Map<String, String> details) {
        String what = switch (record.command()) {
            case Command.Apply apply -> Boolean.FALSE.equals(apply.precondition().mustExist()) ? "create" : "update";
            case Command.Delete _ -> "delete";
        };
        Map<String, String> all = new java.util.HashMap<>(details);
        all.put(AuditIndex.VERB, what);
        all.put("via", record.via());
        return new AuditEvent(
                "submitted-" + record.id(),
                SOURCE,
                AuditType.SUBMITTED,
                record.command().cgu(),
                record.issuedAt(),
                new AuditEvent.Data(
                        record.actor(),
                        uid,
                        record.id(),
                        record.actor() + " asks to " + what + " ClusterGroupUpgrade " + record.command().cgu() + " via "
                                + record.via(),
                        "",
                        "",
                        all));
    }
}
