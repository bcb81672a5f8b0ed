package dev.echelon.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints a Kubernetes Table as kubectl does: upper-case headers, columns three blanks apart. */
final class TableText {

    private TableText() {}

    /** The whole table; with the namespace as first column where {@code allNamespaces}. */
    static String of(JsonNode table, boolean allNamespaces) {
        List<Integer> shown = new ArrayList<>();
        List<String> header = new ArrayList<>();
        if (allNamespaces) {
            header.add("NAMESPACE");
        }
        JsonNode columns = table.path("columnDefinitions");
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).path("priority").asInt() == 0) {
                shown.add(i);
                header.add(columns.get(i).path("name").asText().toUpperCase(Locale.ROOT));
            }
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(header);
        table.path("rows").forEach(row -> lines.add(cells(row, shown, allNamespaces)));
        return render(lines);
    }

    private static List<String> cells(JsonNode row, List<Integer> shown, boolean allNamespaces) {
        List<String> cells = new ArrayList<>();
        if (allNamespaces) {
            cells.add(row.path("object").path("metadata").path("namespace").asText());
        }
        shown.forEach(i -> {
            JsonNode cell = row.path("cells").path(i);
            cells.add(cell.isNull() || cell.isMissingNode() ? "" : cell.asText());
        });
        return cells;
    }

    private static String render(List<List<String>> lines) {
        int[] widths = new int[lines.getFirst().size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                row.append(line.get(i)).repeat(' ', widths[i] - line.get(i).length() + 3);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
