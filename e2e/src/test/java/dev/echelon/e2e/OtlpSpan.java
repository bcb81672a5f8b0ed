package dev.echelon.e2e;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A span as an exporter sends it, as far as tests look at it.
 *
 * @param parent empty for a root
 * @param cgu the attribute {@code echelon.cgu}; empty where there is none
 */
record OtlpSpan(String service, String trace, String id, String parent, String name, long startNanos, String cgu) {

    /** The spans of an ExportTraceServiceRequest in protobuf. */
    static List<OtlpSpan> read(byte[] request) {
        List<OtlpSpan> spans = new ArrayList<>();
        fields(ByteBuffer.wrap(request), (field, resourceSpans) -> {
            Map<String, String> resource = new HashMap<>();
            fields(resourceSpans.bytes(), (number, part) -> {
                switch (number) {
                    case 1 -> fields(part.bytes(), (attribute, pair) -> {
                        if (attribute == 1) {
                            keyValue(pair.bytes(), resource);
                        }
                    });
                    case 2 -> fields(part.bytes(), (scope, span) -> {
                        if (scope == 2) {
                            spans.add(span(span.bytes(), resource.getOrDefault("service.name", "")));
                        }
                    });
                    default -> {
                        // the schema's URL
                    }
                }
            });
        });
        return spans;
    }

    private static OtlpSpan span(ByteBuffer bytes, String service) {
        Map<Integer, Value> values = new HashMap<>();
        Map<String, String> attributes = new HashMap<>();
        fields(bytes, (number, value) -> {
            if (number == 9) {
                keyValue(value.bytes(), attributes);
            } else {
                values.put(number, value);
            }
        });
        return new OtlpSpan(
                service,
                hex(values.get(1)),
                hex(values.get(2)),
                hex(values.get(4)),
                text(values.get(5).bytes()),
                values.get(7).number(),
                attributes.getOrDefault("echelon.cgu", ""));
    }

    private static void keyValue(ByteBuffer bytes, Map<String, String> into) {
        Map<Integer, Value> pair = new HashMap<>();
        fields(bytes, pair::put);
        if (pair.containsKey(2)) {
            fields(pair.get(2).bytes(), (number, value) -> {
                if (number == 1) {
                    into.put(text(pair.get(1).bytes()), text(value.bytes()));
                }
            });
        }
    }

    private static String hex(Value value) {
        return value == null ? "" : HexFormat.of().formatHex(array(value.bytes()));
    }

    private static String text(ByteBuffer bytes) {
        return new String(array(bytes), StandardCharsets.UTF_8);
    }

    private static byte[] array(ByteBuffer bytes) {
        byte[] all = new byte[bytes.remaining()];
        bytes.duplicate().get(all);
        return all;
    }

    /** A field's value: bytes where it has a length, else a number. */
    private record Value(ByteBuffer bytes, long number) {}

    private static void fields(ByteBuffer message, BiConsumer<Integer, Value> field) {
        ByteBuffer in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long tag = varint(in);
            int number = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case 0 -> field.accept(number, new Value(null, varint(in)));
                case 1 -> field.accept(number, new Value(null, in.getLong()));
                case 5 -> field.accept(number, new Value(null, in.getInt()));
                case 2 -> {
                    int length = (int) varint(in);
                    field.accept(number, new Value(in.slice(in.position(), length), 0));
                    in.position(in.position() + length);
                }
                default -> throw new IllegalArgumentException("not protobuf: tag " + tag);
            }
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
