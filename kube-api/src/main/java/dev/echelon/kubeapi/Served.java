package dev.echelon.kubeapi;

import dev.echelon.kubeapi.schema.Schema;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A kind as it is served: where its objects are, how they are checked and shown, and what else they answer to. */
record Served(ResourceKind kind, ResourceStore store, Optional<Schema> schema, TableView table,
        Map<String, Subresource> subresources) {
    /** A custom subresource and the verbs that it has. */
    record Subresource(Set<String> verbs, SubresourceHandler handler) { }

    Served(ResourceKind kind, ResourceStore store) {
        this(kind, store, kind.schema().map(Schema::parse), new TableView(kind), Map.of());
    }

    Served with(String subresource, Subresource handler) {
        Map<String, Subresource> all = new HashMap<>(subresources);
        all.put(subresource, handler);
        return new Served(kind, store, schema, table, Map.copyOf(all));
    }

    /** Whether fields may be selected by: metadata of all kinds, anything of built-in kinds. */
    boolean selectable(String field) {
        return schema.isEmpty() || field.equals("metadata.name") || field.equals("metadata.namespace");
    }
}
