package dev.echelon.e2e.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.echelon.e2e.parity.Ref.Kind;
import dev.echelon.standalone.client.KubeHttp;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/**
 * What one case does on the hub: it applies objects, writes the statuses that ACM and the spokes would write, and waits
 * for what Echelon makes of it. Names are the case's own, because cases run side by side.
 */
final class Stage {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONG_PATIENCE = Duration.ofSeconds(150);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NOW = "2025-01-10T08:00:00Z";

    private final BareHub bareHub;
    private final KubeHttp hub;
    private final Deque<Ref> made = new ArrayDeque<>();
    private final Set<String> namespaces = new LinkedHashSet<>();
    private final Map<Ref, Map<String, String>> compliance = new LinkedHashMap<>();

    Stage(BareHub bareHub) {
        this.bareHub = bareHub;
        this.hub = bareHub.http();
    }

    /** Creates the objects, with their status where they have one. Namespaces are made as needed. */
    void create(String yaml) {
        for (JsonNode object : documents(yaml)) {
            Ref ref = Ref.of(object);
            namespace(ref.namespace());
            call(() -> hub.create(ref.collection(), object.toString()));
            made.push(ref);
            if (object.has("status")) {
                patchStatus(ref, JSON.createObjectNode().set("status", object.get("status")).toString());
            }
        }
    }

    /**
     * ManagedClusters that are available, with their namespaces and the label that Placements select by. They were
     * installed long ago: {@code ztp-done} keeps the automatic CGU away from them.
     */
    void clusters(String... names) {
        for (String name : names) {
            cluster(name, "{}");
        }
    }

    /** A ManagedCluster that is available, with these labels beside the one of its name. */
    void cluster(String name, String labels) {
        namespace(name);
        create("""
                apiVersion: cluster.open-cluster-management.io/v1
                kind: ManagedCluster
                metadata: {name: %s, labels: {name: %s, ztp-done: ""}}
                spec: {hubAcceptsClient: true}
                status:
                  conditions:
                    - {type: ManagedClusterConditionAvailable, status: "True", reason: ManagedClusterAvailable, message: Managed cluster is available, lastTransitionTime: "%s"}
                """.formatted(name, name, NOW));
        patch(Ref.cluster(name), "metadata: {labels: %s}".formatted(labels));
    }

    /** The template of a policy of one object that nobody looks into. */
    static String template(String policy) {
        return template(policy, """
                object-templates:
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: v1
                      kind: ConfigMap
                      metadata: {name: settings, namespace: default}
                      data: {mode: fast}
                """);
    }

    /** A policy's template with this in the spec of its ConfigurationPolicy. */
    static String template(String policy, String spec) {
        return """
                objectDefinition:
                  apiVersion: policy.open-cluster-management.io/v1
                  kind: ConfigurationPolicy
                  metadata: {name: %s-config}
                  spec:
                %s""".formatted(policy, spec.indent(4));
    }

    /** An inform policy as ACM shows it: the root, a replica for each cluster it is bound to, and their compliance. */
    Ref policy(String namespace, String name, Map<String, String> compliant) {
        return policy(namespace, name, "", template(name), compliant);
    }

    /** @param more further fields of the root's spec, at its indentation, and of its replicas' */
    Ref policy(String namespace, String name, String more, String template, Map<String, String> compliant) {
        rootPolicy(namespace, name, more, template);
        compliant.keySet().forEach(cluster -> replica(namespace, name, cluster, more, template));
        Ref ref = Ref.policy(namespace, name);
        comply(ref, compliant);
        return ref;
    }

    /** A root policy that is bound to nothing. */
    void rootPolicy(String namespace, String name, String more, String template) {
        create("metadata: {name: %s, namespace: %s}%n".formatted(name, namespace) + policySpec(more, template));
    }

