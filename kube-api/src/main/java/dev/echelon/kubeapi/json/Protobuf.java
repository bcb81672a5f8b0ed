package dev.echelon.kubeapi.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * Reads the few built-in kinds that kubectl sends as Kubernetes protobuf and never as JSON: {@code kubectl create
 * namespace, configmap, secret, serviceaccount}. Field numbers are those of Kubernetes' {@code generated.proto} files.
 */
public final class Protobuf {
    private static final byte[] MAGIC = {'k', '8', 's', 0};

    /** What a field of a message holds. */
    private sealed interface Field {
        record Text(String name) implements Field { }

        record Texts(String name) implements Field { }

        record TextMap(String name) implements Field { }

        record BytesMap(String name) implements Field { }

        record Flag(String name) implements Field { }

        record Message(String name, Map<Integer, Field> fields) implements Field { }
    }

    private static final Map<Integer, Field> META = Map.of(1, new Field.Text("name"), 2, new Field.Text("generateName"),
            3, new Field.Text("namespace"), 11, new Field.TextMap("labels"), 12, new Field.TextMap("annotations"),
            14, new Field.Texts("finalizers"));
    private static final Field METADATA = new Field.Message("metadata", META);

    private static final Map<String, Map<Integer, Field>> KINDS = Map.of(
            "v1/Namespace", Map.of(1, METADATA),
            "v1/ConfigMap", Map.of(1, METADATA, 2, new Field.TextMap("data"), 3, new Field.BytesMap("binaryData"),
                    4, new Field.Flag("immutable")),
            "v1/Secret", Map.of(1, METADATA, 2, new Field.BytesMap("data"), 3, new Field.Text("type"),
                    4, new Field.TextMap("stringData"), 5, new Field.Flag("immutable")),
            "v1/ServiceAccount", Map.of(1, METADATA));

    private Protobuf() {
    }

    /**
     * Reads an object in Kubernetes' protobuf envelope.
     *
     * @throws MalformedBodyException where it is none, or of another kind than those above
     */
    public static ObjectNode parse(byte[] body) {
        if (body.length < MAGIC.length || !Arrays.equals(body, 0, 4, MAGIC, 0, 4)) {
            throw new MalformedBodyException("the body does not start like a Kubernetes protobuf object");
        }
        ObjectNode envelope = Json.object();
        byte[][] raw = {new byte[0]};
        Reader outer = new Reader(ByteBuffer.wrap(body, 4, body.length - 4));
        while (outer.next()) {
            switch (outer.number) {
                case 1 -> message(new Reader(outer.bytes()),
                        Map.of(1, new Field.Text("apiVersion"), 2, new Field.Text("kind")), envelope);
                case 2 -> raw[0] = copy(outer.bytes());
                default -> outer.skip();
            }
        }
        String type = Json.textAt(envelope, "apiVersion") + "/" + Json.textAt(envelope, "kind");
        Map<Integer, Field> fields = KINDS.get(type);
        if (fields == null) {
            throw new MalformedBodyException("objects of type " + type
                    + " are not read as protobuf; send JSON or YAML");
        }
        message(new Reader(ByteBuffer.wrap(raw[0])), fields, envelope);
        return envelope;
    }

    private static void message(Reader reader, Map<Integer, Field> fields, ObjectNode into) {
        while (reader.next()) {
            switch (fields.get(reader.number)) {
                case Field.Text(String name) -> into.put(name, text(reader.bytes()));
                case Field.Texts(String name) -> list(into, name).add(text(reader.bytes()));
                case Field.Flag(String name) -> into.put(name, reader.varint() != 0);
                case Field.TextMap(String name) -> entry(reader, object(into, name), false);
                case Field.BytesMap(String name) -> entry(reader, object(into, name), true);
                case Field.Message(String name, Map<Integer, Field> inner) ->
                        message(new Reader(reader.bytes()), inner, object(into, name));
                case null -> reader.skip();
            }
        }
    }

    private static void entry(Reader outer, ObjectNode map, boolean binary) {
        Reader reader = new Reader(outer.bytes());
        String key = "";
        String value = "";
        while (reader.next()) {
            switch (reader.number) {
                case 1 -> key = text(reader.bytes());
                case 2 -> {
                    ByteBuffer bytes = reader.bytes();
                    value = binary ? Base64.getEncoder().encodeToString(copy(bytes)) : text(bytes);
                }
                default -> reader.skip();
            }
        }
        map.put(key, value);
    }

    private static ObjectNode object(ObjectNode parent, String name) {
        JsonNode there = parent.get(name);
        return there instanceof ObjectNode object ? object : parent.putObject(name);
    }

    private static ArrayNode list(ObjectNode parent, String name) {
        JsonNode there = parent.get(name);
        return there instanceof ArrayNode list ? list : parent.putArray(name);
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    /** Walks over the fields of one message. */
    private static final class Reader {
        private final ByteBuffer in;
        private int number;
        private int wireType;

        Reader(ByteBuffer in) {
            this.in = in;
        }

        boolean next() {
            if (!in.hasRemaining()) {
                return false;
            }
            long tag = varint();
            number = (int) (tag >>> 3);
            wireType = (int) (tag & 7);
            return true;
        }

        ByteBuffer bytes() {
            if (wireType != 2) {
                throw new MalformedBodyException("protobuf field %d has wire type %d, expected 2"
                        .formatted(number, wireType));
            }
            return take(varint());
        }

        void skip() {
            switch (wireType) {
                case 0 -> varint();
                case 1 -> take(8);
                case 2 -> take(varint());
                case 5 -> take(4);
                default -> throw new MalformedBodyException("protobuf wire type %d is not known".formatted(wireType));
            }
        }

        private ByteBuffer take(long length) {
            if (length < 0 || length > in.remaining()) {
                throw new MalformedBodyException("protobuf field %d is longer than its message".formatted(number));
            }
            ByteBuffer part = in.slice(in.position(), (int) length);
            in.position(in.position() + (int) length);
            return part;
        }

        long varint() {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                if (!in.hasRemaining()) {
                    throw new MalformedBodyException("the protobuf message ends in the middle of a number");
                }
                byte part = in.get();
                value |= (long) (part & 0x7f) << shift;
                if (part >= 0) {
                    return value;
                }
            }
            throw new MalformedBodyException("a protobuf number has more than 64 bits");
        }
    }
}
