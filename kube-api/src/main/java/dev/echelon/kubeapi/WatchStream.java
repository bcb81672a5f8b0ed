package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.schema.FieldError;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One watch: what is there, where the client asks for it, then every change, bookmarks in between, until the client
 * goes, its time is up, or it is too slow.
 *
 * <p>The store hands changes to a queue; a virtual thread writes them out and waits for the network. A client that
 * leaves more than {@code backlog} changes unread is told 410 and has to list again: memory does not grow with its
 * slowness.
 */
final class WatchStream implements WatchListener {
    private static final int PORTION = 100;

    /** How watches behave. */
    record Settings(Duration bookmarkInterval, Duration longest, int backlog, Clock clock) { }

    private final Settings settings;
    private final Target target;
    private final Selection selection;
    private final Representation wanted;
    private final String includeObject;
    private final boolean bookmarks;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();
    private final Queue<WatchEvent> queue = new ArrayDeque<>();
    private Optional<ApiException> ended = Optional.empty();
    private boolean gone;
    private boolean headingsSent;

    private WatchStream(Settings settings, Exchange exchange, Target target) {
        this.settings = settings;
        this.target = target;
        this.selection = Selection.of(exchange, target);
        this.wanted = exchange.negotiate();
        this.includeObject = exchange.query("includeObject").orElse("");
        this.bookmarks = exchange.flag("allowWatchBookmarks");
    }

    /** Serves a watch until its end. */
    static void serve(Settings settings, Exchange exchange, Target target) throws InterruptedException {
        WatchStream watch = new WatchStream(settings, exchange, target);
        boolean listFirst = exchange.flag("sendInitialEvents");
        if (listFirst && !exchange.query("resourceVersionMatch").orElse("").equals("NotOlderThan")) {
            throw ApiException.invalid("meta.k8s.io", "ListOptions", "", List.of(FieldError.forbidden(
                    "resourceVersionMatch",
                    "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")));
        }
        Duration length = exchange.number("timeoutSeconds").filter(seconds -> seconds > 0).map(Duration::ofSeconds)
                .filter(asked -> asked.compareTo(settings.longest) < 0).orElse(settings.longest);
        String from = exchange.query("resourceVersion").orElse("0");
        watch.run(exchange, from, listFirst, length);
    }

    private void run(Exchange exchange, String from, boolean markEnd, Duration length) throws InterruptedException {
        boolean listFirst = markEnd || from.equals("0");
        Optional<Listing> initial = listFirst ? Optional.of(selection.list()) : Optional.empty();
        String start = initial.map(Listing::resourceVersion).orElse(from);
        Optional<Subscription> subscription = Optional.empty();
        ApiException refused = null;
        try {
            subscription = Optional.of(
                    target.served().store().watch(target.kind(), selection.namespace(), start, this));
        } catch (ApiException e) {
            if (!e.reason().equals("Expired")) {
                throw e;
            }
            // Clients look for an old version in the stream, not in the status of the answer.
            refused = e;
        }
        try (ResponseStream stream = exchange.stream(Representation.JSON.contentType())) {
            stream.onClose(this::clientGone);
            if (refused != null) {
                stream.write(WatchEvent.line("ERROR", refused.toStatus()));
                return;
            }
            List<WatchEvent> first = new ArrayList<>();
            initial.ifPresent(listing -> listing.items().forEach(object -> first.add(WatchEvent.added(object))));
            write(stream, first);
            if (markEnd && bookmarks) {
                stream.write(bookmark(start, true));
            }
            pump(stream, subscription.orElseThrow(), System.nanoTime() + length.toNanos());
        } finally {
            subscription.ifPresent(Subscription::close);
        }
    }

