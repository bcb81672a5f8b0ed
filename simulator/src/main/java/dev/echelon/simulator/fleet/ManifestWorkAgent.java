package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.JsonPath;
import dev.echelon.simulator.api.HubKinds;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies the ManifestWorks of one spoke, reports Applied, Available and the fields that they ask to be fed back, and
 * takes the objects away when the work goes, unless it wants them orphaned. Runs without the clean-up finalizer of
 * OCM's agent: the work is gone at once.
 */
final class ManifestWorkAgent {
    private static final class Work {
        private String uid = "";
        private ObjectNode spec = Json.object();
        private boolean applied;
        private boolean waiting;
        private Instant since;
        private ObjectNode written = Json.object();

        List<ObjectNode> manifests() {
            return spec.at("/workload/manifests").valueStream().filter(ObjectNode.class::isInstance)
                    .map(ObjectNode.class::cast).toList();
        }
    }

    private final Spoke spoke;
    private final Map<String, Work> works = new LinkedHashMap<>(2);

    ManifestWorkAgent(Spoke spoke) {
        this.spoke = spoke;
    }

    /** The work is as given. */
    void seen(GenericKubernetesResource object) {
        Work work = works.computeIfAbsent(object.getMetadata().getName(), _ -> new Work());
        ObjectNode spec = World.part(object, "spec");
        if (!work.uid.equals(object.getMetadata().getUid()) || !work.spec.equals(spec)) {
            work.uid = object.getMetadata().getUid();
            work.spec = spec;
            work.applied = false;
            work.written = Json.object();
            apply(object.getMetadata().getName(), work);
        }
    }

    /** The work is no more, and with it what it brought. */
    void gone(GenericKubernetesResource object) {
        Work work = works.remove(object.getMetadata().getName());
        if (work != null && !work.spec.at("/deleteOption/propagationPolicy").asText().equals("Orphan")) {
            work.manifests().forEach(manifest -> spoke.objects().delete(spoke.objects().kindOf(manifest),
                    manifest.at("/metadata/namespace").asText(), manifest.at("/metadata/name").asText()));
        }
    }

    /** The hub is there again. */
    void catchUp() {
        List.copyOf(works.entrySet()).forEach(entry -> {
            if (entry.getValue().applied) {
                report(entry.getKey(), entry.getValue());
            } else {
                apply(entry.getKey(), entry.getValue());
            }
        });
    }

    /** Something of this kind has changed on the spoke. */
    void changed(ResourceKind kind) {
        List.copyOf(works.entrySet()).forEach(entry -> {
            if (entry.getValue().applied && entry.getValue().manifests().stream()
                    .anyMatch(manifest -> manifest.path("kind").asText().equals(kind.kind()))) {
                report(entry.getKey(), entry.getValue());
            }
        });
    }

    private void apply(String name, Work work) {
        if (work.waiting) {
            return;
        }
        work.waiting = true;
        spoke.after(spoke.world().scenario().durations().policyApply(), () -> {
            work.waiting = false;
            if (works.get(name) != work || !spoke.online()) {
                return;
            }
            for (ObjectNode manifest : work.manifests()) {
                String namespace = manifest.at("/metadata/namespace").asText();
                String object = manifest.at("/metadata/name").asText();
                ResourceKind kind = spoke.objects().kindOf(manifest);
                spoke.objects().ensureNamespace(namespace);
                if (spoke.objects().get(kind, namespace, object).isEmpty()) {
                    spoke.objects().create(manifest);
                } else {
                    spoke.objects().merge(kind, namespace, object, manifest);
                }
            }
            work.applied = true;
            work.since = spoke.world().timeline().now();
            report(name, work);
        });
    }

    private void report(String name, Work work) {
        if (!spoke.online()) {
            return;
        }
        ObjectNode status = Json.object();
        ArrayNode manifests = status.putObject("resourceStatus").putArray("manifests");
        List<ObjectNode> wanted = work.manifests();
        boolean available = true;
        for (int i = 0; i < wanted.size(); i++) {
            ResourceKind kind = spoke.objects().kindOf(wanted.get(i));
            String namespace = wanted.get(i).at("/metadata/namespace").asText();
            String object = wanted.get(i).at("/metadata/name").asText();
            Optional<ObjectNode> found = spoke.objects().get(kind, namespace, object);
            available &= found.isPresent();
            ObjectNode entry = manifests.addObject();
            entry.putObject("resourceMeta").put("ordinal", i).put("group", kind.group()).put("version", kind.version())
                    .put("kind", kind.kind()).put("resource", kind.plural()).put("name", object)
                    .put("namespace", namespace);
            ArrayNode values = Json.object().putArray("values");
            boolean synced = found.isPresent() && feedback(work, kind, namespace, object, found.get(), values);
            entry.putArray("conditions").add(condition("Applied", true, "AppliedManifestComplete",
                    "Apply manifest complete", work)).add(condition("Available", found.isPresent(),
                    found.isPresent() ? "ResourceAvailable" : "ResourceNotAvailable",
                    found.isPresent() ? "Resource is available" : "Resource is not available", work))
                    .add(condition("StatusFeedbackSynced", synced, !synced ? "StatusFeedbackSyncFailed"
                            : values.isEmpty() ? "NoStatusFeedbackSynced" : "StatusFeedbackSynced",
                            synced ? "" : "Sync status feedback failed", work));
            entry.putObject("statusFeedback").set("values", values);
        }
        ArrayNode conditions = status.putArray("conditions");
        conditions.add(condition("Applied", true, "AppliedManifestWorkComplete", "Apply manifest work complete", work));
        conditions.add(condition("Available", available, available ? "ResourcesAvailable" : "ResourcesNotAvailable",
                available ? "All resources are available" : "Some resources are not available", work));
        if (!status.equals(work.written)) {
            spoke.world().hub().replaceStatus(HubKinds.MANIFEST_WORK, spoke.name(), name, status).expecting(404);
            work.written = status;
        }
    }

    /** @return whether every value that is asked for was there */
    private static boolean feedback(Work work, ResourceKind kind, String namespace, String name, ObjectNode object,
            ArrayNode values) {
        int asked = 0;
        for (JsonNode config : work.spec.path("manifestConfigs")) {
            JsonNode which = config.path("resourceIdentifier");
            if (which.path("resource").asText().equals(kind.plural())
                    && which.path("group").asText().equals(kind.group())
                    && which.path("name").asText().equals(name) && which.path("namespace").asText().equals(namespace)) {
                for (JsonNode rule : config.path("feedbackRules")) {
                    for (JsonNode path : rule.path("jsonPaths")) {
                        asked++;
                        JsonPath.parse(path.path("path").asText()).first(object).ifPresent(value ->
                                values.addObject().put("name", path.path("name").asText())
                                        .set("fieldValue", fieldValue(value)));
                    }
                }
            }
        }
        return values.size() == asked;
    }

    private static ObjectNode fieldValue(JsonNode value) {
        return switch (value.getNodeType()) {
            case NUMBER -> Json.object().put("type", "Integer").put("integer", value.longValue());
            case BOOLEAN -> Json.object().put("type", "Boolean").put("boolean", value.booleanValue());
            case ARRAY, BINARY, MISSING, NULL, OBJECT, POJO, STRING -> Json.object().put("type", "String")
                    .put("string", value.isValueNode() ? value.asText() : value.toString());
        };
    }

    private static ObjectNode condition(String type, boolean holds, String reason, String message, Work work) {
        return World.condition(type, holds, reason, message, work.since);
    }
}
