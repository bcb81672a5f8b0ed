package dev.echelon.scheduler.stream;

import dev.echelon.contract.CguId;
import dev.echelon.scheduler.domain.Progress;
import dev.echelon.scheduler.domain.Spoke;
import dev.echelon.scheduler.domain.Upgrade;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * The state of one partition's CGUs, in memory, with changelogs on the broker (see
 * {@code docs/adr/0003-scheduler-state-in-memory.md}). A CGU's pieces lie apart so that an event writes only what it
 * changed:
 *
 * <ul>
 *   <li>{@code upgrades} and {@code progress}: by {@code namespace/name};
 *   <li>{@code spokes}: by {@code namespace/name|cluster}, so that a CGU's clusters are a range;
 *   <li>{@code answers}: ids of answered commands, with the time.
 * </ul>
 */
final class Stores {

    static final String UPGRADES = "upgrades";
    static final String PROGRESS = "progress";
    static final String SPOKES = "spokes";
    static final String ANSWERS = "answers";

    private final KeyValueStore<String, Upgrade> upgrades;
    private final KeyValueStore<String, Progress> progress;
    private final KeyValueStore<String, Spoke> spokes;
    private final KeyValueStore<String, Long> answers;

    Stores(ProcessorContext<?, ?> context) {
        upgrades = context.getStateStore(UPGRADES);
        progress = context.getStateStore(PROGRESS);
        spokes = context.getStateStore(SPOKES);
        answers = context.getStateStore(ANSWERS);
    }

    static Set<StoreBuilder<?>> builders() {
        return Set.of(
                builder(UPGRADES, StateJson.serde(Upgrade.class)),
                builder(PROGRESS, StateJson.serde(Progress.class)),
                builder(SPOKES, StateJson.serde(Spoke.class)),
                builder(ANSWERS, Serdes.Long()));
    }

    Upgrade upgrade(CguId id) {
        return upgrades.get(id.key());
    }

    Progress progress(CguId id) {
        return progress.get(id.key());
    }

    Spoke spoke(CguId id, String cluster) {
        return spokes.get(spokeKey(id, cluster));
    }

    /** Every cluster's piece of one CGU. */
    void eachSpoke(CguId id, BiConsumer<String, Spoke> action) {
        String prefix = spokeKey(id, "");
        try (KeyValueIterator<String, Spoke> range = spokes.prefixScan(prefix, new StringSerializer())) {
            range.forEachRemaining(entry -> action.accept(entry.key.substring(prefix.length()), entry.value));
        }
    }

    /** Every CGU of this partition. */
    void eachProgress(BiConsumer<CguId, Progress> action) {
        try (KeyValueIterator<String, Progress> all = progress.all()) {
            all.forEachRemaining(entry -> action.accept(CguId.parse(entry.key), entry.value));
        }
    }

    boolean isAnswered(String commandId) {
        return answers.get(commandId) != null;
    }

    /** Every answered command with the time of the answer, in milliseconds. */
    void eachAnswer(BiConsumer<String, Long> action) {
        try (KeyValueIterator<String, Long> all = answers.all()) {
            all.forEachRemaining(entry -> action.accept(entry.key, entry.value));
        }
    }

    void put(CguId id, Upgrade value) {
        upgrades.put(id.key(), value);
    }

    void put(CguId id, Progress value) {
        progress.put(id.key(), value);
    }

    void put(CguId id, String cluster, Spoke value) {
        spokes.put(spokeKey(id, cluster), value);
    }

    void putAnswer(String commandId, long atMillis) {
        answers.put(commandId, atMillis);
    }

    void removeAnswer(String commandId) {
        answers.delete(commandId);
    }

    /** Forgets a CGU with all its clusters, and says which clusters those were. */
    List<String> remove(CguId id) {
        List<String> clusters = new ArrayList<>();
        eachSpoke(id, (cluster, _) -> clusters.add(cluster));
        clusters.forEach(cluster -> spokes.delete(spokeKey(id, cluster)));
        upgrades.delete(id.key());
        progress.delete(id.key());
        return clusters;
    }

    private static String spokeKey(CguId id, String cluster) {
        return id.key() + "|" + cluster;
    }

    private static <T> StoreBuilder<KeyValueStore<String, T>> builder(String name, Serde<T> serde) {
        return org.apache.kafka.streams.state.Stores.keyValueStoreBuilder(
                org.apache.kafka.streams.state.Stores.inMemoryKeyValueStore(name), Serdes.String(), serde);
    }
}