    /** What ACM puts into a cluster's namespace for a root policy. */
    void replica(String namespace, String name, String cluster, String more, String template) {
        create("""
                metadata:
                  name: %1$s.%2$s
                  namespace: %3$s
                  labels:
                    policy.open-cluster-management.io/root-policy: %1$s.%2$s
                    policy.open-cluster-management.io/cluster-name: %3$s
                    policy.open-cluster-management.io/cluster-namespace: %3$s
                """.formatted(namespace, name, cluster) + policySpec(more, template));
    }

    private static String policySpec(String more, String template) {
        return """
                apiVersion: policy.open-cluster-management.io/v1
                kind: Policy
                spec:
                  remediationAction: inform
                  disabled: false
                """ + more.indent(2) + "  policy-templates:\n" + ("- " + template.indent(2).strip() + "\n").indent(4);
    }

    /** The root policy says of the cluster what ACM would say now. */
    void comply(Ref policy, String cluster, String compliant) {
        comply(policy, Map.of(cluster, compliant));
    }

    /** As {@link #comply(Ref, String, String)} of several clusters in one write. */
    void comply(Ref policy, Map<String, String> compliant) {
        Map<String, String> all = compliance.computeIfAbsent(policy, _ -> new TreeMap<>());
        all.putAll(compliant);
        ObjectNode status = JSON.createObjectNode();
        var list = status.putObject("status").putArray("status");
        all.forEach((cluster, value) ->
                list.addObject().put("clustername", cluster).put("clusternamespace", cluster).put("compliant", value));
        patchStatus(policy, status.toString());
    }

    /** A view says what it sees: the object, as YAML, is its result. */
    void seen(Ref view, String result) {
        awaitThere(view);
        ObjectNode status = processing("True", "GetResourceProcessing", "Watching resources successfully");
        ((ObjectNode) status.path("status"))
                .set("result", instead(get(view).at("/status/result"), documents(result).getFirst()));
        patchStatus(view, status.toString());
    }

    /** The merge patch that leaves only the new fields. */
    private static JsonNode instead(JsonNode before, JsonNode now) {
        ObjectNode patch = JSON.createObjectNode();
        before.fieldNames().forEachRemaining(patch::putNull);
        now.properties().forEach(field -> patch.set(
                field.getKey(),
                field.getValue().isObject()
                        ? instead(before.path(field.getKey()), field.getValue())
                        : field.getValue()));
        return patch;
    }

    /** A view says that the spoke does not have the object. */
    void notFound(Ref view) {
        awaitThere(view);
        patchStatus(view, processing(
                        "False", "GetResourceFailed", "failed to get resource with err: " + view.name() + " not found")
                .toString());
    }

    /** An action says that it is done. */
    void done(Ref action) {
        awaitThere(action);
        patchStatus(action, """
                status:
                  conditions:
                    - {type: Completed, status: "True", reason: ActionDone, message: Resource action is done., lastTransitionTime: "%s"}
                """.formatted(NOW));
    }

    private static ObjectNode processing(String status, String reason, String message) {
        ObjectNode patch = JSON.createObjectNode();
        patch.putObject("status").putArray("conditions").addObject()
                .put("type", "Processing").put("status", status).put("reason", reason).put("message", message)
                .put("lastTransitionTime", NOW);
        return patch;
    }

    /** A merge patch, as YAML. */
    void patch(Ref ref, String yaml) {
        String json = documents(yaml).getFirst().toString();
        call(() -> hub.merge(ref.path(), json));
    }

    /** A merge patch of the status subresource, as YAML. */
    void patchStatus(Ref ref, String yaml) {
        String json = documents(yaml).getFirst().toString();
        call(() -> hub.merge(ref.path() + "/status", json));
    }

    /** Takes an object that Echelon made for one that the case made: it is deleted with the others in the end. */
    void adopt(Ref ref) {
        made.push(ref);
    }

    /** Remembers from here on which conditions of the CGU change with each version that the hub shows. */
    ConditionsWatch watch(Ref cgu) {
        return call(() -> new ConditionsWatch(hub, cgu));
    }

