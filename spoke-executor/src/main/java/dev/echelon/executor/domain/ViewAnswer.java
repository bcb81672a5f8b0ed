package dev.echelon.executor.domain;

import java.util.List;
import java.util.Map;

/** What a ManagedClusterView says (contract 10.4, "Reading an MCV"). */
public sealed interface ViewAnswer {

    /** There is no such view on the hub. */
    record Absent() implements ViewAnswer {}

    /** The spoke has not answered yet, which is never an error. */
    record Pending() implements ViewAnswer {}

    /** The spoke has the object. */
    record Found(Map<String, Object> result) implements ViewAnswer {}

    /** The spoke does not have the object. */
    record NotFound() implements ViewAnswer {}

    /** The spoke, or the hub for it, could not look. */
    record Refused(String message) implements ViewAnswer {}

    /** Reads the {@code status} of a view; null or without conditions means that there is no answer yet. */
    static ViewAnswer of(Map<?, ?> status) {
        if (status == null || !(status.get("conditions") instanceof List<?> conditions) || conditions.isEmpty()) {
            return new Pending();
        }
        Map<?, ?> processing = conditions.stream()
                .filter(condition -> condition instanceof Map<?, ?> map && "Processing".equals(map.get("type")))
                .map(condition -> (Map<?, ?>) condition)
                .findFirst()
                .orElse(Map.of());
        if ("True".equals(processing.get("status"))) {
            return new Found(Trees.map(status.get("result")));
        }
        String message = processing.get("message") instanceof String text ? text : "";
        if (message.endsWith("not found")) {
            return new NotFound();
        }
        return new Refused("MCV processing error: "
                + (message.isEmpty() ? "Processing condition not found in MCV status" : message));
    }
}
