package dev.echelon.executor.work;

import dev.echelon.contract.CguId;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.HubObject;
import dev.echelon.executor.domain.ObservedSpoke;
import dev.echelon.executor.domain.SeenObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A hub with one spoke, in memory, that keeps objects as they are. A ManifestWork that is deleted stays until
 * {@link #agentActs()}. The spoke has one Subscription that waits for one manual install plan, whose version changes
 * with each look until it is approved.
 */
final class ObjectHub implements Hub {

    private static final String CLUSTER = "sno1";
    private static final String PLAN = "install-x7k2p";

    private record Key(HubKind kind, String namespace, String name) {}

    private final Map<Key, SeenObject> objects = new HashMap<>();
    private final List<String> log = new ArrayList<>();
    private final Consumer<Runnable> effect;
    private int versions;
    private int planVersion = 1;
    private boolean approved;

    /** @param effect runs each change, or lets the process die instead */
    ObjectHub(Consumer<Runnable> effect) {
        this.effect = effect;
    }

    /** What was done, in order. */
    List<String> log() {
        return log;
    }

    boolean isApproved() {
        return approved;
    }

    void put(HubKind kind, String namespace, String name, Map<String, String> labels, Map<String, String> annotations,
            Map<String, Object> content) {
        objects.put(new Key(kind, namespace, name), new SeenObject(kind, namespace, name, "uid" + ++versions,
                "" + versions, false, labels, annotations, content));
    }

    void remove(HubKind kind, String namespace, String name) {
        objects.remove(new Key(kind, namespace, name));
    }

    List<String> names(HubKind kind) {
        return objects.keySet().stream().filter(key -> key.kind() == kind).map(Key::name).sorted().toList();
    }

    @Override
    public ObservedSpoke spoke(String cluster) {
        return new ObservedSpoke(true, Map.of(), Map.of());
    }

    @Override
    public Collection<SeenObject> enforcing(CguId cgu) {
        return List.of();
    }

    @Override
    public Optional<SeenObject> find(HubKind kind, String namespace, String name) {
        return Optional.ofNullable(objects.get(new Key(kind, namespace, name)));
    }

    @Override
    public Collection<SeenObject> ofCgus(HubKind kind, String cluster) {
        return objects.values().stream()
                .filter(object -> object.kind() == kind && object.namespace().equals(cluster))
                .toList();
    }

    @Override
    public Optional<SeenObject> read(HubKind kind, String namespace, String name) {
        return find(kind, namespace, name);
    }

    @Override
    public void apply(Change change) {
        effect.accept(() -> carryOut(change));
    }

    private void carryOut(Change change) {
        switch (change) {
            case Change.Ensure(var object) -> {
                if (find(object.kind(), object.namespace(), object.name()).isEmpty()) {
                    create(object);
                }
            }
            case Change.Recreate(var object) -> {
                log.add("delete " + object.kind() + " " + object.name());
                create(object);
            }
            case Change.Align(var object) -> create(object);
            case Change.Delete(var kind, var namespace, var name) ->
                find(kind, namespace, name).ifPresent(found -> {
                    log.add("delete " + kind + " " + name);
                    if (kind == HubKind.WORK) {
                        objects.put(new Key(kind, namespace, name), deleting(found));
                    } else {
                        remove(kind, namespace, name);
                    }
                });
            case Change.Relabel relabel -> find(HubKind.CLUSTER, "", relabel.cluster()).ifPresent(found -> {
                log.add("relabel " + relabel.cluster());
                put(HubKind.CLUSTER, "", relabel.cluster(),
                        merged(found.labels(), relabel.labels(), relabel.noLabels()),
                        merged(found.annotations(), relabel.annotations(), relabel.noAnnotations()), Map.of());
            });
            case Change.Issue(var action) -> throw new AssertionError("issued " + action.name());
        }
    }

    private void create(HubObject object) {
        if (object.kind() == HubKind.WORK && !names(HubKind.WORK).isEmpty()) {
            throw new AssertionError("created " + object.name() + " beside " + names(HubKind.WORK));
        }
        log.add("create " + object.kind() + " " + object.name());
        put(object.kind(), object.namespace(), object.name(), object.labels(), object.annotations(), object.content());
    }

    private static SeenObject deleting(SeenObject object) {
        return new SeenObject(object.kind(), object.namespace(), object.name(), object.uid(),
                object.resourceVersion(), true, object.labels(), object.annotations(), object.content());
    }

    private static Map<String, String> merged(
            Map<String, String> found, Map<String, String> set, Collection<String> removed) {
        Map<String, String> merged = new TreeMap<>(found);
        merged.putAll(set);
        merged.keySet().removeAll(removed);
        return merged;
    }

    /** Lets go of the works that are deleted. */
    void agentActs() {
        objects.values().removeIf(SeenObject::deleting);
    }

    /** Carries out the approval, where it is of the plan's present version, and answers the views. */
    void spokeActs() {
        find(HubKind.ACTION, CLUSTER, PLAN).filter(action -> !action.content().containsKey("status"))
                .ifPresent(action -> {
                    boolean done = at(action.content(), "spec", "kube", "template", "metadata", "resourceVersion")
                            .equals("" + planVersion);
                    approved |= done;
                    answer(action, Map.of("conditions", List.of(
                            Map.of("type", "Completed", "status", done ? "True" : "False"))));
                });
        ofCgus(HubKind.VIEW, CLUSTER).forEach(view -> answer(view, Map.of(
                "conditions", List.of(Map.of(
                        "type", "Processing", "status", "True", "reason", "GetResourceProcessing")),
                "result", at(view.content(), "spec", "scope", "resource").equals("InstallPlan")
                        ? Map.of(
                                "metadata", Map.of("name", PLAN, "resourceVersion", "" + planVersion),
                                "spec", Map.of("approval", "Manual", "approved", approved,
                                        "clusterServiceVersionNames", List.of("ptp-operator.v4.16.0")))
                        : Map.of("status", Map.of(
                                "state", approved ? "AtLatestKnown" : "UpgradePending",
                                "installplan", Map.of("name", PLAN))))));
    }

    /** The plan changes, for example because its controller writes its status. */
    void planChanges() {
        planVersion++;
    }

    private void answer(SeenObject object, Map<String, Object> status) {
        Map<String, Object> content = new HashMap<>(object.content());
        content.put("status", status);
        put(object.kind(), object.namespace(), object.name(), object.labels(), object.annotations(), content);
    }

    private static Object at(Object tree, String... path) {
        Object found = tree;
        for (String name : path) {
            found = ((Map<?, ?>) found).get(name);
        }
        return found;
    }
}
