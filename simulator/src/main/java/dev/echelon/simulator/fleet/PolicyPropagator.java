package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.HubKinds;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * ACM's propagation of policies: a replica of each root policy in the namespace of every cluster that its bindings
 * select, enforced where a binding overrides it so, and the compliance of all replicas gathered in the root policy's
 * status.
 *
 * <p>Two looks, each for one root policy and coalesced over a window. {@code propagate} makes the replicas what the
 * bindings want; {@code summarize} writes the root's status: one patch per root and window, however many clusters have
 * changed. PolicySets and PlacementRules are not simulated, hub templates are left as they are.
 */
final class PolicyPropagator {
    private static final String CLUSTER_NAME = "policy.open-cluster-management.io/cluster-name";
    private static final String CLUSTER_NAMESPACE = "policy.open-cluster-management.io/cluster-namespace";
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

    private record Root(String namespace, String name, Map<String, Object> spec, PolicyContent content,
            boolean enforced, Map<String, String> labels, Map<String, String> annotations) {
        String dotted() {
            return namespace + "." + name;
        }
    }

    private record Binding(String namespace, String name, String placement, Set<String> policies, boolean restricted,
            boolean enforces) {
        static Binding of(GenericKubernetesResource object) {
            Map<String, Object> fields = object.getAdditionalProperties();
            ObjectNode reference = World.tree(fields.get("placementRef"));
            ObjectNode overrides = World.tree(fields.get("bindingOverrides"));
            Set<String> policies = new TreeSet<>();
            if (fields.get("subjects") instanceof List<?> subjects) {
                subjects.stream().map(World::tree).filter(subject -> subject.path("kind").asText().equals("Policy"))
                        .forEach(subject -> policies.add(subject.path("name").asText()));
            }
            return new Binding(object.getMetadata().getNamespace(), object.getMetadata().getName(),
                    reference.path("kind").asText().equals("Placement") ? reference.path("name").asText() : "",
                    policies, "restricted".equals(fields.get("subFilter")),
                    overrides.path("remediationAction").asText().equalsIgnoreCase("enforce"));
        }
    }

    private final HubClient hub;
    private final PolicyContents contents;
    private final PlacementController placements;
    private final Consumer<Replica> replicaSeen;
    private final Consumer<Replica> replicaGone;
    private final Map<String, Root> roots = new ConcurrentHashMap<>();
    private final Map<String, Binding> bindings = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Replica>> replicas = new ConcurrentHashMap<>();
    private final Map<String, ObjectNode> written = new ConcurrentHashMap<>();
    private final Coalescer<String> propagations;
    private final Coalescer<String> summaries;

    /** @param window how long changes are gathered, by the wall's clock */
    PolicyPropagator(World world, Duration window, Consumer<Replica> replicaSeen, Consumer<Replica> replicaGone) {
        hub = world.hub();
        contents = world.contents();
        this.replicaSeen = replicaSeen;
        this.replicaGone = replicaGone;
        placements = new PlacementController(hub, world.timeline(), window.dividedBy(2), this::decided);
        propagations = new Coalescer<>("propagation of", world.timeline(), window.dividedBy(2), this::propagate);
        summaries = new Coalescer<>("summary of", world.timeline(), window, this::summarize);
    }

    void watch() {
        placements.watch();
        hub.watch(HubKinds.PLACEMENT_BINDING, Optional.empty(), Handler.of(
                seen -> rebound(key(seen), Optional.of(Binding.of(seen))),
                gone -> rebound(key(gone), Optional.empty())));
        hub.watch(HubKinds.POLICY, Optional.of(Replica.ROOT_LABEL), Handler.of(this::seen, this::gone));
        hub.watch(HubKinds.POLICY, Optional.of("!" + Replica.ROOT_LABEL), Handler.of(this::rootSeen, gone -> {
            roots.remove(key(gone));
            written.remove(key(gone));
            propagations.mark(key(gone));
        }));
        // Replicas of policies that went while nobody looked.
        replicas.keySet().forEach(dotted -> propagations.mark(dotted.replaceFirst("\\.", "/")));
    }

