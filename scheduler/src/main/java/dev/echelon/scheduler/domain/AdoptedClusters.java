package dev.echelon.scheduler.domain;

import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.CguStatus.ClusterProgress;
import dev.echelon.contract.resource.CguStatus.ClusterState;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.domain.Lifecycle.Rollout;
import dev.echelon.scheduler.domain.Progress.Tally;
import dev.echelon.scheduler.domain.Spoke.Job;
import dev.echelon.scheduler.domain.Spoke.Outcome;
import dev.echelon.scheduler.domain.Spoke.Soak;
import dev.echelon.scheduler.domain.Spoke.Stage;
import dev.echelon.scheduler.domain.SpokeObjects.Approvals;
import dev.echelon.scheduler.domain.SpokeObjects.CurrentWork;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The clusters of a CGU that is taken over ({@link Adoption}), as its status shows them.
 *
 * <p>Which Placements a cluster was in does not show. It counts as having been at all policies up to the one that it is at:
 * that is so for all that it did not comply with before.
 */
final class AdoptedClusters {

    private final CguStatus status;
    private final List<List<String>> plan;
    private final Rollout rollout;
    private final CguSpec spec;
    private final String uid;
    private final Instant now;
    private final List<String> problems;
    private final int current;
    private final boolean runs;
    private final Map<String, ClusterState> lastOutcome = new HashMap<>();
    private final Map<String, Spoke> spokes = new TreeMap<>();
    private Tally precache = Tally.NONE;
    private Tally backup = Tally.NONE;
    private int outcomes;

    /** @param problems takes what could not be taken over */
    AdoptedClusters(
            CguStatus status,
            List<List<String>> plan,
            Rollout rollout,
            CguSpec spec,
            String uid,
            Instant now,
            List<String> problems) {
        this.status = status;
        this.plan = plan;
        this.rollout = rollout;
        this.spec = spec;
        this.uid = uid;
        this.now = now;
        this.problems = problems;
        Optional<CguStatus.Rollout> run = Optional.ofNullable(status.status());
        this.current = run.map(CguStatus.Rollout::currentBatch).orElse(0);
        this.runs = run.map(CguStatus.Rollout::currentBatchStartedAt).isPresent();
    }

    /**
     * @param ended empty while it goes on; else whether its clean-up is done, too
     * @param inRollout whether its plan is under way
     */
    void read(Optional<Boolean> ended, boolean inRollout) {
        readOutcomes();
        readJobs();
        if (inRollout || ended.isPresent()) {
            readStages(ended.isPresent());
        }
        if (ended.orElse(false) && spec.deletesObjects()) {
            spokes.replaceAll((_, spoke) -> spoke.cleanedUp().with(SpokeObjects.NONE));
        }
    }

    private void readOutcomes() {
        for (ClusterState entry : status.clusters()) {
            if (entry.name() == null || entry.state() == null) {
                problems.add("an entry of its clusters has no name or no state");
                continue;
            }
            Outcome outcome = new Outcome(outcomes++, entry);
            lastOutcome.put(entry.name(), entry);
            change(entry.name(), spoke -> spoke.withOutcomes(
                    Stream.concat(spoke.outcomes().stream(), Stream.of(outcome)).toList()));
        }
    }

    private void readJobs() {
        if (status.precaching() != null) {
            status.precaching().status().forEach((cluster, text) -> {
                Optional<SpokeState> state = state(Workload.PRECACHE, cluster, text);
                if (state.filter(known -> !known.isFinal()).isPresent() && status.precaching().spec() == null) {
                    problems.add("it does not say what cluster " + cluster + " pre-caches, which begins anew");
                } else if (state.isPresent()) {
                    Duration limit = Duration.ofMinutes(spec.remediationStrategy().timeout());
                    take(Workload.PRECACHE, cluster, new Job(
                                    state.get(), IntentId.precache(uid, 1, cluster), now, Optional.of(now.plus(limit)))
                            .failedFor(status.precaching().failures().get(cluster)));
                }
            });
        }
        if (status.backup() != null) {
            Instant startedAt = Optional.ofNullable(status.backup().startedAt()).orElse(now);
            status.backup().status().forEach((cluster, text) -> state(Workload.BACKUP, cluster, text)
                    .ifPresent(state -> take(Workload.BACKUP, cluster, new Job(
                                    state, IntentId.backup(uid, 1, cluster), startedAt, Optional.empty())
                            .failedFor(status.backup().failures().get(cluster)))));
        }
    }

    private Optional<SpokeState> state(Workload workload, String cluster, String text) {
        Optional<SpokeState> known = Arrays.stream(SpokeState.values())
                .filter(state -> state.wire().equals(text))
                .filter(state -> state != (workload == Workload.PRECACHE
                        ? SpokeState.BACKUP_TIMEOUT
                        : SpokeState.PRECACHE_TIMEOUT))
                .filter(state -> workload == Workload.PRECACHE || state != SpokeState.NOT_STARTED)
                .findFirst();
        if (known.isEmpty()) {
            problems.add("cluster " + cluster + " is '" + text + "' in its "
                    + (workload == Workload.PRECACHE ? "pre-cache" : "backup") + ", which begins anew");
        }
        return known;
    }