    void delete(Ref ref) {
        call(() -> hub.delete(ref.path()));
    }

    /** The object as it is now. */
    JsonNode get(Ref ref) {
        return call(() -> hub.get(ref.path()));
    }

    /** What {@code kubectl get} prints of the object: the cells of its row, by column. */
    Map<String, String> printed(Ref ref) {
        JsonNode table = call(() -> hub.table(ref.path()));
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < table.path("columnDefinitions").size(); i++) {
            cells.put(
                    table.path("columnDefinitions").get(i).path("name").asText(),
                    table.path("rows").get(0).path("cells").get(i).asText());
        }
        return cells;
    }

    /** All objects of the kind with these labels, in all namespaces. */
    List<JsonNode> labelled(Kind kind, String... labels) {
        String selector = URLEncoder.encode(String.join(",", labels), StandardCharsets.UTF_8);
        List<JsonNode> found = new ArrayList<>();
        call(() -> hub.get(kind.path() + "?labelSelector=" + selector)).path("items").forEach(found::add);
        return found;
    }

    /** All events in the namespace that regard the object, oldest first. */
    List<JsonNode> events(Ref regarding) {
        List<JsonNode> found = new ArrayList<>();
        call(() -> hub.get(new Ref(Kind.EVENT, regarding.namespace(), "").collection())).path("items")
                .forEach(event -> {
            if (event.path("regarding").path("name").asText().equals(regarding.name())) {
                found.add(event);
            }
        });
        // Events of one decision have one time; nobody changes an event, so that its version tells when it was written.
        found.sort(Comparator.comparing((JsonNode event) -> event.path("eventTime").asText())
                .thenComparing(event -> event.at("/metadata/resourceVersion").asLong()));
        return found;
    }

    /** Waits until the hub's objects look as the documents say. */
    void awaits(String yaml) {
        for (JsonNode expected : documents(yaml)) {
            await(Ref.of(expected), expected, PATIENCE);
        }
    }

    /** Waits until the object looks as the YAML says. */
    void awaits(Ref ref, String yaml) {
        await(ref, documents(yaml).getFirst(), PATIENCE);
    }

    /** As {@link #awaits(Ref, String)}, for what takes its minutes. */
    void awaitsLong(Ref ref, String yaml) {
        await(ref, documents(yaml).getFirst(), LONG_PATIENCE);
    }

    private void await(Ref ref, JsonNode expected, Duration patience) {
        Awaitility.await(ref + " as expected on " + bareHub)
                .atMost(patience)
                .pollInterval(BETWEEN_LOOKS)
                .untilAsserted(() -> {
                    JsonNode found = hub.find(ref.path()).orElse(null);
                    assertThat(found).as("%s", ref).isNotNull();
                    List<String> differences = Expectation.differences(expected, found);
                    assertThat(differences)
                            .as(() -> ref + " differs; it is\n" + text(found))
                            .isEmpty();
                });
    }

    /** Waits until it is so. */
    void awaitTrue(String what, Callable<Boolean> soNow) {
        Awaitility.await(what + " on " + bareHub).atMost(PATIENCE).pollInterval(BETWEEN_LOOKS).until(soNow);
    }

    /** As {@link #awaitTrue}, for what takes its minutes. */
    void awaitTrueLong(String what, Callable<Boolean> soNow) {
        Awaitility.await(what + " on " + bareHub).atMost(LONG_PATIENCE).pollInterval(BETWEEN_LOOKS).until(soNow);
    }

    void awaitThere(Ref ref) {
        Awaitility.await(ref + " to be there on " + bareHub)
                .atMost(PATIENCE)
                .pollInterval(BETWEEN_LOOKS)
                .until(() -> hub.find(ref.path()).isPresent());
    }

    void awaitGone(Ref... refs) {
        for (Ref ref : refs) {
            Awaitility.await(ref + " to be gone on " + bareHub)
                    .atMost(PATIENCE)
                    .pollInterval(BETWEEN_LOOKS)
                    .untilAsserted(() -> assertThat(hub.find(ref.path()).map(Stage::text)).isEmpty());
        }
    }

    /** The object as it is now, where it is there. */
    Optional<JsonNode> find(Ref ref) {
        return call(() -> hub.find(ref.path()));
    }

    /** Whether the object is there now. */
    boolean isThere(Ref ref) {
        return find(ref).isPresent();
    }

    /** Waits until the conditions are exactly these, each {@code Type=Status Reason: message}, in this order. */
    void awaitConditions(Ref cgu, String... conditions) {
        awaitConditions(PATIENCE, cgu, conditions);
    }

    /** As {@link #awaitConditions(Ref, String...)}, for what takes its minutes. */
    void awaitConditionsLong(Ref cgu, String... conditions) {
        awaitConditions(LONG_PATIENCE, cgu, conditions);
    }

    private void awaitConditions(Duration patience, Ref cgu, String... conditions) {
        Awaitility.await("conditions of " + cgu + " on " + bareHub)
                .atMost(patience)
                .pollInterval(BETWEEN_LOOKS)
                .untilAsserted(() -> {
                    JsonNode found = hub.get(cgu.path());
                    assertThat(conditions(found)).as(() -> text(found)).containsExactly(conditions);
                });
    }

    private static List<String> conditions(JsonNode cgu) {
        List<String> all = new ArrayList<>();
        cgu.path("status").path("conditions").forEach(condition -> all.add(condition(condition)));
        return all;
    }

    /** As {@code Type=Status Reason: message}. */
    static String condition(JsonNode condition) {
        return "%s=%s %s: %s".formatted(
                condition.path("type").asText(),
                condition.path("status").asText(),
                condition.path("reason").asText(),
                condition.path("message").asText());
    }

    /** Deletes the CGUs, which leaves nothing of theirs on the hub, and then what the case made. */
    void clear() {
        try {
            deleteCgus();
        } finally {
            discard();
        }
    }

    private void deleteCgus() {
        List<Ref> cgus = made.stream().filter(ref -> ref.kind() == Kind.CGU).toList();
        for (Ref cgu : cgus) {
            if (isThere(cgu)) {
                delete(cgu);
            }
            awaitGone(cgu);
            for (Kind kind : List.of(Kind.PLACEMENT, Kind.BINDING, Kind.VIEW, Kind.WORK)) {
                assertThat(labelled(
                                kind,
                                "openshift-cluster-group-upgrades/clusterGroupUpgrade=" + cgu.name(),
                                "openshift-cluster-group-upgrades/clusterGroupUpgradeNamespace=" + cgu.namespace()))
                        .as("left of %s", cgu)
                        .isEmpty();
            }
        }
    }

    private void discard() {
        made.stream().filter(ref -> ref.kind() != Kind.EVENT).forEach(ref -> call(() -> {
            if (hub.find(ref.path()).isPresent()) {
                hub.delete(ref.path());
            }
            return null;
        }));
        made.clear();
        namespaces.forEach(name -> call(() -> hub.delete(new Ref(Kind.NAMESPACE, "", name).path())));
        namespaces.clear();
    }

    private void namespace(String name) {
        if (!name.isEmpty() && namespaces.add(name)) {
            call(() -> hub.create(Kind.NAMESPACE.path(), """
                    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s"}}""".formatted(name)));
        }
    }

    private static String text(JsonNode object) {
        try {
            ObjectNode shown = object.deepCopy();
            ((ObjectNode) shown.path("metadata")).remove("managedFields");
            return YAML.writeValueAsString(shown);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<JsonNode> documents(String yaml) {
        try (var values = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            return values.readAll();
        } catch (IOException e) {
            throw new IllegalArgumentException("no YAML:\n" + yaml, e);
        }
    }

    private interface Call<T> {
        T run() throws IOException, InterruptedException;
    }

    private static <T> T call(Call<T> call) {
        try {
            return call.run();
        } catch (IOException e) {
            throw new AssertionError(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
