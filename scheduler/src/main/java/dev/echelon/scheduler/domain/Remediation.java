package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.ComplianceByCluster;
import dev.echelon.contract.observation.Observation.ComplianceSnapshot;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.observation.Observation.PlacementSnapshot;
import dev.echelon.contract.observation.Observation.WorkSnapshot;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.scheduler.domain.Lifecycle.BetweenBatches;
import dev.echelon.scheduler.domain.Lifecycle.InRollout;
import dev.echelon.scheduler.domain.Lifecycle.Remediating;
import dev.echelon.scheduler.domain.Lifecycle.Rollout;
import dev.echelon.scheduler.domain.Spoke.Soak;
import dev.echelon.scheduler.domain.Spoke.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rollout, batch by batch (contract 7).
 *
 * <ol>
 *   <li>A batch starts: all its clusters start at policy 0, and go on at once past what they comply with.
 *   <li>A cluster that complies with its policy, and has soaked where that is asked for, goes on to the next; past the
 *       last policy it is complete.
 *   <li>All clusters of a batch are complete: the next batch starts, in the same decision.
 *   <li>A batch is over its budget: its open clusters are timed out, and the next batch starts or the rollout ends.
 *   <li>After the last batch the rollout is complete when the clusters of all batches before it comply, too.
 * </ol>
 *
 * Kept throughout: one batch at a time, so never more clusters in progress than the batch has; a cluster's policy index
 * never goes back; a complete cluster is not looked at again while its batch runs; the whole rollout's deadline is looked
 * at before anything else.
 */
final class Remediation {

    private Remediation() {}

    /** Freezes plan and policies and starts the first batch. The fleet is as the snapshot shows it. */
    static void begin(Draft draft, FleetSnapshot snapshot, List<List<String>> batches) {
        Upgrade upgrade = draft.upgrade();
        List<RolloutPolicy> policies = upgrade.groundwork().policies();
        Map<RolloutPolicy, Map<String, Compliance>> seen = compliance(policies, snapshot);
        Rollout rollout = new Rollout(
                policies, batches.size(), WorkRollout.works(upgrade), InstallPlans.subscriptions(upgrade));
        nameObjects(draft, rollout);
        draft.emit(new Fact.RolloutBegan(rollout));
        for (int i = 0; i < batches.size(); i++) {
            for (String cluster : batches.get(i)) {
                draft.emit(new Fact.ClusterPlanned(cluster, i + 1, complianceOf(cluster, policies, seen, List.of())));
            }
        }
        draft.condition(rollout.ofWorks() ? ConditionReason.ROLLING_OUT_WORKS : ConditionReason.REMEDIATING);
        PlacementCheck.show(draft);
        advance(draft);
    }

    /** The names of what the rollout has in the clusters' namespaces are one for all clusters, and stay. */
    private static void nameObjects(Draft draft, Rollout rollout) {
        Map<String, String> names = new TreeMap<>();
        String namespace = draft.progress().id().namespace();
        rollout.works().forEach(work ->
                names.put("/" + SafeNames.desiredWorkName(namespace, work.template()), work.safeName()));
        rollout.subscriptions().values().stream()
                .flatMap(List::stream)
                .forEach(view -> names.put("/" + view.desiredName(), view.safeName()));
        if (!names.isEmpty()) {
            draft.emit(new Fact.ObjectsNamed(names));
        }
    }

    /** The watcher may take a moment to see that the rollout has begun: what it shows until then counts, too. */
    static void observe(Draft draft, FleetSnapshot snapshot) {
        if (endedByTime(draft) || rollout(draft).unseen()) {
            return;
        }
        List<RolloutPolicy> policies = rollout(draft).policies();
        Map<RolloutPolicy, Map<String, Compliance>> seen = compliance(policies, snapshot);
        for (String cluster : snapshot.selection().clusters()) {
            draft.state()
                    .spoke(cluster)
                    .filter(spoke -> spoke.batch() > 0)
                    .ifPresent(spoke -> complianceSeen(
                            draft, cluster, spoke, complianceOf(cluster, policies, seen, spoke.compliance())));
        }
        advance(draft);
    }

