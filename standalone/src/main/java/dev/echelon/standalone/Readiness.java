package dev.echelon.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What {@code /q/health/ready} says, for a console.
 *
 * @param waiting the services that are not ready, with all that each of them says about itself
 */
record Readiness(List<Waiting> waiting) {

    /** A service that is not ready, and its data in words. */
    record Waiting(String service, String data) {}

    static Readiness of(String body) {
        List<Waiting> waiting = new ArrayList<>();
        try {
            for (JsonNode check : Json.mapper().readTree(body).path("checks")) {
                if (check.path("status").asText().equals("DOWN")) {
                    waiting.add(new Waiting(check.path("name").asText(), words(check.path("data"))));
                }
            }
        } catch (JsonProcessingException e) {
            // Not the health check's answer, but say what it was.
            waiting.add(new Waiting("health check", body.replaceAll("\\s+", " ")));
        }
        return new Readiness(waiting);
    }

    private static String words(JsonNode data) {
        return data.properties().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue().asText())
                .collect(Collectors.joining(", "));
    }

    /** Who is waited for. */
    String names() {
        return waiting.stream().map(Waiting::service).collect(Collectors.joining(", "));
    }

    /** Who is waited for, and all that is known about it. */
    String details() {
        return waiting.stream()
                .map(each -> each.service() + " (" + each.data() + ")")
                .collect(Collectors.joining("; "));
    }
}
