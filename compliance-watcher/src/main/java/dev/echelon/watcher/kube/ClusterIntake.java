package dev.echelon.watcher.kube;

import dev.echelon.watcher.domain.HubChange;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** ManagedClusters. Their status changes all the time and says nothing here: only labels are news. */
final class ClusterIntake implements Intake<HubManagedCluster> {

    private final Map<String, Map<String, String>> known = new HashMap<>();
    private final Consumer<HubChange> changes;

    ClusterIntake(Consumer<HubChange> changes) {
        this.changes = changes;
    }

    @Override
    public void seen(HubManagedCluster cluster) {
        String name = cluster.getMetadata().getName();
        Map<String, String> found = cluster.getMetadata().getLabels();
        Map<String, String> labels = found == null ? Map.of() : Map.copyOf(found);
        if (!labels.equals(known.put(name, labels))) {
            changes.accept(new HubChange.ClusterSeen(name, labels));
        }
    }

    @Override
    public void gone(String namespace, String name) {
        known.remove(name);
        changes.accept(new HubChange.ClusterGone(name));
    }
}
