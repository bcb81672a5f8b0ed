package dev.echelon.simulator.fleet;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.function.Consumer;

/** By level: an object is as it is now, however it came to be so, or it is no more. */
record Handler(Consumer<GenericKubernetesResource> seen, Consumer<GenericKubernetesResource> gone)
        implements ResourceEventHandler<GenericKubernetesResource> {

    static Handler of(Consumer<GenericKubernetesResource> seen, Consumer<GenericKubernetesResource> gone) {
        return new Handler(seen, gone);
    }

    @Override
    public void onAdd(GenericKubernetesResource object) {
        seen.accept(object);
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource now) {
        seen.accept(now);
    }

    @Override
    public void onDelete(GenericKubernetesResource object, boolean lastStateUnknown) {
        gone.accept(object);
    }
}
