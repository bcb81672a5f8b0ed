package dev.echelon.standalone.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.standalone.client.KubeHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Watches one CGU as {@code kubectl get cgu -w} does and remembers each state that it showed, in order: the demo fails
 * when one was skipped.
 */
final class StateWatch implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(StateWatch.class.getName());

    /** What the printer columns showed. */
    record State(String state, String details) {}

    private final CguId cgu;
    private final Consumer<State> onChange;
    private final List<State> seen = new ArrayList<>();
    private final Stream<String> lines;
    private final Thread reader;
    private int stateColumn = -1;
    private int detailsColumn = -1;

    StateWatch(KubeHttp api, CguId cgu, Consumer<State> onChange) throws IOException, InterruptedException {
        this.cgu = cgu;
        this.onChange = onChange;
        this.lines = api.watchTable(
                "/apis/ran.openshift.io/v1alpha1/namespaces/" + cgu.namespace() + "/clustergroupupgrades?watch=true");
        this.reader = Thread.ofVirtual().name("demo-state-watch").start(this::read);
    }

    /** The states shown so far, without repeats in a row. */
    synchronized List<State> seen() {
        return List.copyOf(seen);
    }

    private void read() {
        try {
            lines.forEach(this::onLine);
        } catch (UncheckedIOException e) {
            // The API went away, as it does when the demo is stopped. A state that was missed by that fails the demo.
            LOG.log(System.Logger.Level.DEBUG, "the watch ended", e);
        }
    }

    private void onLine(String line) {
        try {
            JsonNode table = Json.mapper().readTree(line).path("object");
            // Only the first event of a watch names the columns.
            for (int i = 0; i < table.path("columnDefinitions").size(); i++) {
                String name = table.path("columnDefinitions").get(i).path("name").asText();
                stateColumn = name.equals("State") ? i : stateColumn;
                detailsColumn = name.equals("Details") ? i : detailsColumn;
            }
            table.path("rows").forEach(this::onRow);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the watch sent a line that is no JSON: " + line, e);
        }
    }

    private void onRow(JsonNode row) {
        if (!row.path("object").path("metadata").path("name").asText().equals(cgu.name())) {
            return;
        }
        State state = new State(
                row.path("cells").path(stateColumn).asText(""),
                row.path("cells").path(detailsColumn).asText(""));
        synchronized (this) {
            if (state.state().isEmpty() || (!seen.isEmpty() && seen.getLast().equals(state))) {
                return;
            }
            seen.add(state);
        }
        onChange.accept(state);
    }

    @Override
    public void close() {
        reader.interrupt();
    }
}
