package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.HubKinds;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Decides which clusters the Placements select, as OCM does: predicates are alternatives, taints must be tolerated, the
 * namespace needs a ManagedClusterSetBinding (where the hub has that kind at all; sets themselves are not simulated),
 * {@code numberOfClusters} limits. Prioritizers and claims are ignored. Writes the PlacementSatisfied condition.
 */
final class PlacementController {
    /** A cluster as placements see it. */
    private record Candidate(Map<String, String> labels, List<JsonNode> taints) {
    }

    private record Placed(ObjectNode spec, String status) {
    }

    private final HubClient hub;
    private final Timeline timeline;
    private final boolean setBindingsNeeded;
    private final Consumer<String> whenDecided;
    private final Map<String, Candidate> clusters = new ConcurrentHashMap<>();
    private final Map<String, Placed> placements = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> decisions = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> bindingsByNamespace = new ConcurrentHashMap<>();
    private final Coalescer<String> looks;

    /** @param whenDecided is told {@code namespace/name} of a placement whose decision has changed */
    PlacementController(HubClient hub, Timeline timeline, Duration window, Consumer<String> whenDecided) {
        this.hub = hub;
        this.timeline = timeline;
        this.whenDecided = whenDecided;
        setBindingsNeeded = hub.serves(HubKinds.SET_BINDING);
        looks = new Coalescer<>("placement", timeline, window, this::decide);
    }

    void watch() {
        hub.watch(HubKinds.MANAGED_CLUSTER, Optional.empty(), Handler.of(this::clusterSeen, gone -> {
            clusters.remove(gone.getMetadata().getName());
            placements.keySet().forEach(looks::mark);
        }));
        if (setBindingsNeeded) {
            hub.watch(HubKinds.SET_BINDING, Optional.empty(), Handler.of(seen -> bound(seen, true),
                    gone -> bound(gone, false)));
        }
        hub.watch(HubKinds.PLACEMENT, Optional.empty(), Handler.of(seen -> {
            ObjectNode spec = World.part(seen, "spec");
            Placed before = placements.put(key(seen), new Placed(spec, satisfied(World.part(seen, "status"))));
            if (before == null || !before.spec().equals(spec)) {
                looks.mark(key(seen));
            }
        }, gone -> {
            placements.remove(key(gone));
            decisions.remove(key(gone));
            whenDecided.accept(key(gone));
        }));
    }

    /** The clusters that a placement selects; none where there is no such placement. */
    Set<String> decision(String namespace, String name) {
        return decisions.getOrDefault(namespace + "/" + name, Set.of());
    }

    private void clusterSeen(GenericKubernetesResource cluster) {
        Map<String, String> labels = cluster.getMetadata().getLabels() == null ? Map.of()
                : Map.copyOf(cluster.getMetadata().getLabels());
        List<JsonNode> taints = World.part(cluster, "spec").path("taints").valueStream().toList();
        Candidate now = new Candidate(labels, taints);
        if (!now.equals(clusters.put(cluster.getMetadata().getName(), now))) {
            placements.keySet().forEach(looks::mark);
        }
    }

    private void bound(GenericKubernetesResource binding, boolean there) {
        String namespace = binding.getMetadata().getNamespace();
        Set<String> names = bindingsByNamespace.computeIfAbsent(namespace, _ -> ConcurrentHashMap.newKeySet());
        boolean changed = there ? names.add(binding.getMetadata().getName())
                : names.remove(binding.getMetadata().getName());
        if (changed) {
            placements.keySet().stream().filter(key -> key.startsWith(namespace + "/")).forEach(looks::mark);
        }
    }

    private void decide(String key) {
        Placed placed = placements.get(key);
        if (placed == null) {
            return;
        }
        String namespace = key.substring(0, key.indexOf('/'));
        boolean mayPlace = !setBindingsNeeded || !bindingsByNamespace.getOrDefault(namespace, Set.of()).isEmpty();
        Optional<List<Selector>> predicates = predicates(placed.spec());
        Set<String> selected = mayPlace && predicates.isPresent() ? select(placed.spec(), predicates.get()) : Set.of();
        if (!selected.equals(decisions.put(key, selected))) {
            whenDecided.accept(key);
        }
        report(key, placed, mayPlace, predicates.isPresent(), selected.size());
    }

    private static Optional<List<Selector>> predicates(ObjectNode spec) {
        List<Selector> found = new ArrayList<>();
        for (JsonNode predicate : spec.path("predicates")) {
            Optional<Selector> selector = Selector.of(predicate.at("/requiredClusterSelector/labelSelector"));
            if (selector.isEmpty()) {
                return Optional.empty();
            }
            found.add(selector.get());
        }
        return Optional.of(found);
    }

    private Set<String> select(ObjectNode spec, List<Selector> predicates) {
        Set<String> selected = new TreeSet<>();
        clusters.forEach((name, cluster) -> {
            if ((predicates.isEmpty() || predicates.stream().anyMatch(p -> p.matches(cluster.labels())))
                    && cluster.taints().stream().allMatch(taint -> tolerated(taint, spec.path("tolerations")))) {
                selected.add(name);
            }
        });
        int limit = spec.path("numberOfClusters").asInt(Integer.MAX_VALUE);
        return selected.size() <= limit ? selected
                : selected.stream().limit(limit).collect(java.util.stream.Collectors.toCollection(TreeSet::new));
    }

    private static boolean tolerated(JsonNode taint, JsonNode tolerations) {
        return taint.path("effect").asText().equals("PreferNoSelect") || tolerations.valueStream().anyMatch(t ->
                (t.path("key").asText().isEmpty() || t.path("key").equals(taint.path("key")))
                        && (t.path("operator").asText().equals("Exists")
                        || t.path("value").asText().equals(taint.path("value").asText())));
    }

    private void report(String key, Placed placed, boolean mayPlace, boolean valid, int selected) {
        Instant now = timeline.now();
        ObjectNode satisfied = !mayPlace ? World.condition("PlacementSatisfied", false, "NoManagedClusterSetBindings",
                "No valid ManagedClusterSetBindings found in placement namespace", now)
                : selected == 0 ? World.condition("PlacementSatisfied", false, "NoManagedClusterMatched",
                        "No ManagedCluster matches any of the cluster predicate", now)
                : World.condition("PlacementSatisfied", true, "AllDecisionsScheduled",
                        "All cluster decisions scheduled", now);
        ObjectNode configured = World.condition("PlacementMisconfigured", !valid,
                valid ? "Succeedconfigured" : "Misconfigured", valid ? "Placement configurations check pass"
                        : "a label selector of the placement is not valid", now);
        String short1 = satisfied.path("reason").asText() + valid + selected;
        if (short1.equals(placed.status())) {
            return;
        }
        ObjectNode status = Json.object().put("numberOfSelectedClusters", selected);
        ArrayNode conditions = status.putArray("conditions");
        conditions.add(configured).add(satisfied);
        int slash = key.indexOf('/');
        hub.mergeStatus(HubKinds.PLACEMENT, key.substring(0, slash), key.substring(slash + 1), status).expecting(404);
        placements.computeIfPresent(key, (_, p) -> new Placed(p.spec(), short1));
    }

    /** What its status says, in short, to be compared with what it should say. */
    private static String satisfied(ObjectNode status) {
        return World.conditionOf(status, "PlacementSatisfied").path("reason").asText()
                + !World.conditionOf(status, "PlacementMisconfigured").path("status").asText().equals("True")
                + status.path("numberOfSelectedClusters").asInt();
    }

    private static String key(GenericKubernetesResource object) {
        return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
    }
}
