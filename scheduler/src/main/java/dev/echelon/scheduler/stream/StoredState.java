package dev.echelon.scheduler.stream;

import dev.echelon.contract.CguId;
import dev.echelon.scheduler.domain.Progress;
import dev.echelon.scheduler.domain.Spoke;
import dev.echelon.scheduler.domain.StateView;
import dev.echelon.scheduler.domain.Upgrade;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One CGU's pieces as they are stored, each read when it is first asked for and then remembered. Lives for one input. */
final class StoredState implements StateView {

    private final Stores stores;
    private final CguId id;
    private final Map<String, Optional<Spoke>> spokes = new HashMap<>();
    private Optional<Upgrade> upgrade;
    private Optional<Progress> progress;
    private Map<String, Spoke> allSpokes;

    StoredState(Stores stores, CguId id) {
        this.stores = stores;
        this.id = id;
    }

    @Override
    public Optional<Upgrade> upgrade() {
        if (upgrade == null) {
            upgrade = Optional.ofNullable(stores.upgrade(id));
        }
        return upgrade;
    }

    @Override
    public Optional<Progress> progress() {
        if (progress == null) {
            progress = Optional.ofNullable(stores.progress(id));
        }
        return progress;
    }

    @Override
    public Optional<Spoke> spoke(String cluster) {
        return spokes.computeIfAbsent(cluster, name -> Optional.ofNullable(stores.spoke(id, name)));
    }

    @Override
    public Map<String, Spoke> spokes() {
        if (allSpokes == null) {
            Map<String, Spoke> all = new HashMap<>();
            stores.eachSpoke(id, all::put);
            allSpokes = Collections.unmodifiableMap(all);
        }
        return allSpokes;
    }

    @Override
    public boolean answered(String commandId) {
        return stores.isAnswered(commandId);
    }
}