    private void rootSeen(GenericKubernetesResource policy) {
        Map<String, Object> spec = Replica.map(policy.getAdditionalProperties().get("spec"));
        Root root = new Root(policy.getMetadata().getNamespace(), policy.getMetadata().getName(), spec,
                contents.of(spec), String.valueOf(spec.get("remediationAction")).equalsIgnoreCase("enforce"),
                copy(policy.getMetadata().getLabels()), copy(policy.getMetadata().getAnnotations()));
        written.computeIfAbsent(key(policy), _ -> World.part(policy, "status"));
        if (!root.equals(roots.put(key(policy), root))) {
            propagations.mark(key(policy));
        }
    }

    private static Map<String, String> copy(Map<String, String> given) {
        Map<String, String> copy = new TreeMap<>(given == null ? Map.of() : given);
        copy.remove(LAST_APPLIED);
        return copy;
    }

    private void rebound(String key, Optional<Binding> now) {
        Optional<Binding> before = Optional.ofNullable(now.isPresent() ? bindings.put(key, now.get())
                : bindings.remove(key));
        if (!before.equals(now)) {
            Set<Binding> touched = new HashSet<>();
            before.ifPresent(touched::add);
            now.ifPresent(touched::add);
            touched.forEach(binding -> binding.policies().forEach(policy ->
                    propagations.mark(binding.namespace() + "/" + policy)));
        }
    }

    private void decided(String placement) {
        bindings.values().stream().filter(binding ->
                (binding.namespace() + "/" + binding.placement()).equals(placement)).forEach(binding ->
                binding.policies().forEach(policy -> propagations.mark(binding.namespace() + "/" + policy)));
    }

    private void seen(GenericKubernetesResource object) {
        Replica replica = Replica.of(object, contents);
        Replica known = remember(replica);
        if (known == replica) {
            replicaSeen.accept(replica);
        }
    }

    /** Keeps the newest; answers it. */
    private Replica remember(Replica replica) {
        String key = replica.root().replaceFirst("\\.", "/");
        Replica[] before = new Replica[1];
        Replica now = replicas.computeIfAbsent(replica.root(), _ -> new ConcurrentHashMap<>())
                .compute(replica.cluster(), (_, known) -> {
                    before[0] = known;
                    return known != null && known.version() > replica.version() ? known : replica;
                });
        if (now == replica) {
            if (before[0] == null || !before[0].compliance().equals(replica.compliance())) {
                summaries.mark(key);
            }
            if (before[0] == null || before[0].enforced() != replica.enforced()
                    || before[0].content() != replica.content()) {
                propagations.mark(key);
            }
        }
        return now;
    }

    private void gone(GenericKubernetesResource object) {
        String dotted = object.getMetadata().getName();
        Map<String, Replica> all = replicas.get(dotted);
        Replica gone = all == null ? null : all.remove(object.getMetadata().getNamespace());
        if (gone != null) {
            replicaGone.accept(gone);
            propagations.mark(dotted.replaceFirst("\\.", "/"));
        }
    }

    private void propagate(String key) {
        Root root = roots.get(key);
        String dotted = key.replaceFirst("/", ".");
        Map<String, Boolean> wanted = root == null || root.content().disabled() ? Map.of() : wanted(root);
        Map<String, Replica> present = replicas.getOrDefault(dotted, Map.of());
        List<Runnable> writes = new ArrayList<>();
        wanted.forEach((cluster, enforced) -> {
            Replica replica = present.get(cluster);
            if (replica == null) {
                writes.add(() -> create(root, cluster, enforced));
            } else if (replica.enforced() != enforced || replica.content() != root.content()) {
                writes.add(() -> update(root, replica, enforced));
            }
        });
        present.forEach((cluster, _) -> {
            if (!wanted.containsKey(cluster)) {
                writes.add(() -> hub.delete(HubKinds.POLICY, cluster, dotted, Optional.empty()).expecting(404));
            }
        });
        inParallel(writes);
        if (root != null) {
            summaries.mark(key);
        }
    }

