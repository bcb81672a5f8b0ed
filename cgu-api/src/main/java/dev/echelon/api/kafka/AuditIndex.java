package dev.echelon.api.kafka;

import dev.echelon.contract.CguId;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.kafka.TopicRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What the audit topic has told: the answers to commands, which idempotency keys were used for what, and the newest
 * events of each ClusterGroupUpgrade. All of it is bounded and made again from the topic when the process starts.
 */
public final class AuditIndex {

    /** Keys of {@link AuditEvent.Data#details()} that cgu-api writes with a submission. */
    public static final String VERB = "verb";

    public static final String IDEMPOTENCY = "idempotency";
    public static final String BODY_HASH = "bodyHash";
    public static final String SPEC = "spec";
    public static final String LABELS = "labels";
    public static final String ANNOTATIONS = "annotations";

    private final int eventsPerCgu;
    private final Map<String, Answer> answers;
    private final Map<String, AuditEvent> submissions;
    private final Map<CguId, Recent> recent;
    private final Map<String, List<CompletableFuture<Answer>>> waiting = new HashMap<>();
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private boolean forgotSomeCgu;

    /** The newest events of one CGU, their ids, and who wants to hear of more. */
    private static final class Recent {
        private final Deque<AuditEvent> events = new ArrayDeque<>();
        private final Set<String> ids = new HashSet<>();
        private final List<Consumer<AuditEvent>> listeners = new ArrayList<>();
        private boolean complete;

        Recent(boolean complete) {
            this.complete = complete;
        }
    }

    /**
     * @param eventsPerCgu how many events of one CGU are kept
     * @param commands how many answers and idempotency keys are kept
     * @param cgus of how many CGUs events are kept; those without news the longest are forgotten first
     */
    public AuditIndex(int eventsPerCgu, int commands, int cgus) {
        this.eventsPerCgu = eventsPerCgu;
        this.answers = bounded(commands);
        this.submissions = bounded(commands);
        this.recent = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<CguId, Recent> eldest) {
                boolean forget = size() > cgus && eldest.getValue().listeners.isEmpty();
                forgotSomeCgu |= forget;
                return forget;
            }
        };
    }

    private static <V> Map<String, V> bounded(int size) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > size;
            }
        };
    }

    /**
     * Takes in a record of the topic.
     *
     * @throws IllegalArgumentException when it is not an audit event
     */
    public void accept(TopicRecord received) {
        AuditEvent event = received.read(AuditEvent.class);
        List<Consumer<AuditEvent>> listeners;
        List<CompletableFuture<Answer>> asked = List.of();
        Optional<Answer> answer = Answer.of(event);
        synchronized (this) {
            Recent here = recent.computeIfAbsent(event.subject(), _ -> new Recent(!forgotSomeCgu));
            if (!here.ids.add(event.source() + "#" + event.id())) {
                return;
            }
            here.events.addLast(event);
            if (here.events.size() > eventsPerCgu) {
                AuditEvent forgotten = here.events.removeFirst();
                here.ids.remove(forgotten.source() + "#" + forgotten.id());
                here.complete = false;
            }
            listeners = List.copyOf(here.listeners);
            if (answer.isPresent()) {
                answers.putIfAbsent(event.data().commandId(), answer.get());
                asked = List.copyOf(waiting.getOrDefault(event.data().commandId(), List.of()));
            } else if (event.auditType() == AuditType.SUBMITTED && event.data().details().containsKey(IDEMPOTENCY)) {
                submissions.putIfAbsent(event.data().details().get(IDEMPOTENCY), event);
            }
        }
        asked.forEach(one -> one.complete(answer.orElseThrow()));
        listeners.forEach(listener -> listener.accept(event));
    }

    /** All that was in the topic at the start has been handed over. */
    public void loaded() {
        loaded.complete(null);
    }

    /** Completes when the index knows what was in the topic at the start. */
    public CompletableFuture<Void> whenLoaded() {
        return loaded.copy();
    }

    /** Completes with the answer to a command; it may never come. Cancel it to give up. */
    public synchronized CompletableFuture<Answer> whenAnswered(String commandId) {
        Answer known = answers.get(commandId);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        CompletableFuture<Answer> asked = new CompletableFuture<>();
        waiting.computeIfAbsent(commandId, _ -> new ArrayList<>()).add(asked);
        asked.whenComplete((_, _) -> forget(commandId));
        return asked;
    }

    private synchronized void forget(String commandId) {
        List<CompletableFuture<Answer>> here = waiting.get(commandId);
        if (here != null && here.removeIf(CompletableFuture::isDone) && here.isEmpty()) {
            waiting.remove(commandId);
        }
    }

    /** The answer to a command, where it is known. */
    public synchronized Optional<Answer> answer(String commandId) {
        return Optional.ofNullable(answers.get(commandId));
    }

    /** The first submission that was made under this user's idempotency key. */
    public synchronized Optional<AuditEvent> submission(String idempotency) {
        return Optional.ofNullable(submissions.get(idempotency));
    }

    /**
     * The newest events of a CGU.
     *
     * @param complete whether there are none before them in the topic
     */
    public record Trail(List<AuditEvent> events, boolean complete) {}

    /** The newest events of a CGU, oldest first. */
    public synchronized Trail trail(CguId cgu) {
        Recent here = recent.get(cgu);
        return here == null ? new Trail(List.of(), false) : new Trail(List.copyOf(here.events), here.complete);
    }

    /**
     * The newest events of a CGU, and from there on every further one; none twice, none missing.
     *
     * @param listener must return at once
     * @param stop takes what ends it
     */
    public synchronized Trail follow(CguId cgu, Consumer<AuditEvent> listener, Consumer<Runnable> stop) {
        Recent here = recent.computeIfAbsent(cgu, _ -> new Recent(!forgotSomeCgu));
        here.listeners.add(listener);
        stop.accept(() -> {
            synchronized (this) {
                here.listeners.remove(listener);
            }
        });
        return new Trail(List.copyOf(here.events), here.complete);
    }
}
