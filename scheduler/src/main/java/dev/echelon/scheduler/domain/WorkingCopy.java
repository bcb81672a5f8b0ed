package dev.echelon.scheduler.domain;

import dev.echelon.scheduler.domain.Fact.Adopted;
import dev.echelon.scheduler.domain.Fact.Created;
import dev.echelon.scheduler.domain.Fact.Deleted;
import dev.echelon.scheduler.domain.Fact.OfCluster;
import dev.echelon.scheduler.domain.Fact.OfCommand;
import dev.echelon.scheduler.domain.Fact.OfProgress;
import dev.echelon.scheduler.domain.Fact.OfUpgrade;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * State with facts folded over it. Reads fall through to the state below until a fact has changed the piece; the state
 * below is never written. Whoever owns it takes the changed pieces from here.
 */
public final class WorkingCopy implements StateView {

    private final StateView below;
    private final Map<String, Spoke> spokes = new HashMap<>();
    private final Set<String> changedSpokes = new LinkedHashSet<>();
    private final Set<String> answered = new HashSet<>();
    private Optional<Upgrade> upgrade;
    private Optional<Progress> progress;
    private boolean upgradeChanged;
    private boolean progressChanged;
    private boolean deleted;

    public WorkingCopy(StateView below) {
        this.below = below;
    }

    /**
     * Folds one fact in.
     *
     * @throws BrokenLogException when it cannot follow from this state
     */
    public void fold(Fact fact) {
        switch (fact) {
            case OfCommand command -> answered.add(command.commandId());
            case Created created -> {
                if (progress().isPresent()) {
                    throw new BrokenLogException("ClusterGroupUpgrade " + created.id() + " exists already: " + fact);
                }
                upgrade = Optional.of(Evolution.firstUpgrade(created));
                progress = Optional.of(Evolution.firstProgress(created));
                upgradeChanged = true;
                progressChanged = true;
            }
            case Adopted adopted -> {
                upgrade = Optional.of(adopted.upgrade());
                progress = Optional.of(Evolution.evolve(known(fact), adopted));
                upgradeChanged = true;
                progressChanged = true;
                spokes.putAll(adopted.spokes());
                changedSpokes.addAll(adopted.spokes().keySet());
            }
            case Deleted _ -> {
                known(fact);
                upgrade = Optional.empty();
                progress = Optional.empty();
                spokes.clear();
                changedSpokes.clear();
                deleted = true;
            }
            case OfUpgrade large -> {
                Progress before = known(fact);
                upgrade = upgrade().map(u -> Evolution.evolve(u, large));
                upgradeChanged = true;
                progress = Optional.of(Evolution.evolve(before, large));
                progressChanged = true;
            }
            case OfProgress small -> {
                progress = Optional.of(Evolution.evolve(known(fact), small));
                progressChanged = true;
            }
            case OfCluster single -> {
                Progress before = known(fact);
                Spoke spoke = spoke(single.cluster()).orElse(Spoke.NEW);
                Spoke next = Evolution.evolve(spoke, single, before);
                if (!next.equals(spoke)) {
                    spokes.put(single.cluster(), next);
                    changedSpokes.add(single.cluster());
                }
                progress = Optional.of(Evolution.evolve(before, single));
                progressChanged = true;
            }
        }
    }

    @Override
    public Optional<Upgrade> upgrade() {
        if (upgrade == null) {
            upgrade = below.upgrade();
        }
        return upgrade;
    }

    @Override
    public Optional<Progress> progress() {
        if (progress == null) {
            progress = below.progress();
        }
        return progress;
    }

    @Override
    public Optional<Spoke> spoke(String cluster) {
        if (deleted) {
            return Optional.ofNullable(spokes.get(cluster));
        }
        Spoke known = spokes.get(cluster);
        if (known == null) {
            known = below.spoke(cluster).orElse(null);
            if (known != null) {
                spokes.put(cluster, known);
            }
        }
        return Optional.ofNullable(known);
    }

    @Override
    public Map<String, Spoke> spokes() {
        Map<String, Spoke> all = deleted ? new HashMap<>() : new HashMap<>(below.spokes());
        all.putAll(spokes);
        return all;
    }

    @Override
    public boolean answered(String commandId) {
        return answered.contains(commandId) || below.answered(commandId);
    }

    /** Whether the CGU was deleted: then all pieces below go, also those of clusters. */
    public boolean isDeleted() {
        return deleted;
    }

    /** The large piece, where a fact changed it. */
    public Optional<Upgrade> changedUpgrade() {
        return upgradeChanged ? upgrade : Optional.empty();
    }

    /** The small piece, where a fact changed it. */
    public Optional<Progress> changedProgress() {
        return progressChanged ? progress : Optional.empty();
    }

    /** The ids of commands that were answered. */
    public Set<String> newlyAnswered() {
        return Set.copyOf(answered);
    }

    /** The pieces of clusters that a fact changed. */
    public Map<String, Spoke> changedSpokes() {
        Map<String, Spoke> changed = HashMap.newHashMap(changedSpokes.size());
        changedSpokes.forEach(cluster -> changed.put(cluster, spokes.get(cluster)));
        return changed;
    }

    private Progress known(Fact fact) {
        return progress().orElseThrow(() -> new BrokenLogException("there is no ClusterGroupUpgrade for " + fact));
    }
}