    private static void inParallel(List<Runnable> writes) {
        if (writes.size() <= 1) {
            writes.forEach(Runnable::run);
            return;
        }
        try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            writes.forEach(all::submit);
        }
    }

    /**
     * For each cluster that gets the policy, whether it is enforced there. A restricted binding only says something of
     * clusters that another one has selected.
     */
    private Map<String, Boolean> wanted(Root root) {
        List<Binding> mine = bindingsOf(root);
        Map<String, Boolean> wanted = new HashMap<>();
        mine.stream().filter(binding -> !binding.restricted()).forEach(binding ->
                placements.decision(binding.namespace(), binding.placement()).forEach(cluster ->
                        wanted.merge(cluster, root.enforced() || binding.enforces(), Boolean::logicalOr)));
        mine.stream().filter(binding -> binding.restricted() && binding.enforces()).forEach(binding ->
                placements.decision(binding.namespace(), binding.placement()).forEach(cluster ->
                        wanted.computeIfPresent(cluster, (_, _) -> true)));
        return wanted;
    }

    private List<Binding> bindingsOf(Root root) {
        return bindings.values().stream().filter(binding -> binding.namespace().equals(root.namespace())
                && binding.policies().contains(root.name())).toList();
    }

    private void create(Root root, String cluster, boolean enforced) {
        ObjectNode replica = Json.object().put("apiVersion", HubKinds.POLICY.apiVersion()).put("kind", "Policy");
        ObjectNode metadata = replica.putObject("metadata").put("name", root.dotted()).put("namespace", cluster);
        ObjectNode labels = metadata.putObject("labels");
        root.labels().forEach(labels::put);
        labels.put(Replica.ROOT_LABEL, root.dotted()).put(CLUSTER_NAME, cluster).put(CLUSTER_NAMESPACE, cluster);
        ObjectNode annotations = metadata.putObject("annotations");
        root.annotations().forEach(annotations::put);
        replica.set("spec", spec(root, enforced));
        var answer = hub.create(HubKinds.POLICY, replica).expecting(409, 404);
        if (answer.done()) {
            remember(new Replica(root.dotted(), cluster, enforced, root.content(), "", answer.version()));
        }
    }

    private void update(Root root, Replica replica, boolean enforced) {
        ObjectNode patch = Json.object();
        patch.set("spec", replica.content() == root.content()
                ? Json.object().put("remediationAction", action(root, enforced)) : spec(root, enforced));
        var answer = hub.merge(HubKinds.POLICY, replica.cluster(), root.dotted(), patch).expecting(404);
        if (answer.done()) {
            remember(new Replica(root.dotted(), replica.cluster(), enforced, root.content(), replica.compliance(),
                    answer.version()));
        }
    }

    private static ObjectNode spec(Root root, boolean enforced) {
        return World.tree(root.spec()).put("remediationAction", action(root, enforced));
    }

    /** The root's own word where it says what is wanted. */
    private static String action(Root root, boolean enforced) {
        Object own = root.spec().get("remediationAction");
        return root.enforced() == enforced && own != null ? own.toString() : enforced ? "enforce" : "inform";
    }

    private void summarize(String key) {
        Root root = roots.get(key);
        if (root == null) {
            return;
        }
        ObjectNode status = Json.object();
        ArrayNode clusters = Json.array();
        Set<String> compliances = new HashSet<>();
        new TreeMap<>(replicas.getOrDefault(root.dotted(), Map.of())).forEach((cluster, replica) -> {
            ObjectNode entry = clusters.addObject().put("clustername", cluster).put("clusternamespace", cluster);
            if (!replica.compliance().isEmpty()) {
                entry.put("compliant", replica.compliance());
            }
            compliances.add(replica.compliance());
        });
        if (compliances.contains("NonCompliant")) {
            status.put("compliant", "NonCompliant");
        } else if (compliances.equals(Set.of("Compliant"))) {
            status.put("compliant", "Compliant");
        }
        ArrayNode placed = status.putArray("placement");
        bindingsOf(root).stream().sorted(java.util.Comparator.comparing(Binding::name)).forEach(binding ->
                placed.addObject().put("placement", binding.placement()).put("placementBinding", binding.name()));
        status.set("status", clusters);
        ObjectNode before = written.getOrDefault(key, Json.object());
        ObjectNode patch = Json.object();
        status.properties().stream().filter(field -> !Json.same(before.get(field.getKey()), field.getValue()))
                .forEach(field -> patch.set(field.getKey(), field.getValue()));
        if (!status.has("compliant") && before.has("compliant")) {
            patch.putNull("compliant");
        }
        if (!patch.isEmpty()) {
            hub.mergeStatus(HubKinds.POLICY, root.namespace(), root.name(), patch).expecting(404);
            written.put(key, status);
        }
    }

    private static String key(GenericKubernetesResource object) {
        return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
    }

    /** For tests and measurements: how many replicas the hub has of a root policy. */
    int replicasOf(String namespace, String name) {
        return replicas.getOrDefault(namespace + "." + name, Map.of()).size();
    }
}
