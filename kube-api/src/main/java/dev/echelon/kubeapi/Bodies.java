package dev.echelon.kubeapi;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.function.Consumer;

/** Reads request bodies up to a limit. Must be called on the request's own event loop, before any of it was read. */
final class Bodies {
    /** How much of a body that is refused is still read, so that the client gets to see why. */
    private static final long PATIENCE = 16;

    private Bodies() {
    }

    static void read(HttpServerRequest request, int limit, Consumer<byte[]> whenRead, Runnable whenTooLarge) {
        if (announced(request) > limit && "100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().putHeader("Connection", "close");
            whenTooLarge.run();
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        Buffer body = Buffer.buffer();
        long[] seen = {0};
        request.handler(piece -> {
            seen[0] += piece.length();
            if (seen[0] <= limit) {
                body.appendBuffer(piece);
            } else if (seen[0] > PATIENCE * limit && !request.response().ended()) {
                request.response().putHeader("Connection", "close");
                whenTooLarge.run();
                request.connection().close();
            }
        });
        request.endHandler(_ -> {
            if (seen[0] <= limit) {
                whenRead.accept(body.getBytes());
            } else if (!request.response().ended()) {
                whenTooLarge.run();
            }
        });
        request.resume();
    }

    /** Whether a body comes with this request. */
    static boolean follow(HttpServerRequest request) {
        return announced(request) > 0 || request.getHeader("Transfer-Encoding") != null
                || request.version() == HttpVersion.HTTP_2 && !request.isEnded();
    }

    /** Reads a body that nobody wants, so that the client gets to see the answer. */
    static void discard(HttpServerRequest request) {
        request.handler(_ -> { });
        request.resume();
    }

    private static long announced(HttpServerRequest request) {
        try {
            String length = request.getHeader("Content-Length");
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
