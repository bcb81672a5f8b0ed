package dev.echelon.e2e.parity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import dev.echelon.standalone.client.KubeHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Watches one CGU as a client does, and remembers what changed in its conditions with each version that the hub showed.
 * A condition that is written again with the same words and another time counts as a change.
 */
final class ConditionsWatch implements AutoCloseable {

    private final Ref cgu;
    private final Stream<String> lines;
    private final Thread reader;
    private final Map<String, JsonNode> shown = new HashMap<>();
    private final List<String> changes = new ArrayList<>();

    ConditionsWatch(KubeHttp hub, Ref cgu) throws IOException, InterruptedException {
        this.cgu = cgu;
        this.lines = hub.watch(cgu.collection() + "?watch=true");
        this.reader = Thread.ofVirtual().name("watch-of-" + cgu.name()).start(this::read);
    }

    /** A text for each version that changed conditions: those that it changed, in the list's order, joined by "; ". */
    synchronized List<String> changes() {
        return List.copyOf(changes);
    }

    private void read() {
        try {
            lines.forEach(this::onLine);
        } catch (UncheckedIOException closed) {
            // By us, or the case fails because it waits in vain.
        }
    }

    private void onLine(String line) {
        try {
            JsonNode object = Json.mapper().readTree(line).path("object");
            if (object.at("/metadata/name").asText().equals(cgu.name())) {
                onVersion(object.at("/status/conditions"));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the watch sent a line that is no JSON: " + line, e);
        }
    }

    private synchronized void onVersion(JsonNode conditions) {
        List<String> changed = new ArrayList<>();
        conditions.forEach(condition -> {
            if (!condition.equals(shown.put(condition.path("type").asText(), condition))) {
                changed.add(Stage.condition(condition));
            }
        });
        if (!changed.isEmpty()) {
            changes.add(String.join("; ", changed));
        }
    }

    @Override
    public void close() {
        reader.interrupt();
    }
}