    static void observe(Draft draft, ComplianceSnapshot snapshot) {
        if (endedByTime(draft)) {
            return;
        }
        boolean otherSoaks = soaksSeen(draft, snapshot);
        List<RolloutPolicy> policies = rollout(draft).policies();
        inOrder(draft, snapshot.clusters()).forEach((cluster, byPolicy) -> draft.state()
                .spoke(cluster)
                .filter(spoke -> spoke.batch() > 0)
                .ifPresent(spoke -> {
                    List<Compliance> now = new ArrayList<>(
                            isSeen(spoke, policies)
                                    ? spoke.compliance()
                                    : Collections.nCopies(policies.size(), Compliance.NON_COMPLIANT));
                    for (int i = 0; i < policies.size(); i++) {
                        now.set(i, byPolicy.getOrDefault(policies.get(i).name(), now.get(i)));
                    }
                    complianceSeen(draft, cluster, spoke, now);
                }));
        if (otherSoaks && draft.lifecycle() instanceof Remediating batch) {
            clusters(draft, batch.batch()).forEach(cluster -> soakAsLongAsNow(draft, cluster));
        }
        advance(draft);
    }

    /**
     * How long policies let clusters soak, as the hub shows it now; one that it does not show stays as it was.
     *
     * @return whether soaks that are under way last longer or shorter now
     */
    private static boolean soaksSeen(Draft draft, ComplianceSnapshot snapshot) {
        Rollout before = rollout(draft);
        Set<String> shown = new HashSet<>();
        snapshot.clusters().values().forEach(byPolicy -> shown.addAll(byPolicy.keySet()));
        Map<String, Duration> soaks = new HashMap<>();
        for (RolloutPolicy policy : before.policies()) {
            Optional<Duration> now = shown.contains(policy.name())
                    ? Optional.ofNullable(snapshot.soakSeconds().get(policy.name())).map(Duration::ofSeconds)
                    : policy.soak();
            now.ifPresent(length -> soaks.put(policy.name(), length));
        }
        if (before.seen(soaks).equals(before)) {
            return false;
        }
        draft.emit(new Fact.RolloutSeen(soaks));
        return !before.unseen();
    }

    /** The time that was soaked counts, also where a soak takes longer or shorter now. */
    private static void soakAsLongAsNow(Draft draft, String cluster) {
        soakOn(draft, cluster, draft.spoke(cluster));
        if (draft.lifecycle() instanceof Remediating
                && draft.spoke(cluster).stage() instanceof Stage.InProgress stage
                && stage.soak().isPresent()) {
            step(draft, cluster, stage);
        }
    }

    static void observe(Draft draft, WorkSnapshot snapshot) {
        if (!endedByTime(draft)) {
            if (rollout(draft).unseen()) {
                draft.emit(new Fact.RolloutSeen(Map.of()));
            }
            inOrder(draft, snapshot.clusters())
                    .forEach((cluster, works) -> WorkRollout.observe(draft, cluster, works));
            advance(draft);
        }
    }

    /** Those of the running batch come in its order, which is the order of the outcomes; the others by name. */
    private static <T> Map<String, T> inOrder(Draft draft, Map<String, T> clusters) {
        if (clusters.size() < 2 || !(draft.lifecycle() instanceof Remediating batch)) {
            return new TreeMap<>(clusters);
        }
        Map<String, T> ordered = new LinkedHashMap<>();
        for (String cluster : clusters(draft, batch.batch())) {
            if (clusters.containsKey(cluster)) {
                ordered.put(cluster, clusters.get(cluster));
            }
        }
        new TreeMap<>(clusters).forEach(ordered::putIfAbsent);
        return ordered;
    }

    static void observe(Draft draft, PlacementSnapshot snapshot) {
        if (!endedByTime(draft)) {
            PlacementCheck.observe(draft, snapshot);
        }
    }

    static void checkTime(Draft draft) {
        if (!endedByTime(draft)) {
            advance(draft);
        }
    }

