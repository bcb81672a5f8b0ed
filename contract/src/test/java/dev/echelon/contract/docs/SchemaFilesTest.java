package dev.echelon.contract.docs;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code docs/schemas} and {@code docs/asyncapi.yaml}: they say what the records say, and records are as they say. */
class SchemaFilesTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final TopicSchemas GENERATOR = new TopicSchemas();
    private static final Map<Topic, ObjectNode> SCHEMAS = Arrays.stream(Topic.values())
            .collect(toMap(topic -> topic, GENERATOR::schema, (one, _) -> one, () -> new EnumMap<>(Topic.class)));

    @Test
    void theFilesInDocsSayWhatTheRecordsSay() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (Topic topic : Topic.values()) {
            files.put("schemas/" + TopicSchemas.fileName(topic), render(SCHEMAS.get(topic)));
        }
        files.put("asyncapi.yaml", AsyncApi.render(GENERATOR));
        if (Boolean.getBoolean("schemas.regenerate")) {
            Files.createDirectories(DOCS.resolve("schemas"));
            for (Map.Entry<String, String> file : files.entrySet()) {
                Files.writeString(DOCS.resolve(file.getKey()), file.getValue());
            }
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            assertThat(DOCS.resolve(file.getKey()))
                    .as("docs/%s differs from the records; regenerate it with: %s", file.getKey(),
                            TopicSchemas.REGENERATE)
                    .hasContent(file.getValue());
        }
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void everySchemaIsASchema(Topic topic) {
        JsonSchema meta = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(SchemaLocation.of(SchemaId.V202012));

        assertThat(meta.validate(SCHEMAS.get(topic))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void aRecordInWhichEverythingIsGivenIsAsItsSchemaSays(Topic topic) {
        for (Object sample : Samples.of(TopicSchemas.valueOf(topic))) {
            JsonNode json = Json.toTree(sample);

            assertThat(refusals(topic, json)).as("%s", json).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void whatTheReaderRefusesTheSchemaRefusesToo(Topic topic) {
        Class<? extends Record> type = TopicSchemas.valueOf(topic);
        for (Object sample : Samples.of(type)) {
            ObjectNode json = Json.toTree(sample);
            for (String name : names(json)) {
                ObjectNode without = json.deepCopy();
                without.remove(name);
                if (isRefused(without, type)) {
                    assertThat(refusals(topic, without)).as("without %s", name).isNotEmpty();
                }
            }
            for (String name : names(json)) {
                if (json.get(name).has("type") && json.get(name).get("type").isTextual()) {
                    ObjectNode other = json.deepCopy();
                    ((ObjectNode) other.get(name)).put("type", "FromTheFuture");

                    assertThat(refusals(topic, other)).as("%s of an unknown kind", name).isNotEmpty();
                }
            }
        }
    }

    @Test
    void auditEventsAsTheSchedulerWritesThemAreAsTheirSchemaSays() throws IOException {
        Path golden = Path.of("..", "scheduler", "src", "test", "resources", "golden", "audit-events.json");
        List<JsonNode> events;
        try (var values = Json.mapper().readerFor(JsonNode.class).<JsonNode>readValues(golden.toFile())) {
            events = values.readAll();
        }

        assertThat(events).hasSizeGreaterThan(20);
        for (JsonNode event : events) {
            assertThat(refusals(Topic.AUDIT, event)).as("%s", event).isEmpty();
            assertThat(Json.<JsonNode>toTree(Json.fromTree(event, AuditEvent.class))).isEqualTo(event);
        }
    }

    /** AsyncAPI's own schema of its documents; it cannot follow references, so those are followed here. */
    @Test
    void theAsyncApiDocumentIsOneAndItsReferencesLeadSomewhere() throws IOException {
        JsonNode document = AsyncApi.YAML.readTree(DOCS.resolve("asyncapi.yaml").toFile());
        JsonSchema asyncApi;
        try (var definition = SchemaFilesTest.class.getResourceAsStream("/asyncapi/3.0.0.json")) {
            asyncApi = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(definition);
        }

        assertThat(asyncApi.validate(document)).isEmpty();
        assertThat(document.get("channels").properties()).hasSameSizeAs(Topic.values());
        List<String> references = document.findValuesAsText("$ref");
        assertThat(references).hasSizeGreaterThan(3 * Topic.values().length);
        for (String reference : references) {
            if (reference.startsWith("#")) {
                assertThat(document.at(reference.substring(1)).isObject()).as(reference).isTrue();
            } else {
                assertThat(DOCS.resolve(reference)).isRegularFile();
            }
        }
        for (Topic topic : Topic.values()) {
            String channel = "#/channels/" + topic.topicName("");
            List<String> actions = new ArrayList<>();
            document.get("operations").forEach(operation -> {
                if (operation.at("/channel/$ref").asText().equals(channel)) {
                    actions.add(operation.get("action").asText());
                }
            });
            assertThat(actions).as("somebody writes %s", topic).contains("send");
            // Dead letters are read by people.
            assertThat(actions.contains("receive")).as("somebody reads %s", topic)
                    .isEqualTo(topic != Topic.DEAD_LETTERS);
        }
        ((ObjectNode) document.at("/channels/audit")).put("adress", "a slip of the pen");
        assertThat(asyncApi.validate(document)).isNotEmpty();
    }

    private static Set<ValidationMessage> refusals(Topic topic, JsonNode value) {
        JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(
                        SCHEMAS.get(topic),
                        SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
        return schema.validate(value);
    }

    private static boolean isRefused(JsonNode json, Class<?> type) {
        try {
            Json.fromTree(json, type);
            return false;
        } catch (IllegalArgumentException refused) {
            return true;
        }
    }

    private static List<String> names(ObjectNode json) {
        return json.properties().stream().map(Map.Entry::getKey).toList();
    }

    private static String render(JsonNode schema) throws JsonProcessingException {
        return Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
    }
}
