package dev.echelon.scheduler.stream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The topics of a rollout as an earlier version wrote them. */
record Recording(Path folder) {

    private static final Path ALL = Path.of("..", "contract", "src", "test", "resources", "recorded");

    /** A record as it lay in its topic. */
    record Line(String topic, long offset, Instant timestamp, String key, byte[] value) {}

    /** Every recording that there is. */
    static Stream<Recording> all() throws IOException {
        try (Stream<Path> folders = Files.walk(ALL, 2)) {
            return folders.filter(folder -> Files.exists(folder.resolve("echelon.commands.jsonl")))
                    .sorted()
                    .map(Recording::new)
                    .toList()
                    .stream();
        }
    }

    /** The records of these topics in the order of their timestamps, as they were processed. */
    List<Line> lines(String... topics) {
        return Stream.of(topics)
                .flatMap(this::read)
                .sorted(Comparator.comparing(Line::timestamp).thenComparing(Line::offset))
                .toList();
    }

    private Stream<Line> read(String topic) {
        Path file = folder.resolve(topic + ".jsonl");
        if (!Files.exists(file)) {
            return Stream.of();
        }
        try {
            return Files.readAllLines(file).stream().map(text -> line(topic, text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Line line(String topic, String text) {
        try {
            JsonNode json = Json.mapper().readTree(text);
            return new Line(
                    topic,
                    json.path("offset").asLong(),
                    Instant.ofEpochMilli(json.path("timestamp").asLong()),
                    json.path("key").asText(),
                    json.path("value").isNull() ? null : Json.mapper().writeValueAsBytes(json.path("value")));
        } catch (IOException e) {
            throw new UncheckedIOException(topic + ": " + text, e);
        }
    }

    @Override
    public String toString() {
        return ALL.relativize(folder).toString();
    }
}
