package dev.echelon.kubeapi;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An answer of unknown length, written piece by piece. Writing blocks until the network has taken the piece, so that a
 * slow client slows its writer down and nothing piles up in memory.
 */
public final class ResponseStream implements AutoCloseable {
    private final HttpServerResponse response;
    private final Duration patience;
    private volatile boolean open = true;
    private volatile Runnable whenClosed = () -> { };

    ResponseStream(HttpServerResponse response, Duration patience) {
        this.response = response;
        this.patience = patience;
        response.closeHandler(_ -> lost());
        response.exceptionHandler(_ -> lost());
    }

    private void lost() {
        open = false;
        whenClosed.run();
    }

    /** Is told, on a thread that must not be blocked, when the client goes away; at once where it is gone already. */
    public void onClose(Runnable action) {
        whenClosed = action;
        if (!open) {
            action.run();
        }
    }

    /** Whether the client is still there. */
    public boolean isOpen() {
        return open;
    }

    /** Writes bytes; does nothing where the client is gone. */
    public void write(byte[] bytes) throws InterruptedException {
        if (open) {
            await(response.write(Buffer.buffer(bytes)));
        }
    }

    /** Writes text in UTF-8. */
    public void write(String text) throws InterruptedException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes a server-sent event.
     *
     * @param id    lets the client resume; may be empty
     * @param event its type; may be empty
     * @param data  its content; line breaks are kept
     */
    public void sendEvent(String id, String event, String data) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        if (!id.isEmpty()) {
            text.append("id: ").append(id).append('\n');
        }
        if (!event.isEmpty()) {
            text.append("event: ").append(event).append('\n');
        }
        data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
        write(text.append('\n').toString());
    }

    private void await(Future<Void> written) throws InterruptedException {
        CompletableFuture<Void> done = new CompletableFuture<>();
        written.onComplete(result -> {
            if (result.succeeded()) {
                done.complete(null);
            } else {
                done.completeExceptionally(result.cause());
            }
        });
        try {
            done.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException _) {
            open = false;
        } catch (TimeoutException _) {
            open = false;
            response.reset();
        }
    }

    /** Ends the answer. */
    @Override
    public void close() {
        if (open) {
            open = false;
            response.end();
        }
    }
}
