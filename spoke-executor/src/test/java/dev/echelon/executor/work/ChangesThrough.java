package dev.echelon.executor.work;

import dev.echelon.contract.CguId;
import dev.echelon.executor.domain.Change;
import dev.echelon.executor.domain.HubKind;
import dev.echelon.executor.domain.ObservedSpoke;
import dev.echelon.executor.domain.SeenObject;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/** The hub, to which a test hands on the changes itself, or does not. */
record ChangesThrough(Consumer<Change> test, Hub hub) implements Hub {

    @Override
    public ObservedSpoke spoke(String cluster) {
        return hub.spoke(cluster);
    }

    @Override
    public Collection<SeenObject> enforcing(CguId cgu) {
        return hub.enforcing(cgu);
    }

    @Override
    public Optional<SeenObject> find(HubKind kind, String namespace, String name) {
        return hub.find(kind, namespace, name);
    }

    @Override
    public Collection<SeenObject> ofCgus(HubKind kind, String cluster) {
        return hub.ofCgus(kind, cluster);
    }

    @Override
    public Optional<SeenObject> read(HubKind kind, String namespace, String name) {
        return hub.read(kind, namespace, name);
    }

    @Override
    public void apply(Change change) {
        test.accept(change);
    }
}
