package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.schema.FieldError;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One request and its answer. */
final class Exchange {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final HttpServerRequest request;
    private final Context context;
    private final HttpServerResponse response;
    private final byte[] body;
    private final User user;
    private final Supplier<Runnable> whenStreaming;
    private Runnable whenAnswered = () -> { };
    private Representation representation = Representation.JSON;

    /** An exchange with a client of whom nothing is known: good for a refusal. @param context as below */
    Exchange(HttpServerRequest request, Context context) {
        this(request, context, new byte[0], User.ANONYMOUS, () -> () -> { });
    }

    /**
     * @param context       the event loop that the request came on
     * @param whenStreaming asked when the answer turns out to be one that goes on; what it gives is run in the end
     */
    Exchange(HttpServerRequest request, Context context, byte[] body, User user, Supplier<Runnable> whenStreaming) {
        this.request = request;
        this.context = context;
        this.response = request.response();
        this.body = body;
        this.user = user;
        this.whenStreaming = whenStreaming;
    }

    /** Settles the form of the answer. @throws ApiException 406 */
    Representation negotiate() {
        representation = Representation.of(request.getHeader("Accept"));
        return representation;
    }

    String method() {
        return request.method().name();
    }

    User user() {
        return user;
    }

    byte[] body() {
        return body;
    }

    Optional<String> query(String parameter) {
        return Optional.ofNullable(request.getParam(parameter)).filter(value -> !value.isEmpty());
    }

    boolean flag(String parameter) {
        return query(parameter).map(value -> value.equals("true") || value.equals("1")).orElse(false);
    }

    /** A number in the query. @throws ApiException 400 where it is none */
    Optional<Long> number(String parameter) {
        return query(parameter).map(value -> {
            try {
                return Long.parseLong(value);
            } catch (NumberFormatException _) {
                throw ApiException.badRequest("strconv.ParseInt: parsing \"%s\": invalid syntax".formatted(value));
            }
        });
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeader(name)).filter(value -> !value.isBlank());
    }

    /** The media type of the body, without parameters, in lower case; empty where none is given. */
    String contentType() {
        return header("Content-Type").map(type -> type.split(";")[0].strip().toLowerCase(Locale.ROOT))
                .orElse("");
    }

    /**
     * What a write carries.
     *
     * @param kind as in {@code CreateOptions}, for the error
     * @throws ApiException 422 where dryRun is neither absent nor All
     */
    WriteOptions writeOptions(String kind) {
        List<String> dryRun = request.params().getAll("dryRun");
        if (!List.of("All").containsAll(dryRun)) {
            throw ApiException.invalid("meta.k8s.io", kind, "", List.of(new FieldError("dryRun",
                    "FieldValueNotSupported", "Unsupported value: %s: supported values: \"All\"".formatted(
                            dryRun.stream().map(v -> '"' + v + '"').toList()))));
        }
        return new WriteOptions(user.name(), !dryRun.isEmpty(), query("fieldManager"), header("Idempotency-Key"),
                false, this::warn);
    }

    void warn(String message) {
        // A header is a line of ASCII; what a client named its fields may be anything.
        String text = message.replaceAll("[^ -~]", "?").replace("\\", "\\\\").replace("\"", "\\\"");
        response.headers().add("Warning", "299 - \"" + text + "\"");
    }

    void allow(String methods) {
        response.putHeader("Allow", methods);
    }

    void respond(int status, JsonNode value) {
        respond(status, representation.contentType(),
                representation.yaml() ? Json.encodeYaml(value) : Json.encode(value));
    }

    /** Answers a document of discovery; its content type names the form, which clients check. */
    void respondDocument(JsonNode value) {
        if (representation.form() == Representation.Form.DISCOVERY) {
            respond(200, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", Json.encode(value));
        } else {
            respond(200, value);
        }
    }

    void respond(int status, String contentType, byte[] bytes) {
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status);
        response.putHeader("Content-Type", contentType);
        response.putHeader("Cache-Control", "no-cache, private");
        response.putHeader("X-Content-Type-Options", "nosniff");
        response.end(Buffer.buffer(bytes));
    }

    void fail(ApiException refusal) {
        if (refusal.code() == 401) {
            response.putHeader("WWW-Authenticate", "Bearer realm=\"echelon\"");
        }
        refusal.retryAfterSeconds().ifPresent(seconds -> response.putHeader("Retry-After", seconds.toString()));
        ObjectNode status = refusal.toStatus();
        if (response.headWritten()) {
            response.end();
        } else {
            respond(refusal.code(), status);
        }
    }

    /** Whether the client wants its watch over a web socket, as fabric8's does first. */
    static boolean wantsWebSocket(HttpServerRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    /** Must be called when the request has been answered, whatever came of it. */
    void answered() {
        whenAnswered.run();
    }

    /** @throws ApiException 429 where this client, or all together, have too many open */
    ResponseStream stream(String contentType) {
        whenAnswered = whenStreaming.get();
        if (wantsWebSocket(request)) {
            return webSocket();
        }
        response.setStatusCode(200);
        response.putHeader("Content-Type", contentType);
        response.putHeader("Cache-Control", "no-cache, private");
        response.putHeader("X-Content-Type-Options", "nosniff");
        response.setChunked(true);
        ResponseStream stream = ResponseStream.of(response, PATIENCE);
        // The client must see at once that it is being served, also before there is anything to say.
        response.write(Buffer.buffer());
        return stream;
    }

    private ResponseStream webSocket() {
        CompletableFuture<ResponseStream> stream = new CompletableFuture<>();
        context.runOnContext(_ -> request.toWebSocket().onComplete(opened -> {
            if (opened.succeeded()) {
                stream.complete(ResponseStream.of(opened.result(), PATIENCE));
            } else {
                stream.completeExceptionally(opened.cause());
            }
        }));
        return stream.join();
    }
}
