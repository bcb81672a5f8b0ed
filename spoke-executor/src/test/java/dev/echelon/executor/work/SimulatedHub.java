package dev.echelon.executor.work;

import dev.echelon.contract.CguId;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.HubObject;
import dev.echelon.executor.domain.ObservedSpoke;
import dev.echelon.executor.domain.ObservedSpoke.ActionState;
import dev.echelon.executor.domain.SeenObject;
import dev.echelon.executor.domain.ViewAnswer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A hub with one spoke, in memory: {@link #spokeActs()} carries out the actions that wait, {@link #spokeAnswers()}
 * answers the views. A job runs when it is first looked at and has succeeded when it is looked at again. Changes are
 * counted, so that a test can let the process die before or after any of them.
 */
final class SimulatedHub implements Hub {

    /** The process dies here. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final Map<String, HubObject> views = new HashMap<>();
    private final Map<String, ViewAnswer> answers = new HashMap<>();
    private final Map<String, HubObject> actions = new HashMap<>();
    private final Set<String> spent = new HashSet<>();
    private final Map<String, Integer> onSpoke = new HashMap<>();
    private final List<String> log = new ArrayList<>();
    private int namespaces;
    private boolean available = true;

    void setAvailable(boolean available) {
        this.available = available;
    }

    /** What was done, in order, for example {@code "create job pre-cache"}. */
    List<String> spokeLog() {
        return log;
    }

    Set<String> views() {
        return views.keySet();
    }

    Set<String> spokeObjects() {
        return onSpoke.keySet();
    }

    @Override
    public ObservedSpoke spoke(String cluster) {
        Map<String, ViewAnswer> seen = new HashMap<>();
        views.keySet().forEach(name -> seen.put(name, answers.getOrDefault(name, new ViewAnswer.Pending())));
        Map<String, ActionState> states = new HashMap<>();
        actions.keySet().forEach(name ->
                states.put(name, spent.contains(name) ? ActionState.SPENT : ActionState.WAITING));
        return new ObservedSpoke(available, seen, states);
    }

    @Override
    public Collection<SeenObject> enforcing(CguId cgu) {
        return List.of();
    }

    @Override
    public Optional<SeenObject> find(HubKind kind, String namespace, String name) {
        return Optional.empty();
    }

    @Override
    public Collection<SeenObject> ofCgus(HubKind kind, String cluster) {
        return List.of();
    }

    @Override
    public Optional<SeenObject> read(HubKind kind, String namespace, String name) {
        return Optional.empty();
    }

    @Override
    public void apply(Change change) {
        switch (change) {
            case Change.Ensure(var object) -> {
                if (object.kind() == HubKind.VIEW) {
                    views.putIfAbsent(object.name(), object);
                } else {
                    actions.putIfAbsent(object.name(), object);
                }
            }
            case Change.Issue(var action) -> {
                if (spent.remove(action.name()) || !actions.containsKey(action.name())) {
                    actions.put(action.name(), action);
                }
            }
            case Change.Recreate(var object) -> {
                views.put(object.name(), object);
                answers.remove(object.name());
            }
            case Change.Delete(var kind, _, var name) -> {
                if (kind == HubKind.VIEW) {
                    views.remove(name);
                    answers.remove(name);
                } else {
                    actions.remove(name);
                    spent.remove(name);
                }
            }
            case Change.Align(var object) -> throw new AssertionError("a job aligned " + object.name());
            case Change.Relabel relabel -> throw new AssertionError("a job relabelled " + relabel.cluster());
        }
    }

    /** Carries out the actions that wait, in the order of their creation's names. */
    void spokeActs() {
        actions.keySet().stream().sorted(SimulatedHub::byDependency).forEach(name -> {
            if (spent.add(name)) {
                Map<?, ?> spec = (Map<?, ?>) actions.get(name).content().get("spec");
                Map<?, ?> kube = (Map<?, ?>) spec.get("kube");
                if (spec.get("actionType").equals("Delete")) {
                    delete(kube.get("resource") + " " + kube.get("name"));
                } else {
                    Map<?, ?> metadata = (Map<?, ?>) ((Map<?, ?>) kube.get("template")).get("metadata");
                    create(String.valueOf(kube.get("resource")), String.valueOf(metadata.get("name")));
                }
            }
        });
    }

    /** Deletes come first, the namespace before what is in it, the job last. */
    private static int byDependency(String one, String other) {
        List<String> order = List.of("-delete", "-ns-create", "-sa-create", "-crb-create", "-cm-create", "-job-create");
        return Integer.compare(rank(order, one), rank(order, other));
    }

    private static int rank(List<String> order, String name) {
        for (int i = 0; i < order.size(); i++) {
            if (name.endsWith(order.get(i))) {
                return i;
            }
        }
        throw new AssertionError("what is " + name + "?");
    }

    private void create(String resource, String name) {
        if (onSpoke.putIfAbsent(resource + " " + name, resource.equals("namespace") ? ++namespaces : 0) == null) {
            log.add("create " + resource + " " + name);
        }
    }

    private void delete(String object) {
        if (onSpoke.remove(object) != null) {
            log.add("delete " + object);
            if (object.startsWith("namespace ")) {
                boolean backup = object.endsWith("backup");
                onSpoke.keySet().removeIf(other -> !other.startsWith("clusterrolebinding")
                        && other.contains(backup ? "backup" : "pre-cache"));
            }
        }
    }

    /** Somebody answers a view in the spoke's stead. */
    void answer(String view, ViewAnswer answer) {
        answers.put(view, answer);
    }

    /** Answers all views by what is on the spoke now. */
    void spokeAnswers() {
        views.forEach((name, view) -> {
            Map<?, ?> scope = (Map<?, ?>) ((Map<?, ?>) view.content().get("spec")).get("scope");
            String resource = String.valueOf(scope.get("resource"));
            String object = (resource.endsWith("s") ? resource.substring(0, resource.length() - 1) : resource)
                    + " " + scope.get("name");
            Integer looks = onSpoke.get(object);
            if (looks == null) {
                answers.put(name, new ViewAnswer.NotFound());
            } else if (object.startsWith("job ")) {
                String status = looks == 0 ? "active" : "succeeded";
                String report = "{\"imagesDone\": " + (looks + 1) + ", \"imagesTotal\": 2}";
                answers.put(name, new ViewAnswer.Found(Map.of(
                        "metadata", Map.of("annotations", Map.of("echelon.dev/progress", report)),
                        "status", Map.of(status, 1))));
                onSpoke.put(object, looks + 1);
            } else {
                answers.put(name, new ViewAnswer.Found(Map.of("metadata", Map.of("uid", String.valueOf(looks)))));
            }
        });
    }
}
