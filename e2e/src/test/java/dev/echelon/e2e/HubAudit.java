package dev.echelon.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The audit log of a hub: who has asked it for what, and what it has answered. */
record HubAudit(Path log) {

    /**
     * One request for a resource.
     *
     * @param resource as RBAC has it, with the subresource after a slash
     * @param namespace empty for all namespaces, and where there are none
     * @param name empty where none is named; that of a list or a watch is the one that its field selector names
     * @param code of the answer
     */
    record Request(
            String user, String verb, String group, String resource, String namespace, String name, int code) {

        boolean isRefused() {
            return code == 401 || code == 403;
        }
    }

    /** Every request so far, those of everybody, oldest first. */
    List<Request> requests() throws IOException {
        List<Request> requests = new ArrayList<>();
        String text = Files.readString(log, StandardCharsets.UTF_8);
        // The last line may be half written.
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n")) {
            JsonNode event = line.isEmpty() ? Json.mapper().missingNode() : Json.mapper().readTree(line);
            JsonNode about = event.path("objectRef");
            if (about.has("resource")) {
                String subresource = about.path("subresource").asText();
                requests.add(new Request(
                        event.at("/user/username").asText(),
                        event.path("verb").asText(),
                        about.path("apiGroup").asText(),
                        about.path("resource").asText() + (subresource.isEmpty() ? "" : "/" + subresource),
                        about.path("namespace").asText(),
                        about.path("name").asText(),
                        event.at("/responseStatus/code").asInt()));
            }
        }
        return requests;
    }
}
