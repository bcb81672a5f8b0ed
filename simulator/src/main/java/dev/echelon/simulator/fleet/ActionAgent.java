package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ApiException;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.HubKinds;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Does the ManagedClusterActions of one spoke, one after the other in the order in which they came, and removes them
 * from the hub some time after they are finished. What fails is tried once more, as ACM's agent does when it sees its
 * own answer.
 */
final class ActionAgent {
    private record Action(String name, String uid, ObjectNode spec, boolean again) {
    }

    private final Spoke spoke;
    private final Deque<Action> waiting = new ArrayDeque<>(2);
    private final Set<String> known = new HashSet<>(4);
    private boolean working;

    ActionAgent(Spoke spoke) {
        this.spoke = spoke;
    }

    /** The action is as given. */
    void seen(GenericKubernetesResource object) {
        String name = object.getMetadata().getName();
        String uid = String.valueOf(object.getMetadata().getUid());
        if (!known.add(uid)) {
            return;
        }
        if (World.conditionOf(World.part(object, "status"), "Completed").isEmpty()) {
            waiting.add(new Action(name, uid, World.part(object, "spec"), false));
            work();
        } else {
            removeLater(name, uid);
        }
    }

    /** The action is no more. */
    void gone(GenericKubernetesResource object) {
        known.remove(String.valueOf(object.getMetadata().getUid()));
        waiting.removeIf(action -> action.uid().equals(object.getMetadata().getUid()));
    }

    /** The hub is there again. */
    void catchUp() {
        work();
    }

    private void work() {
        if (!working && !waiting.isEmpty()) {
            working = true;
            spoke.after(spoke.world().scenario().durations().actionHandling(), () -> {
                working = false;
                if (spoke.online()) {
                    Optional.ofNullable(waiting.poll()).ifPresent(this::perform);
                    work();
                }
            });
        }
    }

    private void perform(Action action) {
        String type = action.spec().path("actionType").asText();
        JsonNode kube = action.spec().path("kube");
        ObjectNode status = Json.object();
        try {
            Optional<ObjectNode> result = switch (type) {
                case "Create" -> Optional.of(create(kube));
                case "Update" -> Optional.of(update(kube));
                case "Delete" -> delete(kube);
                default -> throw new IllegalArgumentException("invalid action type");
            };
            status.putArray("conditions").add(World.condition("Completed", true, "ActionDone",
                    "Resource action is done.", spoke.world().timeline().now()));
            result.ifPresent(object -> status.set("result", object));
        } catch (ApiException | IllegalArgumentException e) {
            String reason = switch (type) {
                case "Create", "Update", "Delete" -> type + "ResourceFailed";
                default -> "ActionTypeInvalid";
            };
            status.putArray("conditions").add(World.condition("Completed", false, reason,
                    "failed to handle %s action with err: %s".formatted(type, e.getMessage()),
                    spoke.world().timeline().now()));
            if (!action.again()) {
                waiting.add(new Action(action.name(), action.uid(), action.spec(), true));
            }
        }
        spoke.world().hub().replaceStatus(HubKinds.ACTION, spoke.name(), action.name(), status).expecting(404);
        removeLater(action.name(), action.uid());
    }

    private ObjectNode create(JsonNode kube) {
        ObjectNode template = template(kube);
        spoke.objects().create(template);
        return template;
    }

    private ObjectNode update(JsonNode kube) {
        ObjectNode template = template(kube);
        ObjectNode metadata = Json.objectAt(template, "metadata");
        spoke.objects().merge(spoke.objects().kindOf(template), Json.textAt(metadata, "namespace"),
                Json.textAt(metadata, "name"), template);
        return template;
    }

    private Optional<ObjectNode> delete(JsonNode kube) {
        ResourceKind kind = spoke.objects().kinds().named(kube.path("resource").asText())
                .orElseThrow(() -> new IllegalArgumentException("the server doesn't have a resource type \"%s\""
                        .formatted(kube.path("resource").asText())));
        String name = kube.path("name").asText();
        if (!spoke.objects().delete(kind, kube.path("namespace").asText(), name)) {
            throw ApiException.notFound(kind, name);
        }
        return Optional.empty();
    }

    /** The template, in the namespace that the action names. */
    private static ObjectNode template(JsonNode kube) {
        if (!(kube.path("template") instanceof ObjectNode template)) {
            throw new IllegalArgumentException("there is no template");
        }
        String namespace = kube.path("namespace").asText();
        return namespace.isEmpty() ? template : Json.with(template, "metadata", Json.with(
                Json.objectAt(template, "metadata"), "namespace", Json.object().textNode(namespace)));
    }

    private void removeLater(String name, String uid) {
        spoke.world().timeline().after(spoke.world().scenario().durations().actionRetention(), spoke.mailbox(), () -> {
            if (spoke.online()) {
                spoke.world().hub().delete(HubKinds.ACTION, spoke.name(), name, Optional.of(uid)).expecting(404, 409);
            } else if (known.contains(uid)) {
                removeLater(name, uid);
            }
        });
    }
}