    private void pump(ResponseStream stream, Subscription subscription, long end) throws InterruptedException {
        long nextBookmark = System.nanoTime() + settings.bookmarkInterval.toNanos();
        while (stream.isOpen()) {
            long now = System.nanoTime();
            if (now >= end) {
                return;
            }
            if (bookmarks && now >= nextBookmark) {
                // Read the version first: every change up to it is in the queue by then and is written before it.
                String version = subscription.resourceVersion();
                write(stream, take(0));
                stream.write(bookmark(version, false));
                nextBookmark = now + settings.bookmarkInterval.toNanos();
            }
            List<WatchEvent> events = take((bookmarks ? Math.min(end, nextBookmark) : end) - System.nanoTime());
            write(stream, events);
            Optional<ApiException> reason = reasonToEnd();
            if (reason.isPresent()) {
                stream.write(WatchEvent.line("ERROR", reason.get().toStatus()));
                return;
            }
        }
    }

    private List<WatchEvent> take(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (queue.isEmpty() && ended.isEmpty() && !gone && left > 0) {
                left = something.awaitNanos(left);
            }
            List<WatchEvent> taken = List.copyOf(queue);
            queue.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private Optional<ApiException> reasonToEnd() {
        lock.lock();
        try {
            return queue.isEmpty() ? ended : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void changed(WatchEvent event) {
        lock.lock();
        try {
            if (ended.isPresent() || gone) {
                return;
            }
            if (queue.size() >= settings.backlog) {
                queue.clear();
                ended = Optional.of(ApiException.expired("the watch was too slow: more than %d changes were unread; "
                        .formatted(settings.backlog) + "list again and watch from there"));
            } else {
                queue.add(event);
            }
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ended(ApiException reason) {
        lock.lock();
        try {
            ended = Optional.of(reason);
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    private void clientGone() {
        lock.lock();
        try {
            gone = true;
            queue.clear();
            something.signal();
        } finally {
            lock.unlock();
        }
    }

    private void write(ResponseStream stream, List<WatchEvent> events) throws InterruptedException {
        // In portions, so that a long list is not in memory a second time as text.
        for (int from = 0; from < events.size(); from += PORTION) {
            stream.writeAll(events.subList(from, Math.min(from + PORTION, events.size())).stream()
                    .map(this::line).flatMap(Optional::stream).toList());
        }
    }

    /** The line that this client sees of a change; none where the change does not concern its selection. */
    private Optional<byte[]> line(WatchEvent event) {
        boolean is = event.type() != WatchEvent.Type.DELETED && selection.matches(event.object());
        boolean was = event.previous().map(selection::matches).orElse(false);
        if (!is && !was) {
            return Optional.empty();
        }
        WatchEvent.Type type = is && was ? WatchEvent.Type.MODIFIED
                : is ? WatchEvent.Type.ADDED : WatchEvent.Type.DELETED;
        // An object that has left the selection is shown as it last was in it.
        ObjectNode object = is || event.type() == WatchEvent.Type.DELETED ? event.object()
                : Lifecycle.withVersion(event.previous().orElseThrow(), event.resourceVersion());
        return Optional.of(switch (wanted.form()) {
            case TABLE -> WatchEvent.line(type.name(), table(object));
            case PARTIAL -> WatchEvent.line(type.name(), TableView.partial(object, wanted.version()));
            case PLAIN, DISCOVERY -> type == event.type() ? event.line() : WatchEvent.line(type.name(), object);
        });
    }

    private ObjectNode table(ObjectNode object) {
        boolean headings = !headingsSent;
        headingsSent = true;
        ObjectNode metadata = Json.object().put("resourceVersion",
                Json.textAt(Json.objectAt(object, "metadata"), "resourceVersion"));
        return target.served().table().of(List.of(object), metadata, wanted, includeObject, headings,
                settings.clock.instant());
    }

    private byte[] bookmark(String resourceVersion, boolean initialEventsEnd) {
        ObjectNode metadata = Json.object().put("resourceVersion", resourceVersion);
        metadata.putNull("creationTimestamp");
        if (initialEventsEnd) {
            metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        ObjectNode object = Json.object();
        object.put("kind", target.kind().kind()).put("apiVersion", target.kind().apiVersion());
        object.set("metadata", metadata);
        return WatchEvent.line("BOOKMARK", switch (wanted.form()) {
            case TABLE -> target.served().table().of(List.of(), metadata, wanted, includeObject, false,
                    settings.clock.instant());
            case PARTIAL -> TableView.partial(object, wanted.version());
            case PLAIN, DISCOVERY -> object;
        });
    }
}
