package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.schema.FieldError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A refusal, in the form of a Kubernetes {@code Status}. */
public final class ApiException extends RuntimeException {
    /**
     * Which object is meant, and what is wrong with its fields.
     *
     * @param kind   plural or kind, as Kubernetes has it for the reason; empty where no object is meant
     * @param causes may be empty
     */
    public record Details(String name, String group, String kind, List<FieldError> causes) {
        private static final Details NONE = new Details("", "", "", List.of());
    }

    private final int code;
    private final String reason;
    private final transient Details details;
    private final Integer retryAfterSeconds;

    private ApiException(int code, String reason, String message, Details details) {
        this(code, reason, message, details, null);
    }

    private ApiException(int code, String reason, String message, Details details, Integer retryAfterSeconds) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.details = details;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** The HTTP status. */
    public int code() {
        return code;
    }

    /** The reason, as in {@code NotFound}. */
    public String reason() {
        return reason;
    }

    /** Which object is meant. */
    public Details details() {
        return details;
    }

    /** 400: the request makes no sense. */
    public static ApiException badRequest(String message) {
        return new ApiException(400, "BadRequest", message, Details.NONE);
    }

    /** 401: the client is not known. */
    public static ApiException unauthorized() {
        return new ApiException(401, "Unauthorized", "Unauthorized", Details.NONE);
    }

    /** 403: the user must not do this. */
    public static ApiException forbidden(ResourceKind kind, String name, String why) {
        return new ApiException(403, "Forbidden", "%s %sis forbidden: %s".formatted(kind.qualifiedPlural(),
                name.isEmpty() ? "" : "\"" + name + "\" ", why), of(kind, name));
    }

    /** 403 for a request that is not about a resource. */
    public static ApiException forbidden(String message) {
        return new ApiException(403, "Forbidden", message, Details.NONE);
    }

    /** 404: no such object. */
    public static ApiException notFound(ResourceKind kind, String name) {
        return new ApiException(404, "NotFound", "%s \"%s\" not found".formatted(kind.qualifiedPlural(), name),
                of(kind, name));
    }

    /** 404: nothing is served under this path. */
    public static ApiException noSuchPath() {
        return new ApiException(404, "NotFound", "the server could not find the requested resource", Details.NONE);
    }

    /** 405: the resource has no such verb. */
    public static ApiException methodNotAllowed() {
        return new ApiException(405, "MethodNotAllowed",
                "the server does not allow this method on the requested resource", Details.NONE);
    }

    /** 406: none of the media types that the client accepts is served. */
    public static ApiException notAcceptable(String accepted) {
        return new ApiException(406, "NotAcceptable", "only the following media types are accepted: " + accepted,
                Details.NONE);
    }

    /** 409: there is one already. */
    public static ApiException alreadyExists(ResourceKind kind, String name) {
        return new ApiException(409, "AlreadyExists", 
                "%s \"%s\" already exists".formatted(kind.qualifiedPlural(), name),
                of(kind, name));
    }

    /** 409: the object has another version than the client knows. */
    public static ApiException conflict(ResourceKind kind, String name) {
        return conflict(kind, name, "the object has been modified; please apply your changes to the latest version "
                + "and try again");
    }

    /** 409 for a reason of one's own. */
    public static ApiException conflict(ResourceKind kind, String name, String why) {
        return new ApiException(409, "Conflict", "Operation cannot be fulfilled on %s \"%s\": %s"
                .formatted(kind.qualifiedPlural(), name, why), of(kind, name));
    }

    /** 410: the version is too old for a watch or a continued list. */
    public static ApiException expired(String message) {
        return new ApiException(410, "Expired", message, Details.NONE);
    }

    /** 413: the body is too large. */
    public static ApiException tooLarge(long limit) {
        return new ApiException(413, "RequestEntityTooLarge",
                "Request entity too large: limit is " + limit, Details.NONE);
    }

    /** 415: the body is of a type that is not understood here. */
    public static ApiException unsupportedMediaType(String understood) {
        return new ApiException(415, "UnsupportedMediaType", "the body of the request was in an unknown format - "
                + "accepted media types include: " + understood, Details.NONE);
    }

    /** 422: fields of the object are wrong. */
    public static ApiException invalid(ResourceKind kind, String name, List<FieldError> causes) {
        return invalid(kind.group(), kind.kind(), name, causes);
    }

    /** 422 for something that is not a resource, as in {@code ListOptions.meta.k8s.io}. */
    public static ApiException invalid(String group, String kind, String name, List<FieldError> causes) {
        String all = causes.stream().map(FieldError::toString).collect(Collectors.joining(", "));
        return new ApiException(422, "Invalid", "%s \"%s\" is invalid: %s".formatted(
                group.isEmpty() ? kind : kind + "." + group, name, causes.size() == 1 ? all : "[" + all + "]"),
                new Details(name, group, kind, List.copyOf(causes)));
    }

    /** 422: a patch is well-formed but does not fit the object. */
    public static ApiException unprocessable(String message) {
        return new ApiException(422, "Invalid", message, Details.NONE);
    }

    /** 429: more than this client may ask for. */
    public static ApiException tooManyRequests(String message, Duration wait) {
        return new ApiException(429, "TooManyRequests", message, Details.NONE,
                (int) Math.max(1, Math.ceilDiv(wait.toMillis(), 1000)));
    }

    /** 500: a fault of the server. */
    public static ApiException internal(String message) {
        return new ApiException(500, "InternalError", "Internal error occurred: " + message, Details.NONE);
    }

    /** 503: what is needed for an answer is not reachable now; the client may try again. */
    public static ApiException unavailable(String message) {
        return new ApiException(503, "ServiceUnavailable", message, Details.NONE, 1);
    }

    /** 504: no answer in time; what was asked may still come true. */
    public static ApiException timeout(String message) {
        return new ApiException(504, "Timeout", message, Details.NONE);
    }

    private static Details of(ResourceKind kind, String name) {
        return new Details(name, kind.group(), kind.plural(), List.of());
    }

    /** The refusal as a {@code Status} object. */
    public ObjectNode toStatus() {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1");
        status.set("metadata", Json.object());
        status.put("status", "Failure").put("message", getMessage()).put("reason", reason);
        ObjectNode node = status.putObject("details");
        put(node, "name", details.name());
        put(node, "group", details.group());
        put(node, "kind", details.kind());
        if (!details.causes().isEmpty()) {
            ArrayNode causes = node.putArray("causes");
            details.causes().forEach(cause -> causes.addObject().put("reason", cause.reason())
                    .put("message", cause.message()).put("field", cause.field()));
        }
        retryAfterSeconds().ifPresent(seconds -> node.put("retryAfterSeconds", seconds));
        if (node.isEmpty()) {
            status.remove("details");
        }
        return status.put("code", code);
    }

    /** When the client may try again, for refusals that pass. */
    public Optional<Integer> retryAfterSeconds() {
        return Optional.ofNullable(retryAfterSeconds);
    }

    private static void put(ObjectNode node, String field, String value) {
        if (!value.isEmpty()) {
            node.put(field, value);
        }
    }
}
