package dev.echelon.contract.docs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.echelon.contract.Headers;
import dev.echelon.contract.SchemaVersion;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The AsyncAPI document of the topics, made from {@link Topic}, the records, and the table of services in {@code
 * docs/architecture.md}, which another test compares with the rights that the services get.
 */
final class AsyncApi {

    static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build());

    private static final Path ARCHITECTURE = Path.of("..", "docs", "architecture.md");
    private static final String BINDING_VERSION = "0.5.0";
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private AsyncApi() {}

    static String render(TopicSchemas schemas) throws IOException {
        try {
            return "# Generated from the records in contract and the table of services in docs/architecture.md. Do not edit.\n# "
                    + TopicSchemas.REGENERATE + "\n" + YAML.writeValueAsString(document(schemas));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the AsyncAPI document as YAML", e);
        }
    }

    private static ObjectNode document(TopicSchemas schemas) throws IOException {
        ObjectNode document = NODES.objectNode().put("asyncapi", "3.0.0");
        document.putObject("info")
                .put("title", "Echelon")
                .put("version", String.valueOf(SchemaVersion.CURRENT))
                .put(
                        "description",
                        "What the services of Echelon say to each other. The version is the schemaVersion of the records: it "
                                + "grows only when an old reader would misunderstand a new record. Unknown fields are ignored; "
                                + "what is null or empty is left out.")
                .putObject("license")
                .put("name", "Apache-2.0")
                .put("url", "https://www.apache.org/licenses/LICENSE-2.0");
        document.put("defaultContentType", "application/json");
        ObjectNode channels = document.putObject("channels");
        for (Topic topic : Topic.values()) {
            channels.set(name(topic), channel(topic, schemas));
        }
        ObjectNode operations = document.putObject("operations");
        arrows().forEach((service, arrows) -> {
            arrows.reads().forEach(topic -> operations.set(service + ".reads." + topic, operation("receive", service, topic)));
            arrows.writes().forEach(topic -> operations.set(service + ".writes." + topic, operation("send", service, topic)));
        });
        ObjectNode messages = document.putObject("components").putObject("messages");
        for (Topic topic : Topic.values()) {
            messages.set(messageName(topic), message(topic, schemas));
        }
        return document;
    }

    private static ObjectNode channel(Topic topic, TopicSchemas schemas) {
        ObjectNode channel = NODES.objectNode()
                .put("address", topic.topicName(Topic.DEFAULT_PREFIX))
                .put("description", schemas.description(topic));
        channel.putObject("messages")
                .putObject(messageName(topic))
                .put("$ref", "#/components/messages/" + messageName(topic));
        ObjectNode binding = channel.putObject("bindings")
                .putObject("kafka")
                .put("topic", topic.topicName(Topic.DEFAULT_PREFIX))
                .put("partitions", topic.partitions());
        ObjectNode configuration = binding.putObject("topicConfiguration");
        new TreeMap<>(topic.config()).forEach((key, value) -> {
            if (key.equals("cleanup.policy")) {
                configuration.putArray(key).add(value);
            } else {
                configuration.put(key, Long.parseLong(value));
            }
        });
        binding.put("bindingVersion", BINDING_VERSION);
        return channel;
    }

    private static ObjectNode operation(String action, String service, String topic) {
        ObjectNode operation = NODES.objectNode().put("action", action);
        operation.putObject("channel").put("$ref", "#/channels/" + topic);
        operation.putArray("tags").addObject().put("name", service);
        return operation;
    }

    private static ObjectNode message(Topic topic, TopicSchemas schemas) {
        ObjectNode message = NODES.objectNode()
                .put("name", messageName(topic))
                .put("contentType", topic == Topic.AUDIT ? AuditEvent.CONTENT_TYPE : "application/json")
                .put(
                        "description",
                        schemas.valueDescription(topic)
                                + (topic.config().get("cleanup.policy").equals("compact")
                                        ? " A tombstone (no value) ends what the key stood for."
                                        : ""));
        headers(topic).ifPresent(headers -> message.set("headers", headers));
        message.putObject("payload")
                .put("schemaFormat", "application/schema+json;version=draft-2020-12")
                .putObject("schema")
                .put("$ref", "schemas/" + TopicSchemas.fileName(topic));
        ObjectNode key = NODES.objectNode().put("type", "string");
        switch (topic) {
            case COMMANDS, OBSERVATIONS, RESULTS, CGUS, AUDIT ->
                key.put("pattern", "^[^/|]+/[^/|]+$").put("description", "namespace/name of the ClusterGroupUpgrade");
            case INTENTS ->
                key.put("pattern", "^(hub/)?[^|]+\\|[^|]+(\\|[a-z-]+)?$")
                        .put(
                                "description",
                                "<spoke>|<namespace>/<name> for the pre-cache and its clean-up, "
                                        + "<spoke>|<namespace>/<name>|<aspect> for what else is wanted of the spoke "
                                        + "(backup, labels-before, labels-after, work, install-plans), or "
                                        + "hub/<namespace>/<name>|<namespace>/<name>; the part before the first bar alone decides "
                                        + "the partition. Earlier versions kept the backup and its clean-up under the "
                                        + "first key");
            case DEAD_LETTERS -> key.put("description", "the key of the record that could not be processed");
        }
        message.putObject("bindings").putObject("kafka").put("bindingVersion", BINDING_VERSION).set("key", key);
        return message;
    }

    private static java.util.Optional<ObjectNode> headers(Topic topic) {
        String name =
                switch (topic) {
                    case CGUS -> Headers.COMMAND_ID;
                    case AUDIT -> Headers.CONTENT_TYPE;
                    case COMMANDS, OBSERVATIONS, INTENTS, RESULTS, DEAD_LETTERS -> "";
                };
        if (name.isEmpty()) {
            return java.util.Optional.empty();
        }
        ObjectNode headers = NODES.objectNode().put("type", "object");
        headers.putObject("properties").putObject(name).put("type", "string");
        return java.util.Optional.of(headers);
    }

    private static String name(Topic topic) {
        return topic.topicName("");
    }

    private static String messageName(Topic topic) {
        return TopicSchemas.valueOf(topic).getSimpleName();
    }

    private record Arrows(List<String> reads, List<String> writes) {}

    /** The rows {@code | `service` | verb | reads | writes |}. */
    private static Map<String, Arrows> arrows() throws IOException {
        Map<String, Arrows> services = new TreeMap<>();
        for (String line : Files.readAllLines(ARCHITECTURE)) {
            String[] cells = line.split("\\|");
            if (cells.length >= 5 && cells[1].strip().matches("`[a-z-]+`")) {
                List<String> writes = topicsIn(cells[4]);
                // What the sentence below the table says of all of them.
                writes.add(name(Topic.DEAD_LETTERS));
                services.put(cells[1].strip().replace("`", ""), new Arrows(topicsIn(cells[3]), writes));
            }
        }
        return services;
    }

    private static List<String> topicsIn(String cell) {
        List<String> topics = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            if (cell.contains("`" + name(topic) + "`")) {
                topics.add(name(topic));
            }
        }
        return topics;
    }
}
