package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.JsonPath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Objects of one kind as rows of a {@code meta.k8s.io} Table, which kubectl prints. */
final class TableView {
    private static final String NAME_DESCRIPTION = "Name must be unique within a namespace. Is required when creating "
            + "resources, although some resources may allow a client to request the generation of an appropriate name "
            + "automatically. Name is primarily intended for creation idempotence and configuration definition. "
            + "Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names"
            + "#names";
    private static final PrinterColumn NAME =
            new PrinterColumn("Name", "string", "name", NAME_DESCRIPTION, ".metadata.name", 0);
    private static final PrinterColumn AGE = new PrinterColumn("Age", "date", "",
            "CreationTimestamp is a timestamp representing the server time when this object was created.",
            ".metadata.creationTimestamp", 0);

    private record Column(PrinterColumn column, JsonPath path) { }

    private final List<Column> columns = new ArrayList<>();
    private final ArrayNode definitions = Json.array();

    /** @throws IllegalArgumentException where a column's path is not supported */
    TableView(ResourceKind kind) {
        if (kind.columns().stream().noneMatch(column -> column.name().equals(NAME.name()))) {
            define(NAME);
        }
        for (PrinterColumn column : kind.columns().isEmpty() ? List.of(AGE) : kind.columns()) {
            define(column);
        }
    }

    private void define(PrinterColumn column) {
        columns.add(new Column(column, JsonPath.parse(column.jsonPath())));
        String description = column.description().isEmpty()
                ? "Custom resource definition column (in JSONPath format): " + column.jsonPath()
                : column.description();
        definitions.addObject().put("name", column.name()).put("type", column.type()).put("format", column.format())
                .put("description", description).put("priority", column.priority());
    }

    /**
     * A table.
     *
     * @param metadata      the list's or the object's resourceVersion and the like
     * @param includeObject {@code None}, {@code Metadata} (also where it is empty) or {@code Object}
     * @param headings      whether the columns are described; only the first table of a watch does
     */
    ObjectNode of(List<ObjectNode> objects, ObjectNode metadata, Representation wanted, String includeObject,
            boolean headings, Instant now) {
        ObjectNode table = Json.object();
        table.put("kind", "Table").put("apiVersion", "meta.k8s.io/" + wanted.version());
        table.set("metadata", metadata);
        table.set("columnDefinitions", headings ? definitions : NullNode.instance);
        ArrayNode rows = table.putArray("rows");
        for (ObjectNode object : objects) {
            ObjectNode row = rows.addObject();
            row.set("cells", cells(object, now));
            row.set("object", switch (includeObject) {
                case "None" -> NullNode.instance;
                case "Object" -> object;
                default -> partial(object, wanted.version());
            });
        }
        return table;
    }

    /** The object reduced to its metadata. */
    static ObjectNode partial(ObjectNode object, String version) {
        ObjectNode partial = Json.object();
        partial.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/" + version);
        partial.set("metadata", object.get("metadata"));
        return partial;
    }

    private ArrayNode cells(ObjectNode object, Instant now) {
        ArrayNode cells = Json.array();
        for (Column column : columns) {
            cells.add(column.path.first(object).map(value -> cell(column.column, value, now))
                    .orElse(NullNode.instance));
        }
        return cells;
    }

    private static JsonNode cell(PrinterColumn column, JsonNode value, Instant now) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (column.format().equals(PrinterColumn.ELAPSED)) {
            return json.textNode(Ages.elapsed(value.asText(), now));
        }
        if (column.format().equals(PrinterColumn.REFERENCE)) {
            String kind = Json.textAt(value, "kind").toLowerCase(Locale.ROOT);
            return json.textNode(kind + "/" + Json.textAt(value, "name"));
        }
        return switch (column.type()) {
            case "date" -> value.isTextual() ? json.textNode(Ages.since(value.textValue(), now)) : NullNode.instance;
            case "string" -> json.textNode(value.isValueNode() ? value.asText() : value.toString());
            case "integer" -> value.isNumber() ? json.numberNode(value.longValue()) : NullNode.instance;
            case "number" -> value.isNumber() ? value : NullNode.instance;
            case "boolean" -> value.isBoolean() ? value : NullNode.instance;
            default -> NullNode.instance;
        };
    }
}
