package dev.echelon.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.IntentRecord;
import dev.echelon.contract.observation.ObservationRecord;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.result.ResultRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every record that an earlier version wrote is one that today's types read, with nothing of it lost. */
class RecordedRecordsTest {

    private static final Map<String, Class<?>> TYPES = Map.of(
            "echelon.commands.jsonl", CommandRecord.class,
            "echelon.observations.jsonl", ObservationRecord.class,
            "echelon.intents.jsonl", IntentRecord.class,
            "echelon.results.jsonl", ResultRecord.class,
            "echelon.cgus.jsonl", ClusterGroupUpgrade.class,
            "echelon.audit.jsonl", AuditEvent.class);

    static Stream<Path> intentFiles() throws IOException {
        return files().filter(file -> file.endsWith("echelon.intents.jsonl"));
    }

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "resources", "recorded"))) {
            return files.filter(file -> TYPES.containsKey(file.getFileName().toString())).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void isReadAsTodaysTypeAndWrittenAgainTheSame(Path file) throws IOException {
        for (String line : Files.readAllLines(file)) {
            JsonNode value = Json.mapper().readTree(line).path("value");
            if (value.isNull()) {
                continue;
            }
            Object read = Json.read(Json.mapper().writeValueAsBytes(value), TYPES.get(file.getFileName().toString()));
            JsonNode written = Json.mapper().readTree(Json.write(read));
            assertKept(value, written, line);
        }
    }

    @ParameterizedTest
    @MethodSource("intentFiles")
    void anIntentLiesUnderAKeyThatItMayStillLieUnder(Path file) throws IOException {
        for (String line : Files.readAllLines(file)) {
            JsonNode record = Json.mapper().readTree(line);
            if (!record.path("value").isNull()) {
                Intent intent = Json.mapper().treeToValue(record.path("value"), IntentRecord.class).intent();
                assertThat(Intent.mayLieUnder(record.path("key").asText(), intent)).as(line).isTrue();
            }
        }
    }

    /** Fields may have been added since; none may be gone or have another value. */
    private static void assertKept(JsonNode before, JsonNode after, String line) {
        if (before.isObject()) {
            before.properties().forEach(field -> {
                assertThat(after.has(field.getKey())).as("%s in %s", field.getKey(), line).isTrue();
                assertKept(field.getValue(), after.get(field.getKey()), line);
            });
        } else if (before.isArray()) {
            assertThat(after.size()).as(line).isEqualTo(before.size());
            for (int i = 0; i < before.size(); i++) {
                assertKept(before.get(i), after.get(i), line);
            }
        } else {
            assertThat(after).as(line).isEqualTo(before);
        }
    }
}
