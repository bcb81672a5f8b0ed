package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * Where objects are kept. All methods may block; {@link KubeApi} calls them on virtual threads.
 *
 * <p>Objects that a store hands out or has been handed are shared and never changed by anyone. What the store is given
 * has been checked against the kind's schema and defaulted; {@link Lifecycle} holds the rules of metadata that every
 * store applies alike. For cluster-scoped kinds the namespace is empty.
 *
 * <p>Refusals are {@link ApiException}s: 404 for what is not there, 409 for what has changed meanwhile or is there
 * already, 422 for what breaks a rule of the store's own.
 */
public interface ResourceStore {
    /** The objects of a kind, of all namespaces or of one. */
    Listing list(ResourceKind kind, Optional<String> namespace);

    /** One object. */
    Optional<ObjectNode> get(ResourceKind kind, String namespace, String name);

    /** Keeps a new object and answers it with uid, creationTimestamp and resourceVersion. */
    ObjectNode create(ResourceKind kind, ObjectNode object, WriteOptions options);

    /**
     * Replaces a part of an object, provided that it still has the {@code metadata.resourceVersion} given; without one,
     * whatever it is now. An update that changes nothing answers the current object and makes no event. Taking the last
     * finalizer from an object that is being deleted removes it.
     */
    ObjectNode update(ResourceKind kind, ObjectNode object, Part part, WriteOptions options);

    /**
     * Removes an object and answers its last state. An object with finalizers stays, with a
     * {@code metadata.deletionTimestamp}, until they are gone.
     */
    ObjectNode delete(ResourceKind kind, String namespace, String name, DeletePreconditions preconditions,
            WriteOptions options);

    /**
     * Tells every change after a moment, in order, none twice.
     *
     * @param resourceVersion the moment, as a listing or an event gave it
     * @throws ApiException 410 Expired where the changes since then are no longer known
     */
    Subscription watch(ResourceKind kind, Optional<String> namespace, String resourceVersion, WatchListener listener);
}
