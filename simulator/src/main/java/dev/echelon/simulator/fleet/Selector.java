package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A label selector as objects have it ({@code matchLabels} and {@code matchExpressions}), all of which must hold. An
 * empty one selects everything.
 */
final class Selector {
    private record Requirement(String key, String operator, Set<String> values) {
        boolean holds(Map<String, String> labels) {
            String label = labels.get(key);
            return switch (operator) {
                case "In" -> label != null && values.contains(label);
                case "NotIn" -> label == null || !values.contains(label);
                case "Exists" -> label != null;
                default -> label == null;
            };
        }
    }

    private final List<Requirement> requirements;

    private Selector(List<Requirement> requirements) {
        this.requirements = requirements;
    }

    /** Reads a selector; empty where it is not a valid one, as {@code In} without values. */
    static Optional<Selector> of(JsonNode selector) {
        List<Requirement> all = new ArrayList<>();
        selector.path("matchLabels").properties().forEach(label ->
                all.add(new Requirement(label.getKey(), "In", Set.of(label.getValue().asText()))));
        for (JsonNode expression : selector.path("matchExpressions")) {
            Set<String> values = new HashSet<>();
            expression.path("values").forEach(value -> values.add(value.asText()));
            String operator = expression.path("operator").asText();
            boolean valid = switch (operator) {
                case "In", "NotIn" -> !values.isEmpty();
                case "Exists", "DoesNotExist" -> values.isEmpty();
                default -> false;
            };
            if (!valid) {
                return Optional.empty();
            }
            all.add(new Requirement(expression.path("key").asText(), operator, values));
        }
        return Optional.of(new Selector(List.copyOf(all)));
    }

    boolean matches(Map<String, String> labels) {
        return requirements.stream().allMatch(requirement -> requirement.holds(labels));
    }
}