    private void take(Workload workload, String cluster, Job job) {
        change(cluster, spoke -> spoke.withJob(workload, Optional.of(job)));
        Tally more = tally(workload).oneMore();
        Tally counted = job.state().isFinal() ? more.oneLess(job.succeeded()) : more;
        switch (workload) {
            case PRECACHE -> precache = counted;
            case BACKUP -> backup = counted;
        }
    }

    private Tally tally(Workload workload) {
        return switch (workload) {
            case PRECACHE -> precache;
            case BACKUP -> backup;
        };
    }

    /** A cluster that is in more than one batch is in the last one that has started. */
    private void readStages(boolean ended) {
        for (int batch = 1; batch <= plan.size(); batch++) {
            boolean started = batch < current || batch == current && runs;
            for (String cluster : plan.get(batch - 1)) {
                if (started || spokes.getOrDefault(cluster, Spoke.NEW).batch() == 0) {
                    Stage stage = !started
                            ? new Stage.Waiting()
                            : batch < current ? left(cluster, ended) : underWay(cluster);
                    int number = batch;
                    change(cluster, spoke -> spoke.planned(number, List.of())
                            .in(stage)
                            .withEnforced(enforced(stage))
                            .with(objects(stage, number)));
                }
            }
        }
    }

    /** A cluster whose batch is over. */
    private Stage left(String cluster, boolean ended) {
        ClusterState outcome = lastOutcome.get(cluster);
        if (outcome == null && !ended) {
            problems.add("cluster " + cluster + " of an earlier batch has no outcome, so its compliance counts");
        }
        if (outcome == null || !outcome.state().equals("timedout")) {
            return new Stage.Completed();
        }
        if (rollout.ofWorks()) {
            String template = outcome.currentManifestWork() == null ? "" : outcome.currentManifestWork().name();
            return new Stage.WorkTimedOut(indexOf(rollout.works().stream().map(work -> work.template()).toList(), template));
        }
        String policy = outcome.currentPolicy() == null ? "" : outcome.currentPolicy().name();
        return new Stage.TimedOut(indexOf(rollout.policies().stream().map(RolloutPolicy::name).toList(), policy));
    }

    private static int indexOf(List<String> names, String name) {
        return Math.max(0, names.indexOf(name));
    }

    /** A cluster of the batch that runs. */
    private Stage underWay(String cluster) {
        ClusterProgress entry = status.status().currentBatchRemediationProgress().get(cluster);
        if (entry == null || "NotStarted".equals(entry.state())) {
            return new Stage.Waiting();
        }
        if ("Completed".equals(entry.state())) {
            return new Stage.Completed();
        }
        Integer found = rollout.ofWorks() ? entry.manifestWorkIndex() : entry.policyIndex();
        int index = found == null ? 0 : found;
        int items = rollout.ofWorks() ? rollout.works().size() : rollout.policies().size();
        if (!"InProgress".equals(entry.state()) || index < 0 || index >= items) {
            problems.add("cluster " + cluster + " is '" + entry.state() + "' at number " + found
                    + ", so it begins at its first one");
            return new Stage.Waiting();
        }
        return rollout.ofWorks()
                ? new Stage.RollingOut(index)
                : new Stage.InProgress(
                        index, Optional.ofNullable(entry.firstCompliantAt()).map(since -> new Soak(since, since)));
    }

    private List<Integer> enforced(Stage stage) {
        int last =
                switch (stage) {
                    case Stage.InProgress(int index, _) -> index;
                    case Stage.TimedOut(int index) -> index;
                    case Stage.Completed _ -> rollout.policies().size() - 1;
                    case Stage.Waiting _, Stage.RollingOut _, Stage.WorkTimedOut _ -> -1;
                };
        return IntStream.rangeClosed(0, last).boxed().toList();
    }

    private SpokeObjects objects(Stage stage, int batch) {
        boolean dropped = batch < current && spec.deletesObjects();
        boolean work = rollout.ofWorks() && !(stage instanceof Stage.Waiting) && !dropped;
        boolean looked = stage instanceof Stage.InProgress(int index, _)
                && rollout.policies().subList(0, index + 1).stream()
                        .anyMatch(policy -> rollout.subscriptions().containsKey(policy.name()));
        return new SpokeObjects(
                work ? new CurrentWork(true, Map.of(), Optional.empty()) : CurrentWork.NONE,
                looked ? new Approvals(0, -1, true, Optional.empty()) : Approvals.NONE,
                Map.of());
    }

    private void change(String cluster, UnaryOperator<Spoke> change) {
        spokes.put(cluster, change.apply(spokes.getOrDefault(cluster, Spoke.NEW)));
    }

    /** The last of the batches before this one in which nobody timed out: with it, all Placements were emptied. */
    int lastCompleteBatchBefore(int batch) {
        int last = 0;
        for (int i = 1; i < batch; i++) {
            boolean timedOut = plan.get(i - 1).stream()
                    .map(lastOutcome::get)
                    .anyMatch(outcome -> outcome != null && outcome.state().equals("timedout"));
            last = timedOut ? last : i;
        }
        return last;
    }

    /** How many clusters of the running batch are not complete. */
    int open() {
        return (int) plan.get(current - 1).stream()
                .map(spokes::get)
                .filter(spoke -> !(spoke.stage() instanceof Stage.Completed))
                .count();
    }

    Map<String, Spoke> spokes() {
        return spokes;
    }

    Tally precache() {
        return precache;
    }

    Tally backup() {
        return backup;
    }

    int outcomes() {
        return outcomes;
    }
}
