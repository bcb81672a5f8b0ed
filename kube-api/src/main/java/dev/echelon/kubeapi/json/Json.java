package dev.echelon.kubeapi.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * Reading, writing and comparing JSON trees.
 *
 * <p>Trees that have once been handed to a store are shared and never changed; who wants another tree makes one with
 * {@link #with} or {@link #copyOf}, which share everything that stays the same.
 */
public final class Json {
    /** Equal numbers are equal whatever Java type carries them: 1 as an int is 1 as a long. */
    private static final Comparator<JsonNode> BY_VALUE = (left, right) -> {
        if (left.isNumber() && right.isNumber()) {
            return left.decimalValue().compareTo(right.decimalValue());
        }
        return left.equals(right) ? 0 : 1;
    };

    /** How Jackson points at another place inside its messages. */
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;\\]]*; line: (\\d+), column: (\\d+)\\]");

    /**
     * Requests run on virtual threads, of which each has one: buffers that lie with the thread would never be used
     * again.
     */
    private static final ObjectMapper JSON = JsonMapper.builder(
                    JsonFactory.builder().recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool()).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build());

    private Json() {
    }

    /** A new, empty object. */
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A new, empty array. */
    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /**
     * Reads one JSON value.
     *
     * @throws MalformedBodyException naming line and column, also for a key that occurs twice in one object
     */
    public static JsonNode parse(byte[] body) {
        return read(JSON, body, "unexpected end of JSON input");
    }

    /**
     * Reads one YAML document (JSON is YAML, too).
     *
     * @throws MalformedBodyException naming line and column
     */
    public static JsonNode parseYaml(byte[] body) {
        return read(YAML, body, "unexpected end of YAML input");
    }

    private static JsonNode read(ObjectMapper mapper, byte[] body, String whenEmpty) {
        try {
            JsonNode value = mapper.readTree(body);
            if (value == null || value.isMissingNode()) {
                throw new MalformedBodyException(whenEmpty);
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new MalformedBodyException(describe(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String describe(JacksonException e) {
        var location = e.getLocation();
        String what = SOURCE.matcher(e.getOriginalMessage().lines().findFirst().orElse("not readable"))
                .replaceAll("line $1, column $2");
        return location == null ? what : "line %d, column %d: %s".formatted(
                location.getLineNr(), location.getColumnNr(), what);
    }

    /** The value as compact JSON in UTF-8. */
    public static byte[] encode(JsonNode value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value as a YAML document in UTF-8. */
    public static byte[] encodeYaml(JsonNode value) {
        try {
            return YAML.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether both mean the same JSON; numbers are compared by value. */
    public static boolean same(JsonNode left, JsonNode right) {
        return left == right || left != null && right != null && left.equals(BY_VALUE, right);
    }

    /** A new object with the same fields; the values are shared. */
    public static ObjectNode copyOf(ObjectNode object) {
        ObjectNode copy = object();
        copy.setAll(object);
        return copy;
    }

    /** A new object that has {@code field} set to {@code value}, or removed where the value is null. */
    public static ObjectNode with(ObjectNode object, String field, JsonNode value) {
        ObjectNode copy = copyOf(object);
        if (value == null) {
            copy.remove(field);
        } else {
            copy.set(field, value);
        }
        return copy;
    }

    /** The object under {@code field}, or an empty one; never to be changed. */
    public static ObjectNode objectAt(JsonNode parent, String field) {
        return parent.get(field) instanceof ObjectNode child ? child : object();
    }

    /** The text under {@code field}, or the empty string where there is none. */
    public static String textAt(JsonNode parent, String field) {
        JsonNode child = parent == null ? null : parent.get(field);
        return child != null && child.isTextual() ? child.textValue() : "";
    }
}