    /** A cluster's soak may be over. */
    static void checkTime(Draft draft, String cluster) {
        if (!endedByTime(draft)) {
            if (draft.spoke(cluster).stage() instanceof Stage.InProgress stage) {
                step(draft, cluster, stage);
            }
            advance(draft);
        }
    }

    /** Only the terms of time can matter now (contract 6.5). */
    static void specChanged(Draft draft) {
        if (draft.lifecycle() instanceof InRollout) {
            checkTime(draft);
        }
    }

    /** Goes on until nothing more follows from what is known now. */
    private static void advance(Draft draft) {
        while (draft.lifecycle() instanceof InRollout state) {
            switch (state) {
                case BetweenBatches between -> startBatch(draft, between.done() + 1);
                case Remediating batch when batch.lastBatch() -> {
                    if (batch.open() == 0 && batch.lagging() == 0) {
                        Ending.completed(draft);
                    }
                    return;
                }
                case Remediating batch -> {
                    boolean over = draft.progress().batchDeadline(batch).filter(draft.now()::isAfter).isPresent();
                    if (!over) {
                        return;
                    }
                    timeOutBatch(draft, batch);
                }
            }
        }
    }

    private static void startBatch(Draft draft, int number) {
        List<String> clusters = clusters(draft, number);
        draft.emit(new Fact.BatchStarted(number, draft.now(), clusters, total(draft)));
        draft.urgent();
        boolean ofWorks = rollout(draft).ofWorks();
        if (ofWorks && number > 1 && draft.upgrade().request().spec().deletesObjects()) {
            clusters(draft, number - 1).forEach(cluster -> WorkRollout.drop(draft, cluster));
        }
        if (endedByTime(draft)) {
            return;
        }
        for (String cluster : clusters) {
            startCluster(draft, cluster, number);
        }
    }

    private static void startCluster(Draft draft, String cluster, int batch) {
        draft.emit(new Fact.ClusterStarted(cluster, batch));
        if (rollout(draft).ofWorks()) {
            WorkRollout.start(draft, cluster);
        } else {
            step(draft, cluster, new Stage.InProgress(0, Optional.empty()));
        }
    }

    /** Goes on with a rollout that was taken over. Where policies are concerned, the next look at them moves it. */
    static void resume(Draft draft) {
        if (endedByTime(draft)) {
            return;
        }
        if (draft.lifecycle() instanceof Remediating batch) {
            for (String cluster : clusters(draft, batch.batch())) {
                switch (draft.spoke(cluster).stage()) {
                    case Stage.Waiting _ -> startCluster(draft, cluster, batch.batch());
                    case Stage.InProgress(int index, _) -> InstallPlans.takeOver(draft, cluster, index);
                    case Stage.RollingOut(int index) -> WorkRollout.takeOver(draft, cluster, index);
                    case Stage.Completed _, Stage.TimedOut _, Stage.WorkTimedOut _ -> {
                        // nothing of it is under way
                    }
                }
            }
            if (batch.open() == 0 && !batch.lastBatch()) {
                completeBatch(draft, batch.batch());
            }
        }
        advance(draft);
    }

    private static void complianceSeen(Draft draft, String cluster, Spoke spoke, List<Compliance> now) {
        if (now.equals(spoke.compliance())) {
            return;
        }
        boolean left =
                switch (draft.lifecycle()) {
                    case BetweenBatches between -> spoke.batch() <= between.done();
                    case Remediating batch -> spoke.batch() < batch.batch();
                    case Lifecycle other -> throw new IllegalStateException("no rollout in " + other);
                };
        List<RolloutPolicy> policies = rollout(draft).policies();
        int lagging = left ? laggards(spoke.withCompliance(now), policies) - laggards(spoke, policies) : 0;
        draft.emit(new Fact.ComplianceChanged(cluster, now, lagging));
        if (!isSeen(spoke, policies)) {
            soakOn(draft, cluster, spoke);
        }
        if (draft.lifecycle() instanceof Remediating batch
                && batch.batch() == spoke.batch()
                && draft.spoke(cluster).stage() instanceof Stage.InProgress stage) {
            step(draft, cluster, stage);
        }
    }

