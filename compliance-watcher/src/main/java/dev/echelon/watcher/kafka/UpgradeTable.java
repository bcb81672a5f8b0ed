package dev.echelon.watcher.kafka;

import dev.echelon.contract.CguId;
import dev.echelon.contract.kafka.RecordHandler;
import dev.echelon.contract.kafka.TopicRecord;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.watcher.ObservationLoop;

/** Hands the upgrades in {@code cgus} to the loop. What is no upgrade is refused, and so becomes a dead letter. */
public final class UpgradeTable implements RecordHandler {

    private final ObservationLoop loop;

    public UpgradeTable(ObservationLoop loop) {
        this.loop = loop;
    }

    @Override
    public void handle(TopicRecord received) {
        CguId id = CguId.parse(received.key());
        if (received.isTombstone()) {
            loop.forget(id);
            return;
        }
        ClusterGroupUpgrade cgu = received.read(ClusterGroupUpgrade.class);
        if (!cgu.id().equals(id)) {
            throw new IllegalArgumentException("expected the ClusterGroupUpgrade " + id + ", found " + cgu.id());
        }
        loop.upgrade(cgu);
    }
}
