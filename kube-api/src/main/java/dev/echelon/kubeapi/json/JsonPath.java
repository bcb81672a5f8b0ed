package dev.echelon.kubeapi.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The part of Kubernetes' JSONPath that printer columns use: {@code .a.b}, {@code ['a.b']}, {@code .a\.b},
 * {@code [0]}, {@code [-1]}, {@code [-1:]}, {@code [1:3]}, {@code [*]} and {@code [?(@.type=="X")]} with
 * {@code ==} and {@code !=}. A missing field yields nothing.
 */
public final class JsonPath {
    private sealed interface Step {
        record Field(String name) implements Step { }

        record Slice(int from, int to, boolean open) implements Step { }

        record All() implements Step { }

        record Where(JsonPath path, String value, boolean equal) implements Step { }
    }

    private final List<Step> steps;

    private JsonPath(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    /**
     * Reads a path, with or without the braces and the dollar sign of kubectl's form.
     *
     * @throws IllegalArgumentException where it uses something outside the supported part
     */
    public static JsonPath parse(String text) {
        return new Parser(text).parse();
    }

    /** The first value that the path leads to; empty where there is none or it is null. */
    public Optional<JsonNode> first(JsonNode root) {
        List<JsonNode> found = all(root);
        return found.isEmpty() || found.getFirst().isNull() ? Optional.empty() : Optional.of(found.getFirst());
    }

    /** All values that the path leads to, in document order. */
    public List<JsonNode> all(JsonNode root) {
        List<JsonNode> current = List.of(root);
        for (Step step : steps) {
            List<JsonNode> next = new ArrayList<>();
            current.forEach(node -> take(node, step, next));
            current = next;
        }
        return current;
    }

    private static void take(JsonNode node, Step step, List<JsonNode> into) {
        switch (step) {
            case Step.Field(String name) -> {
                if (node instanceof ObjectNode object && object.has(name)) {
                    into.add(object.get(name));
                }
            }
            case Step.Slice slice -> {
                if (node instanceof ArrayNode list) {
                    int from = Math.max(0, slice.from < 0 ? list.size() + slice.from : slice.from);
                    int end = slice.to < 0 ? list.size() + slice.to : slice.to;
                    int to = slice.open ? list.size() : Math.min(end, list.size());
                    // A single index before the start is nothing; only an open slice is cut to what is there.
                    if (slice.from >= 0 || slice.open || list.size() + slice.from >= 0) {
                        for (int i = from; i < to; i++) {
                            into.add(list.get(i));
                        }
                    }
                }
            }
            case Step.All() -> node.forEach(into::add);
            case Step.Where where -> node.forEach(element -> {
                boolean equal = where.path.first(element).map(v -> v.asText().equals(where.value)).orElse(false);
                if (equal == where.equal) {
                    into.add(element);
                }
            });
        }
    }

    private static final class Parser {
        private final String text;
        private final List<Step> steps = new ArrayList<>();
        private int at;

        Parser(String text) {
            String inner = text.strip();
            if (inner.startsWith("{") && inner.endsWith("}")) {
                inner = inner.substring(1, inner.length() - 1);
            }
            this.text = inner.startsWith("$") || inner.startsWith("@") ? inner.substring(1) : inner;
        }

        JsonPath parse() {
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '[') {
                    int end = closing();
                    bracket(text.substring(at + 1, end).strip());
                    at = end + 1;
                } else if (c == '.' && !text.startsWith("..", at)) {
                    at++;
                    if (at < text.length() && text.charAt(at) != '[') {
                        field();
                    }
                } else if (at == 0 && c != '.') {
                    field();
                } else {
                    throw unsupported();
                }
            }
            return new JsonPath(steps);
        }

        private int closing() {
            boolean quoted = false;
            char quote = 0;
            for (int i = at; i < text.length(); i++) {
                char c = text.charAt(i);
                if (quoted) {
                    quoted = c != quote;
                } else if (c == '"' || c == '\'') {
                    quoted = true;
                    quote = c;
                } else if (c == ']') {
                    return i;
                }
            }
            throw unsupported();
        }

        private void field() {
            StringBuilder name = new StringBuilder();
            while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '[') {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                name.append(text.charAt(at++));
            }
            steps.add(name.toString().equals("*") ? new Step.All() : new Step.Field(name.toString()));
        }

        private void bracket(String inside) {
            if (inside.equals("*")) {
                steps.add(new Step.All());
            } else if (inside.startsWith("?(") && inside.endsWith(")")) {
                filter(inside.substring(2, inside.length() - 1).strip());
            } else if (inside.startsWith("'") || inside.startsWith("\"")) {
                steps.add(new Step.Field(unquote(inside)));
            } else if (inside.matches("-?\\d+")) {
                int index = Integer.parseInt(inside);
                steps.add(new Step.Slice(index, index + 1, index == -1));
            } else if (inside.matches("(-?\\d+)?:(-?\\d+)?")) {
                String[] ends = inside.split(":", -1);
                steps.add(new Step.Slice(ends[0].isEmpty() ? 0 : Integer.parseInt(ends[0]),
                        ends[1].isEmpty() ? 0 : Integer.parseInt(ends[1]), ends[1].isEmpty()));
            } else {
                throw unsupported();
            }
        }

        private void filter(String condition) {
            boolean equal = condition.contains("==");
            String[] sides = condition.split(equal ? "==" : "!=", 2);
            if (sides.length != 2 || !sides[0].strip().startsWith("@")) {
                throw unsupported();
            }
            steps.add(new Step.Where(JsonPath.parse(sides[0].strip()), unquote(sides[1].strip()), equal));
        }

        private static String unquote(String quoted) {
            boolean is = quoted.length() >= 2 && "'\"".indexOf(quoted.charAt(0)) >= 0
                    && quoted.charAt(quoted.length() - 1) == quoted.charAt(0);
            return is ? quoted.substring(1, quoted.length() - 1) : quoted;
        }

        private IllegalArgumentException unsupported() {
            return new IllegalArgumentException("JSONPath '%s' is not supported at position %d".formatted(text, at));
        }
    }
}
