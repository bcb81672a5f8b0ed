package dev.echelon.scheduler.domain;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The state of one CGU in maps: what the stores are in the stream. */
final class Memory implements StateView {

    private Optional<Upgrade> upgrade = Optional.empty();
    private Optional<Progress> progress = Optional.empty();
    private final Map<String, Spoke> spokes = new TreeMap<>();
    private final Set<String> answered = new HashSet<>();

    /** Takes what was changed in a working copy over this. */
    void store(WorkingCopy copy) {
        answered.addAll(copy.newlyAnswered());
        if (copy.isDeleted()) {
            upgrade = Optional.empty();
            progress = Optional.empty();
            spokes.clear();
            return;
        }
        upgrade = copy.changedUpgrade().or(() -> upgrade);
        progress = copy.changedProgress().or(() -> progress);
        spokes.putAll(copy.changedSpokes());
    }

    /** The deadlines of all pieces; the CGU's own has an empty name. */
    Map<String, Instant> deadlines() {
        Map<String, Instant> all = new HashMap<>();
        progress.flatMap(Progress::deadline).ifPresent(at -> all.put("", at));
        spokes.forEach((cluster, spoke) -> spoke.deadline().ifPresent(at -> all.put(cluster, at)));
        return all;
    }

    @Override
    public Optional<Upgrade> upgrade() {
        return upgrade;
    }

    @Override
    public Optional<Progress> progress() {
        return progress;
    }

    @Override
    public Optional<Spoke> spoke(String cluster) {
        return Optional.ofNullable(spokes.get(cluster));
    }

    @Override
    public Map<String, Spoke> spokes() {
        return Map.copyOf(spokes);
    }

    @Override
    public boolean answered(String commandId) {
        return answered.contains(commandId);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Memory memory
                && upgrade.equals(memory.upgrade)
                && progress.equals(memory.progress)
                && spokes.equals(memory.spokes)
                && answered.equals(memory.answered);
    }

    @Override
    public int hashCode() {
        return progress.hashCode();
    }

    @Override
    public String toString() {
        return upgrade + "\n" + progress + "\n" + spokes;
    }
}
