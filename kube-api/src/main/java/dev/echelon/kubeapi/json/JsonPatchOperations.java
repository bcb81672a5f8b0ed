package dev.echelon.kubeapi.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * JSON patch (RFC 6902). What no operation touches is shared with the target, which is left as it was. Written here
 * because zjsonpatch lets {@code remove} and {@code replace} pass where there is nothing to remove or replace, which
 * an API server refuses.
 */
public final class JsonPatchOperations {
    private static final int LIMIT = 10_000;

    private JsonPatchOperations() {
    }

    /** The patch is well-formed, but does not fit the object: a test failed, or a path leads nowhere. */
    public static final class DoesNotApplyException extends RuntimeException {
        private DoesNotApplyException(String message) {
            super(message);
        }
    }

    /**
     * The target with all operations applied, in order, all or none.
     *
     * @throws MalformedBodyException where the patch is not a list of known operations
     * @throws DoesNotApplyException  where an operation cannot be done or a test fails
     */
    public static JsonNode apply(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ArrayNode operations)) {
            throw new MalformedBodyException("a JSON patch is a list of operations, found "
                    + patch.getNodeType().name().toLowerCase(Locale.ROOT));
        }
        if (operations.size() > LIMIT) {
            throw new MalformedBodyException("The allowed maximum operations in a JSON patch is %d, got %d"
                    .formatted(LIMIT, operations.size()));
        }
        JsonNode result = target;
        for (JsonNode operation : operations) {
            result = apply(result, operation, Json.textAt(operation, "op"));
        }
        return result;
    }

    private static JsonNode apply(JsonNode document, JsonNode operation, String name) {
        return switch (name) {
            case "add" -> add(document, path(operation, "path"), value(operation));
            case "remove" -> remove(document, path(operation, "path"));
            case "replace" -> {
                List<String> path = path(operation, "path");
                get(document, path);
                yield path.isEmpty() ? value(operation)
                        : change(document, path, parent -> replaced(parent, path.getLast(), value(operation)));
            }
            case "move" -> {
                List<String> from = path(operation, "from");
                List<String> to = path(operation, "path");
                if (to.size() > from.size() && to.subList(0, from.size()).equals(from)) {
                    throw new DoesNotApplyException("a value cannot be moved into itself: " + operation);
                }
                yield add(remove(document, from), to, get(document, from));
            }
            case "copy" -> add(document, path(operation, "path"), get(document, path(operation, "from")));
            case "test" -> {
                if (!Json.same(get(document, path(operation, "path")), value(operation))) {
                    throw new DoesNotApplyException(
                            "testing value %s failed".formatted(Json.textAt(operation, "path")));
                }
                yield document;
            }
            default -> throw new MalformedBodyException("invalid operation %s: unsupported operation"
                    .formatted(operation));
        };
    }

    private static JsonNode add(JsonNode document, List<String> path, JsonNode value) {
        if (path.isEmpty()) {
            return value;
        }
        return change(document, path, parent -> switch (parent) {
            case ObjectNode object -> Json.with(object, path.getLast(), value);
            case ArrayNode list -> {
                int at = path.getLast().equals("-") ? list.size() : index(path.getLast(), list.size());
                yield Json.array().addAll(list).insert(at, value);
            }
            default -> throw missing(path);
        });
    }

    private static JsonNode remove(JsonNode document, List<String> path) {
        get(document, path);
        if (path.isEmpty()) {
            throw new DoesNotApplyException("the whole object cannot be removed");
        }
        return change(document, path, parent -> switch (parent) {
            case ObjectNode object -> Json.with(object, path.getLast(), null);
            case ArrayNode list -> {
                ArrayNode shorter = Json.array().addAll(list);
                shorter.remove(index(path.getLast(), list.size() - 1));
                yield shorter;
            }
            default -> throw missing(path);
        });
    }

    /** The document with the parent of the path's end changed, and all above it copied. */
    private static JsonNode change(JsonNode document, List<String> path, UnaryOperator<JsonNode> how) {
        if (path.size() == 1) {
            return how.apply(document);
        }
        String name = path.getFirst();
        return replaced(document, name, change(child(document, name, path), path.subList(1, path.size()), how));
    }

    private static JsonNode replaced(JsonNode parent, String name, JsonNode value) {
        return switch (parent) {
            case ObjectNode object -> Json.with(object, name, value);
            case ArrayNode list -> {
                ArrayNode copy = Json.array().addAll(list);
                copy.set(index(name, list.size() - 1), value);
                yield copy;
            }
            default -> throw missing(List.of(name));
        };
    }

    private static JsonNode get(JsonNode document, List<String> path) {
        JsonNode at = document;
        for (String name : path) {
            at = child(at, name, path);
        }
        return at;
    }

    private static JsonNode child(JsonNode parent, String name, List<String> path) {
        JsonNode child = parent instanceof ArrayNode list ? list.get(index(name, list.size() - 1)) : parent.get(name);
        if (child == null) {
            throw missing(path);
        }
        return child;
    }

    private static int index(String name, int last) {
        if (!name.matches("0|[1-9]\\d{0,8}") || Integer.parseInt(name) > last) {
            throw new DoesNotApplyException("list index '%s' is not between 0 and %d".formatted(name, last));
        }
        return Integer.parseInt(name);
    }

    private static JsonNode value(JsonNode operation) {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw new MalformedBodyException("invalid operation %s: it needs a value".formatted(operation));
        }
        return value;
    }

    private static List<String> path(JsonNode operation, String field) {
        JsonNode pointer = operation.get(field);
        if (pointer == null || !pointer.isTextual()) {
            throw new MalformedBodyException("invalid operation %s: it needs a %s".formatted(operation, field));
        }
        List<String> names = new ArrayList<>();
        String text = pointer.textValue();
        if (!text.isEmpty() && !text.startsWith("/")) {
            throw new DoesNotApplyException("'%s' is not a JSON pointer: it must start with /".formatted(text));
        }
        for (String part : text.isEmpty() ? new String[0] : text.substring(1).split("/", -1)) {
            names.add(part.replace("~1", "/").replace("~0", "~"));
        }
        return names;
    }

    private static DoesNotApplyException missing(List<String> path) {
        return new DoesNotApplyException("there is nothing at /" + String.join("/", path));
    }
}
