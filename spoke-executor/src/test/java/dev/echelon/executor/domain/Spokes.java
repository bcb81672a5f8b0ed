package dev.echelon.executor.domain;

import dev.echelon.executor.domain.ObservedSpoke.ActionState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes observed spokes for tests: an available one with no objects, to which answers are added. */
record Spokes(boolean available, Map<String, ViewAnswer> views, Map<String, ActionState> actions) {

    static Spokes empty() {
        return new Spokes(true, Map.of(), Map.of());
    }

    Spokes unavailable() {
        return new Spokes(false, views, actions);
    }

    Spokes pending(String... names) {
        return with(new ViewAnswer.Pending(), names);
    }

    Spokes found(String... names) {
        return with(new ViewAnswer.Found(Map.of()), names);
    }

    Spokes found(String name, Map<String, Object> result) {
        return with(new ViewAnswer.Found(result), name);
    }

    Spokes notFound(String... names) {
        return with(new ViewAnswer.NotFound(), names);
    }

    Spokes refused(String name, String message) {
        return with(new ViewAnswer.Refused(message), name);
    }

    Spokes job(String view, Map<String, Object> status) {
        return found(view, Map.of("kind", "Job", "status", status));
    }

    /** A job that has left a report on itself. */
    Spokes job(String view, Map<String, Object> status, String report) {
        return found(view, Map.of(
                "kind", "Job",
                "metadata", Map.of("annotations", Map.of("echelon.dev/progress", report)),
                "status", status));
    }

    Spokes action(String name, ActionState state) {
        Map<String, ActionState> more = new HashMap<>(actions);
        more.put(name, state);
        return new Spokes(available, views, more);
    }

    ObservedSpoke observed() {
        return new ObservedSpoke(available, views, actions);
    }

    private Spokes with(ViewAnswer answer, String... names) {
        Map<String, ViewAnswer> more = new HashMap<>(views);
        for (String name : names) {
            more.put(name, answer);
        }
        return new Spokes(available, more, actions);
    }

    static Map<String, Object> active() {
        return Map.of("active", 1);
    }

    static Map<String, Object> succeeded() {
        return Map.of("succeeded", 1);
    }

    static Map<String, Object> failed(String reason) {
        return Map.of("failed", 1, "conditions", List.of(
                Map.of("type", "FailureTarget", "status", "True", "reason", reason),
                Map.of("type", "Failed", "status", "True", "reason", reason)));
    }

    /** The changes of a step in short, for example {@code "delete view-precache-job"}. */
    static List<String> describe(Step<?> step) {
        return step.changes().stream().map(Spokes::describe).toList();
    }

    static String describe(Change change) {
        return switch (change) {
            case Change.Ensure(var object) -> "ensure " + object.name();
            case Change.Issue(var action) -> "issue " + action.name();
            case Change.Recreate(var object) -> "recreate " + object.name();
            case Change.Align(var object) -> "align " + object.name();
            case Change.Relabel relabel -> "relabel " + relabel.cluster();
            case Change.Delete(_, _, var name) -> "delete " + name;
        };
    }
}