    /** A soak goes on from when it began, for as long as the policy asks for. */
    private static void soakOn(Draft draft, String cluster, Spoke spoke) {
        if (spoke.stage() instanceof Stage.InProgress(int index, Optional<Soak> soak) && soak.isPresent()) {
            Soak begun = soak.get();
            rollout(draft).policies().get(index).soak().ifPresent(length -> draft.emit(
                    new Fact.SoakStarted(cluster, begun.since(), begun.since().plus(length))));
        }
    }

    /** Takes a cluster as far as its compliance lets it go (contract 7.4). */
    private static void step(Draft draft, String cluster, Stage.InProgress stage) {
        List<RolloutPolicy> policies = rollout(draft).policies();
        if (!isSeen(draft.spoke(cluster), policies)) {
            return;
        }
        List<Compliance> compliance = draft.spoke(cluster).compliance();
        int index = stage.policyIndex();
        Optional<Soak> soak = stage.soak();
        while (index < policies.size() && isDoneWith(draft, compliance.get(index), policies.get(index), soak)) {
            index++;
            soak = Optional.empty();
        }
        if (index == policies.size()) {
            complete(draft, cluster);
            return;
        }
        if (index > stage.policyIndex()) {
            draft.emit(new Fact.ClusterAdvanced(cluster, index, policies.get(index).name()));
        }
        boolean compliant = compliance.get(index) == Compliance.COMPLIANT;
        if (compliant && soak.isEmpty()) {
            Duration length = policies.get(index).soak().orElseThrow();
            draft.emit(new Fact.SoakStarted(cluster, draft.now(), draft.now().plus(length)));
        } else if (!compliant && soak.isPresent()) {
            draft.emit(new Fact.SoakInterrupted(cluster));
        }
        if (!draft.spoke(cluster).enforced().contains(index)) {
            draft.emit(new Fact.ClusterEnforced(cluster, index));
        }
        InstallPlans.follow(draft, cluster, index);
    }

    private static boolean isDoneWith(
            Draft draft, Compliance compliance, RolloutPolicy policy, Optional<Soak> soak) {
        return switch (compliance) {
            case NOT_MATCHED -> true;
            case NON_COMPLIANT -> false;
            case COMPLIANT ->
                policy.soak().isEmpty()
                        || soak.map(Soak::until).filter(draft.now()::isAfter).isPresent();
        };
    }

    /** The cluster has nothing left to do. */
    static void complete(Draft draft, String cluster) {
        Remediating batch = (Remediating) draft.lifecycle();
        draft.emit(new Fact.ClusterCompleted(cluster, batch.batch()));
        Actions.afterCompletion(draft, cluster);
        InstallPlans.stop(draft, cluster, false);
        if (batch.rollout().ofWorks()) {
            WorkRollout.leave(draft, cluster);
        }
        if (batch.open() == 1) {
            completeBatch(draft, batch.batch());
        }
    }

    private static void completeBatch(Draft draft, int batch) {
        draft.emit(new Fact.BatchCompleted(batch, clusters(draft, batch), total(draft), laggards(draft, batch)));
        draft.urgent();
    }

    private static void timeOutBatch(Draft draft, Remediating batch) {
        List<List<String>> plan = draft.upgrade().groundwork().plan();
        var spec = draft.upgrade().request().spec();
        boolean canary = batch.batch()
                <= RemediationPlan.canaryBatches(plan, spec.remediationStrategy().canaries());
        boolean goesOn = !canary && !spec.abortsOnBatchTimeout();
        markTimedOut(draft, batch, canary, goesOn);
        draft.urgent();
        if (!goesOn) {
            Ending.timedOut(draft, canary ? " on canary clusters" : " on some clusters");
        }
    }

