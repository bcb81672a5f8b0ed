package dev.echelon.watcher.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.Observation.ComplianceSnapshot;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.Observation.PlacementSnapshot;
import dev.echelon.contract.observation.Observation.UnsatisfiedPlacement;
import dev.echelon.contract.observation.Observation.WorkSnapshot;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.PrecacheInputs;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.watcher.domain.HubChange.BindingGone;
import dev.echelon.watcher.domain.HubChange.BindingSeen;
import dev.echelon.watcher.domain.HubChange.ClusterGone;
import dev.echelon.watcher.domain.HubChange.ClusterSeen;
import dev.echelon.watcher.domain.HubChange.ReplicaGone;
import dev.echelon.watcher.domain.HubChange.ReplicaSeen;
import dev.echelon.watcher.domain.HubChange.RootPolicyGone;
import dev.echelon.watcher.domain.HubChange.RootPolicySeen;
import dev.echelon.watcher.domain.Interest.BeforeStart;
import dev.echelon.watcher.domain.Interest.InProgress;
import dev.echelon.watcher.domain.Interest.RollingOutWorks;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The fleet as the hub shows it, seen with the eyes of each upgrade. Changes of the hub and of the upgrades go in; the
 * upgrades that they concern are named at once; what such an upgrade has to be told is computed when it is asked for,
 * so that many changes make one observation.
 *
 * <p>What it promises:
 * <ul>
 *   <li>An observation says the level. After any order of changes, the last observations of an upgrade say what one
 *       look at the whole hub would.
 *   <li>A change costs what it touches: finding out whom it concerns never walks over all upgrades of all clusters, and
 *       a status of a root policy is compared with the last one, cluster by cluster, once for all upgrades.
 *   <li>An upgrade that has not started is told only what is news. One in progress is told about the clusters that
 *       changed, with all policies of the rollout or all works that it has there, at most {@link #MOST_CLUSTERS} in one
 *       observation, and about its placements when that is news.
 *   <li>An update graph is asked only what an upgrade waits for, and never waited for here.
 * </ul>
 *
 * <p>Not safe for use by several threads at once.
 */
public final class FleetView {

    /** Keeps a compliance snapshot of a large fleet well within the size of a record. */
    static final int MOST_CLUSTERS = 1_000;

    private final HubLevel hub = new HubLevel();
    private final NamedObjects named = new NamedObjects();
    private final RolloutObjects rollouts = new RolloutObjects();
    private final Blockers blockers = new Blockers();
    private final Interests interests = new Interests();
    private final GraphQuestions questions;
    private final Consumer<CguId> concerns;

    /**
     * @param concerns told of each upgrade about which {@link #observe} may have something to say now; often more than
     *     once, and in the middle of a change
     * @param graph asked for platform images
     */
    public FleetView(Consumer<CguId> concerns, UpdateGraph graph) {
        this.concerns = concerns;
        this.questions = new GraphQuestions(graph);
    }

    /** Takes in what the hub shows. */
    public void apply(HubChange change) {
        switch (change) {
            case ClusterSeen(String cluster, Map<String, String> labels) ->
                clusterChanged(cluster, hub.putCluster(cluster, labels), labels);
            case ClusterGone(String cluster) -> clusterChanged(cluster, hub.removeCluster(cluster), null);
            case RootPolicySeen(PolicyKey policy, RootPolicyReading reading) ->
                rootChanged(policy, hub.putRoot(policy, reading), reading);
            case RootPolicyGone(PolicyKey policy) -> rootChanged(policy, hub.removeRoot(policy), null);
            case ReplicaSeen(Replica replica) -> {
                if (hub.putReplica(replica)) {
                    replicaChanged(replica.cluster(), replica.root());
                }
            }
            case ReplicaGone(String cluster, PolicyKey root) -> {
                if (hub.removeReplica(cluster, root)) {
                    replicaChanged(cluster, root);
                }
            }
            case BindingSeen(PolicyKey binding, Set<String> enforced) ->
                hub.putBinding(binding, enforced).forEach(this::concernsThoseBeforeStart);
            case BindingGone(PolicyKey binding) -> hub.removeBinding(binding).forEach(this::concernsThoseBeforeStart);
            case HubChange.OfNamed object -> named.apply(object).ifPresent(this::concernsThoseNaming);
            case HubChange.OfRollout object -> {
                if (rollouts.apply(object)) {
                    interests.get(object.owner()).ifPresent(entry -> rolloutChanged(object, entry));
                }
            }
        }
    }

    /** Takes in an upgrade as {@code cgus} shows it. */
    public void apply(ClusterGroupUpgrade cgu) {
        CguId id = cgu.id();
        if (blockers.put(cgu)) {
            concernsThoseNaming(new Reference.Blocker(id));
        }
        Optional<Interest> interest = Interest.of(cgu);
        if (interest.isEmpty()) {
            drop(id);
            return;
        }
        if (interests.get(id).map(Tracked::interest).equals(interest)) {
            return;
        }
        Tracked entry = interests.put(id, interest.get());
        switch (entry.interest()) {
            // Another spec mostly raises the same questions: they stay until it is looked at.
            case BeforeStart before -> {}
            case InProgress running -> started(entry, running.clusters());
            case RollingOutWorks running -> started(entry, running.clusters());
        }
        restate(entry);
    }

    /** An upgrade is there no more. */
    public void forget(CguId cgu) {
        drop(cgu);
        if (blockers.remove(cgu)) {
            concernsThoseNaming(new Reference.Blocker(cgu));
        }
    }

    /** An update graph has answered, or has failed to. */
    public void answered(GraphAnswer answer) {
        questions.answered(answer).forEach(concerns);
    }

    /** Everybody has to be told everything again, known or not. */
    public void restateAll() {
        interests.all().forEach(this::restate);
    }

    /** One upgrade has to be told everything again, because what it was told last may have been lost. */
    public void restate(CguId cgu) {
        interests.get(cgu).ifPresent(this::restate);
    }

    /** How many upgrades are looked after. */
    public int upgrades() {
        return interests.all().size();
    }

    /**
     * What the upgrade has to be told now, at most one observation of each type. It counts as told from here on.
     *
     * @param now goes into the observations
     */
    public List<Observation> observe(CguId cgu, Instant now) {
        Optional<Tracked> found = interests.get(cgu);
        if (found.isEmpty()) {
            return List.of();
        }
        Tracked entry = found.get();
        Stream<Observation> all = switch (entry.interest()) {
            case BeforeStart before -> fleet(entry, before, now).stream();
            case InProgress running ->
                Stream.concat(
                        due(entry, cluster -> hub.complianceOf(cluster, running.policies()))
                                .map(clusters -> new ComplianceSnapshot(
                                        cgu, running.uid(), now, clusters, hub.soakOf(running.policies())))
                                .stream(),
                        placements(entry, running, now).stream());
            case RollingOutWorks running ->
                due(entry, cluster -> rollouts.works(cgu, cluster))
                        .<Observation>map(clusters -> new WorkSnapshot(cgu, running.uid(), now, clusters))
                        .stream();
        };
        return all.toList();
    }

    private Optional<Observation> fleet(Tracked entry, BeforeStart before, Instant now) {
        if (entry.selection() == null) {
            entry.selected(hub.select(before.selector()));
            interests.indexClusters(entry, entry.selection().clusters());
        }
        List<String> clusters = entry.selection().clusters();
        List<ObservedPolicy> policies = before.policyNames().stream()
                .map(policy -> hub.observe(policy, clusters))
                .toList();
        FleetSnapshot snapshot = new FleetSnapshot(
                entry.cgu(),
                before.uid(),
                before.generation(),
                now,
                entry.selection(),
                policies,
                before.templates().stream().map(named::template).toList(),
                blockers.observe(before.blocking()),
                before.precaching().map(named::precacheInputs).orElse(PrecacheInputs.NONE),
                questions.ask(
                        entry.cgu(),
                        GraphQuestions.raisedBy(policies, clusters, before.precaching().isPresent())));
        if (entry.told() != null && entry.told().showsTheSameAs(snapshot)) {
            return Optional.empty();
        }
        entry.told(snapshot);
        return Optional.of(snapshot);
    }

    /** The clusters about which it has to be told, as many as go into one observation; the others are due next. */
    private <T> Optional<Map<String, T>> due(Tracked entry, Function<String, T> look) {
        if (entry.due().isEmpty()) {
            return Optional.empty();
        }
        Map<String, T> clusters = new HashMap<>();
        Iterator<String> due = entry.due().iterator();
        while (due.hasNext() && clusters.size() < MOST_CLUSTERS) {
            String cluster = due.next();
            clusters.put(cluster, look.apply(cluster));
            due.remove();
        }
        if (due.hasNext()) {
            concerns.accept(entry.cgu());
        }
        return Optional.of(clusters);
    }

    private Optional<Observation> placements(Tracked entry, InProgress running, Instant now) {
        List<UnsatisfiedPlacement> unsatisfied = rollouts.unsatisfied(entry.cgu());
        if (unsatisfied.equals(entry.toldPlacements())) {
            return Optional.empty();
        }
        entry.toldPlacements(unsatisfied);
        return Optional.of(new PlacementSnapshot(entry.cgu(), running.uid(), now, unsatisfied));
    }

    private void started(Tracked entry, List<String> plan) {
        interests.indexClusters(entry, plan);
        questions.forget(entry.cgu());
    }

    private void drop(CguId cgu) {
        interests.remove(cgu);
        questions.forget(cgu);
    }

    private void concernsThoseNaming(Reference reference) {
        interests.naming(reference).forEach(entry -> concerns.accept(entry.cgu()));
    }

    private void rolloutChanged(HubChange.OfRollout change, Tracked entry) {
        switch (change) {
            case HubChange.WorkSeen seen -> workChanged(seen.cluster(), entry);
            case HubChange.WorkGone gone -> workChanged(gone.cluster(), entry);
            case HubChange.PlacementSeen seen -> placementChanged(entry);
            case HubChange.PlacementGone gone -> placementChanged(entry);
        }
    }

    private void workChanged(String cluster, Tracked entry) {
        if (entry.interest() instanceof RollingOutWorks && entry.clusters().contains(cluster)) {
            entry.due().add(cluster);
            concerns.accept(entry.cgu());
        }
    }

    private void placementChanged(Tracked entry) {
        if (entry.interest() instanceof InProgress) {
            concerns.accept(entry.cgu());
        }
    }

    private void clusterChanged(String cluster, Map<String, String> before, Map<String, String> after) {
        boolean existence = (before == null) != (after == null);
        if (existence) {
            interests.lookingAt(cluster).forEach(this::selectAgain);
        }
        if (before == null ? after == null : before.equals(after)) {
            return;
        }
        for (Tracked entry : interests.lookingAtLabels()) {
            if (entry.interest() instanceof BeforeStart waiting) {
                boolean matched = before != null && waiting.selector().matches(before);
                boolean matches = after != null && waiting.selector().matches(after);
                if (matched != matches) {
                    selectAgain(entry);
                }
            }
        }
    }

    private void selectAgain(Tracked entry) {
        if (entry.interest() instanceof BeforeStart) {
            entry.selectAgain();
            concerns.accept(entry.cgu());
        }
    }

    private void rootChanged(PolicyKey policy, RootPolicyReading before, RootPolicyReading after) {
        if (before == null && after == null) {
            return;
        }
        if (before == null || after == null) {
            interests.lookingAtPolicy(policy.name()).forEach(entry -> allCompliance(policy, entry));
            return;
        }
        if (!before.saysTheSameApartFromCompliance(after)) {
            concernsThoseBeforeStart(policy.name());
        }
        ComplianceReading.Changed changed = after.compliance().since(before.compliance());
        if (changed.all() || !Objects.equals(before.soakSeconds(), after.soakSeconds())) {
            interests.lookingAtPolicy(policy.name()).forEach(entry -> allCompliance(policy, entry));
            return;
        }
        if (changed.nothing()) {
            return;
        }
        Set<Tracked> looking = interests.lookingAtPolicy(policy.name());
        for (String cluster : changed.clusters()) {
            for (Tracked entry : interests.lookingAt(cluster)) {
                if (looking.contains(entry)) {
                    compliance(policy, cluster, entry);
                }
            }
        }
    }

    private void compliance(PolicyKey policy, String cluster, Tracked entry) {
        switch (entry.interest()) {
            case BeforeStart before -> concerns.accept(entry.cgu());
            case InProgress running -> {
                if (running.policies().contains(policy)) {
                    entry.due().add(cluster);
                    concerns.accept(entry.cgu());
                }
            }
            case RollingOutWorks running -> {}
        }
    }

    private void allCompliance(PolicyKey policy, Tracked entry) {
        switch (entry.interest()) {
            case BeforeStart before -> concerns.accept(entry.cgu());
            case InProgress running -> {
                if (running.policies().contains(policy)) {
                    entry.due().addAll(running.clusters());
                    concerns.accept(entry.cgu());
                }
            }
            case RollingOutWorks running -> {}
        }
    }

    private void replicaChanged(String cluster, PolicyKey root) {
        Set<Tracked> looking = interests.lookingAtPolicy(root.name());
        for (Tracked entry : interests.lookingAt(cluster)) {
            if (entry.interest() instanceof BeforeStart && looking.contains(entry)) {
                concerns.accept(entry.cgu());
            }
        }
    }

    private void concernsThoseBeforeStart(String policyName) {
        for (Tracked entry : interests.lookingAtPolicy(policyName)) {
            if (entry.interest() instanceof BeforeStart) {
                concerns.accept(entry.cgu());
            }
        }
    }

    private void restate(Tracked entry) {
        switch (entry.interest()) {
            case BeforeStart before -> entry.told(null);
            case InProgress running -> {
                entry.due().addAll(running.clusters());
                entry.toldPlacements(null);
            }
            case RollingOutWorks running -> entry.due().addAll(running.clusters());
        }
        concerns.accept(entry.cgu());
    }
}
