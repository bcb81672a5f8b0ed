package dev.echelon.kubeapi;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An answer of unknown length, written piece by piece. Writing blocks until the network has taken the piece, so that a
 * slow client slows its writer down and nothing piles up in memory.
 */
public final class ResponseStream implements AutoCloseable {
    private static final int BATCH_BYTES = 64 * 1024;

    /** What carries the pieces: a chunked response, or a web socket with a message per piece. */
    private sealed interface Carrier {
        record Chunks(HttpServerResponse response) implements Carrier { }

        record Messages(ServerWebSocket socket) implements Carrier { }
    }

    private final Carrier carrier;
    private final Duration patience;
    private volatile boolean open = true;
    private volatile Runnable whenClosed = () -> { };

    private ResponseStream(Carrier carrier, Duration patience) {
        this.carrier = carrier;
        this.patience = patience;
    }

    static ResponseStream of(HttpServerResponse response, Duration patience) {
        ResponseStream stream = new ResponseStream(new Carrier.Chunks(response), patience);
        response.closeHandler(_ -> stream.lost());
        response.exceptionHandler(_ -> stream.lost());
        return stream;
    }

    static ResponseStream of(ServerWebSocket socket, Duration patience) {
        ResponseStream stream = new ResponseStream(new Carrier.Messages(socket), patience);
        socket.closeHandler(_ -> stream.lost());
        socket.exceptionHandler(_ -> stream.lost());
        return stream;
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
            await(switch (carrier) {
                case Carrier.Chunks(HttpServerResponse response) -> response.write(Buffer.buffer(bytes));
                case Carrier.Messages(ServerWebSocket socket) -> message(socket, bytes);
            });
        }
    }

    /**
     * One frame for a message of any length, as API servers send it: fabric8's client asks for one frame at a time and
     * waits for ever for the rest of a message that Vert.x has split.
     */
    private static Future<Void> message(ServerWebSocket socket, byte[] bytes) {
        return socket.writeFinalTextFrame(new String(bytes, StandardCharsets.UTF_8));
    }

    /** Writes pieces one after the other, as few at a time as the carrier allows. */
    void writeAll(List<byte[]> pieces) throws InterruptedException {
        switch (carrier) {
            case Carrier.Messages(ServerWebSocket socket) -> {
                // They go out in this order: when the last one has, all have.
                Future<Void> last = Future.succeededFuture();
                for (byte[] piece : pieces) {
                    last = message(socket, piece);
                }
                await(last);
            }
            case Carrier.Chunks(HttpServerResponse _) -> {
                ByteArrayOutputStream batch = new ByteArrayOutputStream();
                for (byte[] piece : pieces) {
                    batch.writeBytes(piece);
                    if (batch.size() >= BATCH_BYTES) {
                        write(batch.toByteArray());
                        batch.reset();
                    }
                }
                if (batch.size() > 0) {
                    write(batch.toByteArray());
                }
            }
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
        try {
            written.toCompletionStage().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException _) {
            open = false;
        } catch (TimeoutException _) {
            open = false;
            abandon();
        }
    }

    private void abandon() {
        switch (carrier) {
            case Carrier.Chunks(HttpServerResponse response) -> response.reset();
            case Carrier.Messages(ServerWebSocket socket) -> socket.close();
        }
    }

    /** Ends the answer. */
    @Override
    public void close() {
        if (open) {
            open = false;
            switch (carrier) {
                case Carrier.Chunks(HttpServerResponse response) -> response.end();
                case Carrier.Messages(ServerWebSocket socket) -> socket.close();
            }
        }
    }
}
