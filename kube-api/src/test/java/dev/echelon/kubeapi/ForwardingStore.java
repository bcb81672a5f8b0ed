package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Hands everything on; tests override what they want to see or break. */
class ForwardingStore implements ResourceStore {
    private final ResourceStore store;

    ForwardingStore(ResourceStore store) {
        this.store = store;
    }

    @Override
    public Listing list(ResourceKind kind, Optional<String> namespace) {
        return store.list(kind, namespace);
    }

    @Override
    public Optional<ObjectNode> get(ResourceKind kind, String namespace, String name) {
        return store.get(kind, namespace, name);
    }

    @Override
    public ObjectNode create(ResourceKind kind, ObjectNode object, WriteOptions options) {
        return store.create(kind, object, options);
    }

    @Override
    public ObjectNode update(ResourceKind kind, ObjectNode object, Part part, WriteOptions options) {
        return store.update(kind, object, part, options);
    }

    @Override
    public ObjectNode delete(ResourceKind kind, String namespace, String name, DeletePreconditions preconditions,
            WriteOptions options) {
        return store.delete(kind, namespace, name, preconditions, options);
    }

    @Override
    public Subscription watch(ResourceKind kind, Optional<String> namespace, String resourceVersion,
            WatchListener listener) {
        return store.watch(kind, namespace, resourceVersion, listener);
    }
}
