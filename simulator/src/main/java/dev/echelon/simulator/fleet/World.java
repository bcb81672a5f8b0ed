package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.SpokeKinds;
import dev.echelon.simulator.scenario.Scenario;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What all spokes share. */
record World(HubClient hub, Timeline timeline, Scenario scenario, SpokeKinds kinds, PolicyContents contents) {
    private static final ObjectMapper TREES = new ObjectMapper();

    /** A part of an object from the hub as a tree; an empty object where there is none. */
    static ObjectNode part(GenericKubernetesResource object, String field) {
        return tree(object.getAdditionalProperties().get(field));
    }

    static ObjectNode tree(Object value) {
        return TREES.valueToTree(value) instanceof ObjectNode tree ? tree : Json.object();
    }

    /** A moment as Kubernetes writes it. */
    static String timestamp(Instant moment) {
        return moment.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** A condition as Kubernetes has them. */
    static ObjectNode condition(String type, boolean holds, String reason, String message, Instant since) {
        return condition(type, holds ? "True" : "False", reason, message, since);
    }

    static ObjectNode condition(String type, String status, String reason, String message, Instant since) {
        return Json.object().put("type", type).put("status", status).put("reason", reason).put("message", message)
                .put("lastTransitionTime", timestamp(since));
    }

    /** Versions of one object grow, on every API server there is. */
    static long version(GenericKubernetesResource object) {
        String version = object.getMetadata().getResourceVersion();
        return version == null || version.isEmpty() ? 0 : Long.parseLong(version);
    }

    /** The first condition of a type; missing where there is none. */
    static JsonNode conditionOf(JsonNode status, String type) {
        return status.path("conditions").valueStream().filter(c -> c.path("type").asText().equals(type)).findFirst()
                .orElse(Json.object());
    }
}
