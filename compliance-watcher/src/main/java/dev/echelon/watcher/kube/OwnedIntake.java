package dev.echelon.watcher.kube;

import dev.echelon.contract.CguId;
import dev.echelon.watcher.domain.HubChange;
import dev.echelon.watcher.domain.PolicyKey;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** Objects that rollouts made. One whose labels name another rollout now is gone for the one before. */
final class OwnedIntake<T extends HasMetadata> implements Intake<T> {

    /** Reads an object that the rollout made. */
    @FunctionalInterface
    interface Reader<T> {
        HubChange seen(T object, PolicyKey key, CguId owner);
    }

    private final Map<PolicyKey, CguId> owners = new HashMap<>();
    private final Consumer<HubChange> changes;
    private final Reader<T> reader;
    private final BiFunction<PolicyKey, CguId, HubChange> whenGone;

    OwnedIntake(
            Consumer<HubChange> changes, Reader<T> reader, BiFunction<PolicyKey, CguId, HubChange> whenGone) {
        this.changes = changes;
        this.reader = reader;
        this.whenGone = whenGone;
    }

    @Override
    public void seen(T object) {
        PolicyKey key = new PolicyKey(object.getMetadata().getNamespace(), object.getMetadata().getName());
        Optional<CguId> owner = Owner.of(object.getMetadata());
        if (!owner.equals(Optional.ofNullable(owners.get(key)))) {
            gone(key.namespace(), key.name());
        }
        if (owner.isPresent()) {
            owners.put(key, owner.get());
            changes.accept(reader.seen(object, key, owner.get()));
        }
    }

    @Override
    public void gone(String namespace, String name) {
        PolicyKey key = new PolicyKey(namespace, name);
        CguId owner = owners.remove(key);
        if (owner != null) {
            changes.accept(whenGone.apply(key, owner));
        }
    }
}
