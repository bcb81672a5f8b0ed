package dev.echelon.executor.domain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and compares plain trees of maps, lists and values, as JSON gives them. */
public final class Trees {

    private Trees() {}

    /** The value as a map with text keys; empty where it is no map. */
    public static Map<String, Object> map(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return Map.of();
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, element) -> copy.put(String.valueOf(key), element));
        return copy;
    }

    /** The value as a whole number; 0 where it is none. */
    static long number(Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    /**
     * Whether {@code found} has all that {@code wanted} says. Fields of maps that are not wanted may be there, because
     * a server adds defaults; lists must have the same elements in the same order.
     */
    static boolean has(Object found, Object wanted) {
        return switch (wanted) {
            case Map<?, ?> map -> found instanceof Map<?, ?> other
                    && map.entrySet().stream()
                            .allMatch(entry -> other.containsKey(entry.getKey())
                                    && has(other.get(entry.getKey()), entry.getValue()));
            case List<?> list -> found instanceof List<?> other && sameElements(other, list);
            case Number number -> found instanceof Number other && other.longValue() == number.longValue();
            case null -> found == null;
            default -> wanted.equals(found);
        };
    }

    private static boolean sameElements(List<?> found, List<?> wanted) {
        if (found.size() != wanted.size()) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            if (!has(found.get(i), wanted.get(i))) {
                return false;
            }
        }
        return true;
    }
}
