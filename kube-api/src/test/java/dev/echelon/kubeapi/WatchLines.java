package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The events of a watch, as they come in. */
final class WatchLines implements AutoCloseable {
    private static final JsonNode END = Json.object().put("type", "END");

    private final InputStream in;
    private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();

    WatchLines(InputStream in) {
        this.in = in;
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                events.add(Json.parse(line.getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException _) {
            // The test has closed the watch.
        }
        events.add(END);
    }

    /** The next event, or one of type END at the end of the watch; fails after a minute without one. */
    JsonNode next() throws InterruptedException {
        JsonNode event = events.poll(60, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("no event came within a minute");
        }
        return event;
    }

    /** The next event that is no bookmark, as in {@code ADDED w1}. */
    String nextChange() throws InterruptedException {
        while (true) {
            JsonNode event = next();
            if (!event.path("type").asText().equals("BOOKMARK")) {
                String name = event.at("/object/metadata/name").asText();
                return name.isEmpty() ? event.path("type").asText() : event.path("type").asText() + " " + name;
            }
        }
    }

    List<String> nextChanges(int count) throws InterruptedException {
        List<String> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            changes.add(nextChange());
        }
        return changes;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
