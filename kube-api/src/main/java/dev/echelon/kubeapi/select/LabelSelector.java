package dev.echelon.kubeapi.select;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A label selector in the query form: {@code a=b,c==d,e!=f,g in (x,y),h notin (z),i,!j,k>1,l<9}. All requirements
 * must hold. As in Kubernetes, {@code !=} and {@code notin} also hold where the label is missing.
 */
public final class LabelSelector {
    private enum Operator { IN, NOT_IN, EXISTS, MISSING, GREATER, LESS }

    private record Requirement(String key, Operator operator, Set<String> values) {
        boolean holds(JsonNode labels) {
            JsonNode label = labels.get(key);
            return switch (operator) {
                case IN -> label != null && values.contains(label.asText());
                case NOT_IN -> label == null || !values.contains(label.asText());
                case EXISTS -> label != null;
                case MISSING -> label == null;
                case GREATER, LESS -> label != null && compares(label.asText());
            };
        }

        private boolean compares(String label) {
            try {
                int order = Long.compare(Long.parseLong(label), Long.parseLong(values.iterator().next()));
                return operator == Operator.GREATER ? order > 0 : order < 0;
            } catch (NumberFormatException _) {
                return false;
            }
        }
    }

    private static final Pattern TOKEN = Pattern.compile("\\s*(==|!=|[=<>!,()]|[^\\s=<>!,()]+)\\s*");

    private final List<Requirement> requirements;

    private LabelSelector(List<Requirement> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /**
     * Reads a selector; the empty string selects everything.
     *
     * @throws IllegalArgumentException with Kubernetes' words where it cannot be read
     */
    public static LabelSelector parse(String text) {
        return new LabelSelector(text.isBlank() ? List.of() : new Parser(text).requirements());
    }

    /** Whether everything is selected. */
    public boolean isEmpty() {
        return requirements.isEmpty();
    }

    /** Whether the object's labels satisfy all requirements. */
    public boolean matches(JsonNode object) {
        if (requirements.isEmpty()) {
            return true;
        }
        JsonNode labels = Json.objectAt(Json.objectAt(object, "metadata"), "labels");
        return requirements.stream().allMatch(requirement -> requirement.holds(labels));
    }

    private static final class Parser {
        private final List<String> tokens = new ArrayList<>();
        private int at;

        Parser(String text) {
            Matcher matcher = TOKEN.matcher(text);
            while (matcher.find()) {
                tokens.add(matcher.group(1));
            }
        }

        List<Requirement> requirements() {
            List<Requirement> found = new ArrayList<>();
            while (true) {
                found.add(requirement());
                if (at == tokens.size()) {
                    return found;
                }
                if (!next().equals(",")) {
                    throw new IllegalArgumentException("found '%s', expected: ',' or 'end of string'"
                            .formatted(tokens.get(at - 1)));
                }
            }
        }

        private Requirement requirement() {
            String key = next();
            if (key.equals("!")) {
                return new Requirement(key(next()), Operator.MISSING, Set.of());
            }
            key(key);
            if (at == tokens.size() || peek().equals(",")) {
                return new Requirement(key, Operator.EXISTS, Set.of());
            }
            String operator = next();
            return switch (operator) {
                case "=", "==" -> new Requirement(key, Operator.IN, Set.of(value()));
                case "!=" -> new Requirement(key, Operator.NOT_IN, Set.of(value()));
                case "in" -> new Requirement(key, Operator.IN, set());
                case "notin" -> new Requirement(key, Operator.NOT_IN, set());
                case ">", "gt" -> new Requirement(key, Operator.GREATER, Set.of(number()));
                case "<", "lt" -> new Requirement(key, Operator.LESS, Set.of(number()));
                default -> throw new IllegalArgumentException(
                        "unable to parse requirement: found '%s', expected: in, notin, =, ==, !=, gt, lt"
                                .formatted(operator));
            };
        }

        private static String key(String token) {
            if (!Character.isLetterOrDigit(token.charAt(0))) {
                throw new IllegalArgumentException(
                        "unable to parse requirement: found '%s', expected: !, identifier, or 'end of string'"
                                .formatted(token));
            }
            return token;
        }

        private String value() {
            return at == tokens.size() || peek().equals(",") ? "" : word(next());
        }

        private String number() {
            String value = value();
            if (!value.matches("-?\\d+")) {
                throw new IllegalArgumentException("unable to parse requirement: values[0]: Invalid value: \""
                        + value + "\": for 'Gt', 'Lt' operators, the value must be an integer");
            }
            return value;
        }

        private Set<String> set() {
            expect("(");
            Set<String> values = new TreeSet<>();
            while (true) {
                values.add(peek().equals(",") || peek().equals(")") ? "" : word(next()));
                String separator = next();
                if (separator.equals(")")) {
                    return values;
                }
                if (!separator.equals(",")) {
                    throw new IllegalArgumentException(
                            "unable to parse requirement: found '%s', expected: ',' or ')'".formatted(separator));
                }
            }
        }

        private static String word(String token) {
            if ("()!=<>".contains(token) || token.equals("==") || token.equals("!=")) {
                throw new IllegalArgumentException(
                        "unable to parse requirement: found '%s', expected: identifier".formatted(token));
            }
            return token;
        }

        private void expect(String token) {
            String found = next();
            if (!found.equals(token)) {
                throw new IllegalArgumentException(
                        "unable to parse requirement: found '%s' expected: '%s'".formatted(found, token));
            }
        }

        private String peek() {
            if (at == tokens.size()) {
                throw new IllegalArgumentException("unable to parse requirement: found '', expected: identifier");
            }
            return tokens.get(at);
        }

        private String next() {
            String token = peek();
            at++;
            return token;
        }
    }
}
