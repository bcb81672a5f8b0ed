package dev.echelon.watcher.domain;

import dev.echelon.contract.resource.LabelSelector;
import dev.echelon.contract.resource.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Kubernetes label selectors: whether one is well-formed, in the words of Kubernetes' own validation, and whether
 * labels match it.
 */
final class LabelRequirements {

    private static final String QUALIFIED_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final String LABEL_VALUE = "(" + QUALIFIED_NAME + ")?";
    private static final String SUBDOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
    private static final Pattern QUALIFIED_NAME_PATTERN = Pattern.compile(QUALIFIED_NAME);
    private static final Pattern LABEL_VALUE_PATTERN = Pattern.compile(LABEL_VALUE);
    private static final Pattern SUBDOMAIN_PATTERN = Pattern.compile(SUBDOMAIN);
    private static final int MAX_NAME = 63;
    private static final int MAX_PREFIX = 253;

    private LabelRequirements() {}

    /** Why the selector is malformed; empty when it is well-formed. The first offending requirement wins. */
    static Optional<String> defect(LabelSelector selector) {
        // Kubernetes walks the labels in random order; sorted is the choice that can be tested.
        for (Map.Entry<String, String> label : new TreeMap<>(selector.matchLabels()).entrySet()) {
            List<String> errors = new ArrayList<>();
            keyErrors(label.getKey()).ifPresent(errors::add);
            valueErrors(label.getValue(), 0).ifPresent(errors::add);
            if (!errors.isEmpty()) {
                return Optional.of(aggregate(errors));
            }
        }
        for (Requirement requirement : selector.matchExpressions()) {
            Optional<String> defect = defect(requirement);
            if (defect.isPresent()) {
                return defect;
            }
        }
        return Optional.empty();
    }

    /** Whether the labels satisfy a well-formed selector. An empty one matches everything. */
    static boolean matches(LabelSelector selector, Map<String, String> labels) {
        for (Map.Entry<String, String> label : selector.matchLabels().entrySet()) {
            if (!label.getValue().equals(labels.get(label.getKey()))) {
                return false;
            }
        }
        for (Requirement requirement : selector.matchExpressions()) {
            if (!matches(requirement, labels)) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(Requirement requirement, Map<String, String> labels) {
        String value = labels.get(requirement.key());
        return switch (requirement.operator()) {
            case "In" -> value != null && requirement.values().contains(value);
            case "NotIn" -> value == null || !requirement.values().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default -> false;
        };
    }

    private static Optional<String> defect(Requirement requirement) {
        List<String> values = requirement.values();
        List<String> errors = new ArrayList<>();
        keyErrors(requirement.key()).ifPresent(errors::add);
        switch (requirement.operator()) {
            case "In", "NotIn" -> {
                if (values.isEmpty()) {
                    errors.add("values: Invalid value: []string(nil):"
                            + " for 'in', 'notin' operators, values set can't be empty");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (!values.isEmpty()) {
                    errors.add("values: Invalid value: " + goStrings(values)
                            + ": values set must be empty for exists and does not exist");
                }
            }
            default -> {
                return Optional.of(goString(requirement.operator()) + " is not a valid label selector operator");
            }
        }
        for (int i = 0; i < values.size(); i++) {
            valueErrors(values.get(i), i).ifPresent(errors::add);
        }
        return errors.isEmpty() ? Optional.empty() : Optional.of(aggregate(errors));
    }

    private static Optional<String> keyErrors(String key) {
        List<String> errors = qualifiedNameErrors(key);
        return errors.isEmpty()
                ? Optional.empty()
                : Optional.of("key: Invalid value: " + goString(key) + ": " + String.join("; ", errors));
    }

    private static Optional<String> valueErrors(String value, int index) {
        List<String> errors = new ArrayList<>();
        if (value.length() > MAX_NAME) {
            errors.add(tooLong(MAX_NAME));
        }
        if (!LABEL_VALUE_PATTERN.matcher(value).matches()) {
            errors.add("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.',"
                    + " and must start and end with an alphanumeric character"
                    + examples(LABEL_VALUE, "MyValue", "my_value", "12345"));
        }
        return errors.isEmpty()
                ? Optional.empty()
                : Optional.of("values[" + index + "]: Invalid value: " + goString(value) + ": "
                        + String.join("; ", errors));
    }

    private static List<String> qualifiedNameErrors(String key) {
        List<String> errors = new ArrayList<>();
        String rule = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
                + " alphanumeric character" + examples(QUALIFIED_NAME, "MyName", "my.name", "123-abc");
        String[] parts = key.split("/", -1);
        if (parts.length > 2) {
            errors.add("a qualified name " + rule
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            return errors;
        }
        if (parts.length == 2) {
            String prefix = parts[0];
            if (prefix.isEmpty()) {
                errors.add("prefix part must be non-empty");
            } else {
                if (prefix.length() > MAX_PREFIX) {
                    errors.add("prefix part " + tooLong(MAX_PREFIX));
                }
                if (!SUBDOMAIN_PATTERN.matcher(prefix).matches()) {
                    errors.add("prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
                            + " characters, '-' or '.', and must start and end with an alphanumeric character"
                            + examples(SUBDOMAIN, "example.com"));
                }
            }
        }
        String name = parts[parts.length - 1];
        if (name.isEmpty()) {
            errors.add("name part must be non-empty");
        } else if (name.length() > MAX_NAME) {
            errors.add("name part " + tooLong(MAX_NAME));
        }
        if (!QUALIFIED_NAME_PATTERN.matcher(name).matches()) {
            errors.add("name part " + rule);
        }
        return errors;
    }

    private static String tooLong(int max) {
        return "must be no more than " + max + " characters";
    }

    private static String examples(String pattern, String... examples) {
        return Arrays.stream(examples)
                        .map(example -> "'" + example + "', ")
                        .collect(Collectors.joining(" or ", " (e.g. ", ""))
                + "regex used for validation is '" + pattern + "')";
    }

    private static String aggregate(List<String> errors) {
        List<String> distinct = errors.stream().distinct().toList();
        return distinct.size() == 1 ? distinct.getFirst() : "[" + String.join(", ", distinct) + "]";
    }

    private static String goStrings(List<String> values) {
        return values.stream().map(LabelRequirements::goString).collect(Collectors.joining(", ", "[]string{", "}"));
    }

    private static String goString(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t") + "\"";
    }
}
