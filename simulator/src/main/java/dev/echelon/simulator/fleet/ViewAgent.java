package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.WatchEvent;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.HubKinds;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Answers the ManagedClusterViews of one spoke. A view shows what is there when it is made, and is written again
 * whenever the object that it shows changes; {@code updateIntervalSeconds} therefore has no effect. As with ACM, the
 * last result stays when the object has gone.
 */
final class ViewAgent {
    private static final class View {
        private String uid = "";
        private JsonNode scope = Json.object();
        private Optional<ResourceKind> kind = Optional.empty();
        private JsonNode result;
        private ObjectNode condition;
        private boolean refreshing;
    }

    private final Spoke spoke;
    private final Map<String, View> views = new LinkedHashMap<>(4);

    ViewAgent(Spoke spoke) {
        this.spoke = spoke;
    }

    /** The view is as given. */
    void seen(GenericKubernetesResource object) {
        ObjectNode scope = Json.objectAt(World.part(object, "spec"), "scope");
        String uid = String.valueOf(object.getMetadata().getUid());
        View view = views.computeIfAbsent(object.getMetadata().getName(), _ -> new View());
        if (view.uid.equals(uid) && view.scope.equals(scope)) {
            return;
        }
        if (!view.uid.equals(uid)) {
            view.uid = uid;
            view.condition = null;
            view.result = null;
        }
        view.scope = scope;
        view.kind = kind(scope);
        refresh(object.getMetadata().getName(), view);
    }

    /** The view is no more. */
    void gone(GenericKubernetesResource object) {
        View view = views.get(object.getMetadata().getName());
        if (view != null && view.uid.equals(object.getMetadata().getUid())) {
            views.remove(object.getMetadata().getName());
        }
    }

    /** The hub is there again. */
    void catchUp() {
        Map.copyOf(views).forEach(this::refresh);
    }

    /** An object on the spoke has changed. */
    void changed(ResourceKind kind, WatchEvent event) {
        ObjectNode metadata = Json.objectAt(event.object(), "metadata");
        List.copyOf(views.entrySet()).forEach(entry -> {
            View view = entry.getValue();
            if (view.kind.filter(kind::equals).isPresent()
                    && view.scope.path("name").asText().equals(Json.textAt(metadata, "name"))
                    && view.scope.path("namespace").asText().equals(Json.textAt(metadata, "namespace"))) {
                refresh(entry.getKey(), view);
            }
        });
    }

    private void refresh(String name, View view) {
        if (!view.refreshing) {
            view.refreshing = true;
            spoke.after(spoke.world().scenario().durations().viewRefresh(), () -> {
                view.refreshing = false;
                if (spoke.online() && views.get(name) == view) {
                    write(name, view);
                }
            });
        }
    }

    private void write(String name, View view) {
        Instant now = spoke.world().timeline().now();
        ObjectNode condition;
        JsonNode result = view.result;
        if (view.scope.path("name").asText().isEmpty()) {
            condition = failed("ResourceNameInvalid", "failed to get resource with err: invalid resource name", now);
        } else if (view.kind.isEmpty()) {
            condition = failed("ResourceTypeInvalid", "failed to get resource with err: the server doesn't have a "
                    + "resource type \"" + view.scope.path("resource").asText() + "\"", now);
        } else {
            ResourceKind kind = view.kind.get();
            String object = view.scope.path("name").asText();
            Optional<ObjectNode> found = spoke.objects().get(kind, view.scope.path("namespace").asText(), object);
            result = found.<JsonNode>map(o -> o).orElse(view.result);
            condition = found.isPresent()
                    ? World.condition("Processing", true, "GetResourceProcessing",
                            "Watching resources successfully", now)
                    : failed("GetResourceFailed", "failed to get resource with err: "
                            + ApiException.notFound(kind, object).getMessage(), now);
        }
        if (view.condition != null && view.condition.get("status").equals(condition.get("status"))) {
            condition.set("lastTransitionTime", view.condition.get("lastTransitionTime"));
        }
        if (condition.equals(view.condition) && Objects.equals(result, view.result)) {
            return;
        }
        ObjectNode status = Json.object();
        ArrayNode conditions = status.putArray("conditions");
        conditions.add(condition);
        if (result != null) {
            status.set("result", result);
        }
        spoke.world().hub().replaceStatus(HubKinds.VIEW, spoke.name(), name, status).expecting(404);
        view.condition = condition;
        view.result = result;
    }

    private Optional<ResourceKind> kind(JsonNode scope) {
        String resource = scope.path("resource").asText();
        if (!resource.isEmpty()) {
            return spoke.objects().kinds().named(resource);
        }
        String group = scope.path("apiGroup").asText();
        String version = scope.path("version").asText();
        String kind = scope.path("kind").asText();
        return kind.isEmpty() || version.isEmpty() ? Optional.empty() : Optional.of(spoke.objects().kinds().of(
                group.isEmpty() ? version : group + "/" + version, kind, !scope.path("namespace").asText().isEmpty()));
    }

    private static ObjectNode failed(String reason, String message, Instant now) {
        return World.condition("Processing", false, reason, message, now);
    }
}
