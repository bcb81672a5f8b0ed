package dev.echelon.scheduler.domain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of types in {@code docs/events.md}. */
final class EventsPage {

    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    private EventsPage() {}

    /**
     * What the page says of a type.
     *
     * @param names what stands in quotes in the column of details: keys, and values that they can have
     * @param actions of Kubernetes events
     */
    record Row(Set<String> names, Set<String> actions) {}

    /** Type to row, in the page's order. */
    static Map<String, Row> rows() throws IOException {
        Map<String, Row> rows = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of("..", "docs", "events.md"))) {
            String[] cells = line.split("\\|");
            if (cells.length == 5 && cells[1].strip().startsWith("`dev.echelon.")) {
                String type = quoted(cells[1]).iterator().next();
                if (rows.put(type, new Row(quoted(cells[3]), quoted(cells[4]))) != null) {
                    throw new IllegalStateException("docs/events.md has two rows for " + type);
                }
            }
        }
        return rows;
    }

    private static Set<String> quoted(String cell) {
        Set<String> texts = new TreeSet<>();
        Matcher matcher = QUOTED.matcher(cell);
        while (matcher.find()) {
            texts.add(matcher.group(1));
        }
        return texts;
    }
}
