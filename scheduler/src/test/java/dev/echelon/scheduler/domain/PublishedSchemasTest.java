package dev.echelon.scheduler.domain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.intent.IntentRecord;
import dev.echelon.contract.observation.ObservationRecord;
import dev.echelon.contract.result.ResultRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What goes in and out of random rollouts is as {@code docs/schemas} and {@code docs/events.md} say. */
class PublishedSchemasTest {

    private static final Map<Topic, JsonSchema> SCHEMAS = Arrays.stream(Topic.values())
            .collect(Collectors.toMap(
                    Function.identity(), PublishedSchemasTest::read, (one, _) -> one, () -> new EnumMap<>(Topic.class)));

    @Property(tries = 40)
    void everyRecordIsAsItsSchemaSays(@ForAll long seed) {
        RandomRollout rollout = new RandomRollout(seed);
        rollout.live(60);
        rollout.endWell();
        Story story = rollout.story;

        for (Input input : story.inputs()) {
            switch (input) {
                case Input.Asked(var command) -> check(Topic.COMMANDS, command);
                case Input.Observed(var observation) -> check(Topic.OBSERVATIONS, new ObservationRecord(observation));
                case Input.Answered(var result) -> check(Topic.RESULTS, new ResultRecord(result));
                case Input.TimePassed _ -> { }
            }
        }
        assertThat(story.told()).isNotEmpty();
        story.issued().forEach(intent -> check(Topic.INTENTS, new IntentRecord(intent)));
        story.told().forEach(event -> check(Topic.AUDIT, event));
        story.shown().forEach(cgu -> check(Topic.CGUS, cgu));
    }

    @Example
    void thePageOfEventsHasEachTypeAndNoOther() throws IOException {
        assertThat(EventsPage.rows().keySet())
                .containsExactlyElementsOf(EnumSet.complementOf(EnumSet.of(AuditType.UNRECOGNISED)).stream()
                        .map(AuditType::wire)
                        .toList());
    }

    @Property(tries = 40)
    void eventsHaveTheDetailsThatThePageNames(@ForAll long seed) throws IOException {
        RandomRollout rollout = new RandomRollout(seed);
        rollout.live(60);
        rollout.endWell();
        Map<String, EventsPage.Row> page = EventsPage.rows();

        for (AuditEvent event : rollout.story.told()) {
            EventsPage.Row row = page.get(event.type());
            assertThat(row.names()).as(event.type()).containsAll(event.data().details().keySet());
            if (event.data().hubEvent() != null) {
                assertThat(row.actions()).as(event.type()).contains(event.data().hubEvent().action());
            }
        }
    }

    private static void check(Topic topic, Object written) {
        String json = new String(Json.write(written), StandardCharsets.UTF_8);

        assertThat(SCHEMAS.get(topic).validate(json, InputFormat.JSON)).as("%s: %s", topic, json).isEmpty();
    }

    private static JsonSchema read(Topic topic) {
        Path file = Path.of("..", "docs", "schemas", topic.topicName("") + ".json");
        try {
            JsonNode schema = Json.mapper().readTree(Files.readAllBytes(file));
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(schema, SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
