package dev.echelon.simulator.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the fields of one object of a scenario. What is wrong is noted and reading goes on with a default, so that one
 * look at the error shows all of it. {@link #close} notes what nobody asked for.
 */
final class Fields implements AutoCloseable {
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");
    private static final Pattern BYTES = Pattern.compile("(\\d+(?:\\.\\d+)?) ?(B|KiB|MiB|GiB)");
    private static final Pattern RATE = Pattern.compile("(\\d+(?:\\.\\d+)?) ?(kbit|Mbit|Gbit)/s");

    private final JsonNode object;
    private final String path;
    private final List<String> problems;
    private final Set<String> known = new LinkedHashSet<>();

    Fields(JsonNode object, String path, List<String> problems) {
        this.object = object;
        this.path = path;
        this.problems = problems;
        if (!object.isObject()) {
            problems.add("%s: expected an object, found %s".formatted(path.isEmpty() ? "(root)" : path, show(object)));
        }
    }

    /** Where a field is. */
    String at(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    boolean has(String field) {
        known.add(field);
        return object.hasNonNull(field);
    }

    String text(String field, String orElse) {
        return read(field, orElse, JsonNode::isTextual, "a text", JsonNode::textValue);
    }

    String required(String field) {
        if (!has(field)) {
            problems.add("%s: required, but not there".formatted(at(field)));
            return "";
        }
        return text(field, "");
    }

    boolean flag(String field, boolean orElse) {
        return read(field, orElse, JsonNode::isBoolean, "true or false", JsonNode::booleanValue);
    }

    long whole(String field, long orElse, long least, long most) {
        return read(field, orElse, n -> n.canConvertToLong() && n.isIntegralNumber()
                && n.longValue() >= least && n.longValue() <= most,
                "a whole number from %d to %d".formatted(least, most), JsonNode::longValue);
    }

    double number(String field, double orElse, double least, double most) {
        return read(field, orElse, n -> n.isNumber() && n.doubleValue() >= least && n.doubleValue() <= most,
                "a number from %s to %s".formatted(plain(least), plain(most)), JsonNode::doubleValue);
    }

    Duration duration(String field, Duration orElse) {
        return read(field, orElse, n -> n.isTextual() && duration(n.textValue()).isPresent(),
                "a duration such as 200ms, 20s, 1m30s or PT20S", n -> duration(n.textValue()).orElseThrow());
    }

    long bytes(String field, long orElse) {
        return read(field, orElse, n -> BYTES.matcher(n.asText()).matches(), "a size such as 20MiB",
                n -> scaled(BYTES, n.asText(), Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30)));
    }

    long rate(String field, long orElse) {
        return read(field, orElse, n -> RATE.matcher(n.asText()).matches()
                && scaled(RATE, n.asText(), RATES) > 0, "a bandwidth above 0 such as 100Mbit/s",
                n -> scaled(RATE, n.asText(), RATES));
    }

    private static final Map<String, Long> RATES =
            Map.of("kbit", 1_000L, "Mbit", 1_000_000L, "Gbit", 1_000_000_000L);

    Map<String, String> texts(String field) {
        Map<String, String> found = new LinkedHashMap<>();
        if (has(field)) {
            JsonNode map = object.get(field);
            if (!map.isObject()) {
                problems.add("%s: expected texts by name, found %s".formatted(at(field), show(map)));
            }
            map.properties().forEach(entry -> {
                if (entry.getValue().isTextual()) {
                    found.put(entry.getKey(), entry.getValue().textValue());
                } else {
                    problems.add("%s.%s: expected a text (put it in quotes), found %s".formatted(
                            at(field), entry.getKey(), show(entry.getValue())));
                }
            });
        }
        return found;
    }

    /** Each element of a list, read by its own reader, which gets the element and its path. */
    <T> List<T> list(String field, BiFunction<JsonNode, String, T> reader) {
        List<T> found = new ArrayList<>();
        if (has(field)) {
            JsonNode list = object.get(field);
            if (!list.isArray()) {
                problems.add("%s: expected a list, found %s".formatted(at(field), show(list)));
            }
            for (int i = 0; i < list.size(); i++) {
                found.add(reader.apply(list.get(i), "%s[%d]".formatted(at(field), i)));
            }
        }
        return found;
    }

    Optional<Fields> object(String field) {
        return has(field) ? Optional.of(new Fields(object.get(field), at(field), problems)) : Optional.empty();
    }

    /** One of the words, or the empty text and a problem. */
    String word(String field, Collection<String> words) {
        String found = required(field);
        if (!found.isEmpty() && !words.contains(found)) {
            problems.add("%s: found '%s', expected one of %s%s".formatted(at(field), found,
                    String.join(", ", words), DidYouMean.hint(found, words)));
            return "";
        }
        return found;
    }

    /** Notes the fields that nobody asked for. */
    @Override
    public void close() {
        object.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                problems.add("%s: unknown field%s; expected one of %s".formatted(at(field),
                        DidYouMean.hint(field, known), String.join(", ", known)));
            }
        });
    }

    private <T> T read(String field, T orElse, java.util.function.Predicate<JsonNode> fits, String expected,
            java.util.function.Function<JsonNode, T> value) {
        if (!has(field)) {
            return orElse;
        }
        JsonNode found = object.get(field);
        if (!fits.test(found)) {
            problems.add("%s: found %s, expected %s".formatted(at(field), show(found), expected));
            return orElse;
        }
        return value.apply(found);
    }

    static Optional<Duration> duration(String text) {
        if (text.startsWith("P")) {
            try {
                return Optional.of(Duration.parse(text)).filter(d -> !d.isNegative());
            } catch (DateTimeParseException _) {
                return Optional.empty();
            }
        }
        Matcher part = PART.matcher(text);
        double millis = 0;
        int end = 0;
        while (part.find() && part.start() == end) {
            millis += Double.parseDouble(part.group(1)) * switch (part.group(2)) {
                case "ms" -> 1;
                case "s" -> 1_000;
                case "m" -> 60_000;
                default -> 3_600_000;
            };
            end = part.end();
        }
        return end > 0 && end == text.length() ? Optional.of(Duration.ofMillis(Math.round(millis))) : Optional.empty();
    }

    private static long scaled(Pattern pattern, String text, Map<String, Long> units) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        return Math.round(Double.parseDouble(matcher.group(1)) * units.get(matcher.group(2)));
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? String.format(Locale.ROOT, "%.0f", number) : Double.toString(number);
    }

    private static String show(JsonNode found) {
        return switch (found.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case NULL -> "nothing";
            case STRING -> "'" + found.textValue() + "'";
            case BINARY, BOOLEAN, MISSING, NUMBER, POJO -> found.toString();
        };
    }
}
