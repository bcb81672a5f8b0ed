package dev.echelon.watcher.domain;

import dev.echelon.contract.observation.ObservedWork;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Reads what a ManifestWork's status says (contract 13.2, 7.6). What has an unexpected form counts as absent: the
 * status is not ours, and a work that is not known to be complete is not complete.
 */
public final class WorkReading {

    private static final String APPLIED = "Applied";
    private static final String AVAILABLE = "Available";
    private static final String FED_BACK = "StatusFeedbackSynced";

    private WorkReading() {}

    /** Whether the expected values could be told. */
    public sealed interface Expected {

        /** They could; mostly there are none. */
        record Values(List<ExpectedValue> values) implements Expected {
            public Values {
                values = List.copyOf(values);
            }
        }

        /** They could not. */
        record Unreadable(String problem) implements Expected {}
    }

    /**
     * @param status the work's status; empty while it has none
     * @param deleting whether it is being deleted
     */
    public static ObservedWork read(Map<String, Object> status, Expected expected, boolean deleting) {
        List<Map<?, ?>> manifests = objects(object(status.get("resourceStatus")).get("manifests"));
        boolean there = holds(status, APPLIED) && holds(status, AVAILABLE);
        return switch (expected) {
            case Expected.Values(List<ExpectedValue> values) ->
                new ObservedWork(
                        there && values.stream().allMatch(value -> isFedBack(value, manifests)),
                        deleting,
                        "",
                        trimmed(manifests));
            case Expected.Unreadable(String problem) -> new ObservedWork(false, deleting, problem, trimmed(manifests));
        };
    }

    private static boolean isFedBack(ExpectedValue expected, List<Map<?, ?>> manifests) {
        return manifests.stream()
                .filter(manifest -> object(manifest.get("resourceMeta")).get("ordinal") instanceof Number ordinal
                        && ordinal.intValue() == expected.manifest())
                .findFirst()
                .filter(manifest -> Stream.of(APPLIED, AVAILABLE, FED_BACK).allMatch(type -> holds(manifest, type)))
                .stream()
                .flatMap(manifest -> objects(object(manifest.get("statusFeedback")).get("values")).stream())
                .filter(value -> expected.name().equals(value.get("name")))
                .findFirst()
                .filter(value -> expected.value().equals(text(object(value.get("fieldValue")))))
                .isPresent();
    }

    /** A feedback value as text, by its type; null for a type that is not known. */
    private static String text(Map<?, ?> value) {
        Object found = switch (value.get("type") instanceof String type ? type : "") {
            case "String" -> value.get("string");
            case "Boolean" -> value.get("boolean");
            case "Integer" -> value.get("integer");
            case "JsonRaw" -> value.get("jsonRaw");
            default -> null;
        };
        return found == null ? null : found.toString();
    }

    /** Contract 7.6: enough to see what is wrong, and no more, because it goes into the CGU. */
    private static Map<String, Object> trimmed(List<Map<?, ?>> manifests) {
        return manifests.isEmpty()
                ? Map.of()
                : Map.of("manifests", manifests.stream().map(WorkReading::trimmed).toList());
    }

    private static Map<String, Object> trimmed(Map<?, ?> manifest) {
        boolean ready = holds(manifest, APPLIED)
                && holds(manifest, AVAILABLE)
                // An agent that knows no feedback does not report it.
                && (condition(manifest, FED_BACK).isEmpty() || holds(manifest, FED_BACK));
        Map<String, Object> left = new LinkedHashMap<>();
        manifest.forEach((field, value) -> {
            if (ready && field.equals("conditions")) {
                left.put("conditions", new ArrayList<>(objects(value).subList(0, 1)));
            } else if (ready || !field.equals("statusFeedback")) {
                left.put(field.toString(), value);
            }
        });
        return left;
    }

    private static boolean holds(Map<?, ?> owner, String type) {
        return "True".equals(condition(owner, type).get("status"));
    }

    /** Empty where there is none. */
    private static Map<?, ?> condition(Map<?, ?> owner, String type) {
        for (Map<?, ?> condition : objects(owner.get("conditions"))) {
            if (Objects.equals(condition.get("type"), type)) {
                return condition;
            }
        }
        return Map.of();
    }

    private static Map<?, ?> object(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<Map<?, ?>> objects(Object value) {
        List<Map<?, ?>> objects = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> map) {
                    objects.add(map);
                }
            }
        }
        return objects;
    }
}
