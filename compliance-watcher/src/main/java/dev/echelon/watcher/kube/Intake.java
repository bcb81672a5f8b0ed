package dev.echelon.watcher.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Turns objects of one kind into changes of the fleet. Called by one thread at a time. */
interface Intake<T extends HasMetadata> {

    /** The object is there, new or changed or seen once more. It is not kept. */
    void seen(T object);

    /** The object with this namespace (null for a cluster-wide kind) and name is there no more. */
    void gone(String namespace, String name);
}