    /** Ends the rollout when it is over its whole time (contract 7.5); this goes before anything else. */
    private static boolean endedByTime(Draft draft) {
        if (!draft.now().isAfter(draft.progress().rolloutDeadline())) {
            return false;
        }
        if (draft.lifecycle() instanceof Remediating batch) {
            markTimedOut(draft, batch, false, false);
        }
        Ending.timedOut(draft, "");
        return true;
    }

    private static void markTimedOut(Draft draft, Remediating batch, boolean canary, boolean goesOn) {
        List<RolloutPolicy> policies = batch.rollout().policies();
        List<String> all = clusters(draft, batch.batch());
        List<String> marked = new ArrayList<>();
        for (String cluster : all) {
            switch (draft.spoke(cluster).stage()) {
                case Stage.InProgress(int index, _) -> {
                    draft.emit(new Fact.ClusterTimedOut(
                            cluster, batch.batch(), index, policies.get(index).name()));
                    InstallPlans.stop(draft, cluster, true);
                    marked.add(cluster);
                }
                case Stage.RollingOut(int index) -> {
                    WorkRollout.timeOut(draft, cluster, batch.batch(), index);
                    marked.add(cluster);
                }
                case Stage.Waiting _, Stage.Completed _, Stage.TimedOut _, Stage.WorkTimedOut _ -> {
                    // nothing of it is under way
                }
            }
        }
        if (goesOn || !marked.isEmpty()) {
            draft.emit(new Fact.BatchTimedOut(
                    batch.batch(),
                    marked,
                    all.size(),
                    total(draft),
                    laggards(draft, batch.batch()),
                    canary,
                    goesOn));
        }
    }

    private static int total(Draft draft) {
        return RemediationPlan.clusters(draft.upgrade().groundwork().plan()).size();
    }

    private static List<String> clusters(Draft draft, int batch) {
        return draft.upgrade().groundwork().plan().get(batch - 1);
    }

    private static int laggards(Draft draft, int batch) {
        List<RolloutPolicy> policies = rollout(draft).policies();
        return clusters(draft, batch).stream()
                .mapToInt(cluster -> laggards(draft.spoke(cluster), policies))
                .sum();
    }

    /** A cluster that has not been looked at may lag. */
    static int laggards(Spoke spoke, List<RolloutPolicy> policies) {
        return spoke.needsWork() || !isSeen(spoke, policies) ? 1 : 0;
    }

    private static boolean isSeen(Spoke spoke, List<RolloutPolicy> policies) {
        return spoke.compliance().size() == policies.size();
    }

    private static Rollout rollout(Draft draft) {
        return ((InRollout) draft.lifecycle()).rollout();
    }

    private static Map<RolloutPolicy, Map<String, Compliance>> compliance(
            List<RolloutPolicy> policies, FleetSnapshot snapshot) {
        Map<RolloutPolicy, Map<String, Compliance>> seen = new HashMap<>();
        for (RolloutPolicy policy : policies) {
            snapshot.policies().stream()
                    .filter(observed -> observed.name().equals(policy.name()) && observed.root() != null)
                    .filter(observed -> observed.root().namespace().equals(policy.namespace()))
                    .map(ObservedPolicy::root)
                    .map(ObservedPolicy.RootPolicy::compliance)
                    .map(ComplianceByCluster::asMap)
                    .findFirst()
                    .ifPresent(byCluster -> seen.put(policy, byCluster));
        }
        return seen;
    }

    /** A policy that cannot be read just now leaves the cluster's compliance with it as it was known. */
    private static List<Compliance> complianceOf(
            String cluster,
            List<RolloutPolicy> policies,
            Map<RolloutPolicy, Map<String, Compliance>> seen,
            List<Compliance> before) {
        List<Compliance> list = new ArrayList<>();
        for (int i = 0; i < policies.size(); i++) {
            Compliance known = before.isEmpty() ? Compliance.NON_COMPLIANT : before.get(i);
            Map<String, Compliance> byCluster = seen.get(policies.get(i));
            list.add(byCluster == null ? known : byCluster.getOrDefault(cluster, Compliance.NOT_MATCHED));
        }
        return list;
    }
}
