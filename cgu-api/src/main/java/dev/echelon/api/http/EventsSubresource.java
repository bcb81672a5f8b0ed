package dev.echelon.api.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.api.kafka.AuditIndex;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.ResponseStream;
import dev.echelon.kubeapi.SubresourceHandler;
import dev.echelon.kubeapi.SubresourceRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@code /events}: the audit trail of one ClusterGroupUpgrade, oldest first, also after it is gone. Plain JSON, or,
 * with {@code Accept: text/event-stream} or {@code ?watch=true}, server-sent events: the trail first, then every new
 * event. {@code Last-Event-ID} resumes behind the event of that id where it is still known.
 */
public final class EventsSubresource implements SubresourceHandler {

    /** A reader that is this far behind is cut off; it resumes by its last event's id. */
    private static final int BACKLOG = 10_000;

    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    private final AuditIndex audit;
    private final AuditHistory history;

    /** Reads from the topic what the index has forgotten. */
    @FunctionalInterface
    public interface AuditHistory {
        /** All events of a CGU, oldest first. May take as long as reading its partition does. */
        List<AuditEvent> read(CguId cgu);
    }

    public EventsSubresource(AuditIndex audit, AuditHistory history) {
        this.audit = audit;
        this.history = history;
    }

    @Override
    public void handle(SubresourceRequest request) throws InterruptedException {
        CguId cgu = new CguId(request.namespace(), request.name());
        boolean live = request.query("watch").filter("true"::equals).isPresent()
                || request.header("Accept").filter(accept -> accept.contains("text/event-stream")).isPresent();
        if (live) {
            stream(request, cgu);
        } else {
            request.respond(200, list(request, cgu));
        }
    }

    private ObjectNode list(SubresourceRequest request, CguId cgu) {
        AuditIndex.Trail trail = audit.trail(cgu);
        List<AuditEvent> events = trail.complete() ? trail.events() : history.read(cgu);
        if (events.isEmpty()) {
            throw ApiException.notFound(request.kind(), cgu.name());
        }
        ObjectNode list = Json.mapper().createObjectNode();
        list.put("apiVersion", "audit.echelon.dev/v1").put("kind", "EventList");
        ArrayNode items = list.putArray("items");
        events.forEach(event -> items.add(Json.<ObjectNode>toTree(event)));
        return list;
    }

    private void stream(SubresourceRequest request, CguId cgu) throws InterruptedException {
        BlockingQueue<AuditEvent> queue = new ArrayBlockingQueue<>(BACKLOG);
        AtomicBoolean tooSlow = new AtomicBoolean();
        AtomicReference<Runnable> stop = new AtomicReference<>(() -> {});
        AuditIndex.Trail trail = audit.follow(cgu, event -> tooSlow.compareAndSet(false, !queue.offer(event)),
                stop::set);
        try {
            List<AuditEvent> past = trail.complete() ? trail.events() : history.read(cgu);
            if (past.isEmpty()) {
                throw ApiException.notFound(request.kind(), cgu.name());
            }
            try (ResponseStream stream = request.stream("text/event-stream")) {
                java.util.Set<String> sent = new java.util.HashSet<>();
                for (AuditEvent event : after(past, request.header("Last-Event-ID").orElse(""))) {
                    send(stream, event);
                    sent.add(event.id());
                }
                follow(stream, queue, tooSlow, sent);
            }
        } finally {
            stop.get().run();
        }
    }

    private static void follow(
            ResponseStream stream, BlockingQueue<AuditEvent> queue, AtomicBoolean tooSlow, java.util.Set<String> sent)
            throws InterruptedException {
        while (stream.isOpen() && !tooSlow.get()) {
            AuditEvent event = queue.poll(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS);
            if (event == null) {
                // A comment: it finds out whether the client is still there.
                stream.write(": \n\n");
                // By now nothing that the topic's history had can still come from the index.
                sent.clear();
            } else if (!sent.contains(event.id())) {
                send(stream, event);
            }
        }
    }

    private static List<AuditEvent> after(List<AuditEvent> events, String id) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).id().equals(id)) {
                return events.subList(i + 1, events.size());
            }
        }
        return events;
    }

    private static void send(ResponseStream stream, AuditEvent event) throws InterruptedException {
        stream.sendEvent(event.id(), event.type(), new String(Json.write(event), StandardCharsets.UTF_8));
    }
}
