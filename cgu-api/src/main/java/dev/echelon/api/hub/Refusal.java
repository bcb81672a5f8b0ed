package dev.echelon.api.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.Json;
import dev.echelon.contract.resource.Condition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Says on a CR that cannot be taken in why: the condition {@code Accepted} is False. It is the last one, so that
 * {@code kubectl get} shows it, and goes with the first status of the resource once it is taken in.
 */
final class Refusal {

    private static final String TYPE = "Accepted";

    private Refusal() {}

    /** Whether a condition is a refusal. */
    static boolean isOne(Condition condition) {
        return condition.type().equals(TYPE);
    }

    /** The patch to the CR's status; empty when the CR says so already. */
    static Optional<ObjectNode> patch(ObjectNode cr, String message, Instant now) {
        ArrayNode conditions = Json.mapper().createArrayNode();
        for (JsonNode condition : cr.at("/status/conditions")) {
            if (!condition.path("type").asText().equals(TYPE)) {
                conditions.add(condition);
            } else if (condition.path("message").asText().equals(message)) {
                return Optional.empty();
            }
        }
        conditions.addObject()
                .put("type", TYPE)
                .put("status", "False")
                .put("reason", "Invalid")
                .put("message", message)
                .put("lastTransitionTime", now.truncatedTo(ChronoUnit.SECONDS).toString());
        ObjectNode patch = Json.mapper().createObjectNode();
        patch.putObject("metadata").put("uid", cr.at("/metadata/uid").asText());
        patch.putObject("status").set("conditions", conditions);
        return Optional.of(patch);
    }
}
