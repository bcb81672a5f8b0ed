package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.MalformedBodyException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A request for a subresource of one object. */
public final class SubresourceRequest {
    private final Exchange exchange;
    private final Target target;

    SubresourceRequest(Exchange exchange, Target target) {
        this.exchange = exchange;
        this.target = target;
    }

    /** The kind of the object. */
    public ResourceKind kind() {
        return target.kind();
    }

    /** The object's namespace; empty for cluster-scoped kinds. */
    public String namespace() {
        return target.namespace();
    }

    /** The object's name. */
    public String name() {
        return target.name();
    }

    /** {@code GET}, {@code POST}, {@code PUT}, {@code PATCH} or {@code DELETE}. */
    public String method() {
        return exchange.method();
    }

    /** The name of who asks. */
    public String user() {
        return exchange.user().name();
    }

    /** What a write by this request carries: user, dry run, field manager, idempotency key. */
    public WriteOptions writeOptions() {
        return exchange.writeOptions("CreateOptions");
    }

    /** A query parameter. */
    public Optional<String> query(String parameter) {
        return exchange.query(parameter);
    }

    /** A request header. */
    public Optional<String> header(String name) {
        return exchange.header(name);
    }

    /** The object as the store has it now; 404 where it is gone. */
    public ObjectNode object() {
        return target.served().store().get(kind(), namespace(), name())
                .orElseThrow(() -> ApiException.notFound(kind(), name()));
    }

    /** The body as JSON (or YAML, by its content type); empty where there is none; 400 where it is malformed. */
    public Optional<JsonNode> body() {
        if (exchange.body().length == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(exchange.header("Content-Type").orElse("").contains("yaml")
                    ? Json.parseYaml(exchange.body()) : Json.parse(exchange.body()));
        } catch (MalformedBodyException e) {
            throw ApiException.badRequest("the body is malformed: " + e.getMessage());
        }
    }

    /** Answers with a JSON value. */
    public void respond(int status, JsonNode value) {
        exchange.respond(status, value);
    }

    /** Answers with plain text. */
    public void respondText(int status, String text) {
        exchange.respond(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Starts an answer of unknown length, as {@code text/event-stream} or a log that is followed. The handler writes
     * until it is done or {@link ResponseStream#isOpen()} turns false, and closes it.
     */
    public ResponseStream stream(String contentType) {
        return exchange.stream(contentType);
    }
}
