package dev.echelon.scheduler.domain;

import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.CguStatus.Backup;
import dev.echelon.contract.resource.CguStatus.ClusterProgress;
import dev.echelon.contract.resource.CguStatus.ClusterState;
import dev.echelon.contract.resource.CguStatus.Precaching;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.ObjectMeta;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.domain.Lifecycle.BeforeStart;
import dev.echelon.scheduler.domain.Lifecycle.BetweenBatches;
import dev.echelon.scheduler.domain.Lifecycle.Deleting;
import dev.echelon.scheduler.domain.Lifecycle.LastBatch;
import dev.echelon.scheduler.domain.Lifecycle.Remediating;
import dev.echelon.scheduler.domain.Lifecycle.Settling;
import dev.echelon.scheduler.domain.Spoke.Job;
import dev.echelon.scheduler.domain.Spoke.Outcome;
import dev.echelon.scheduler.domain.Spoke.Soak;
import dev.echelon.scheduler.domain.Spoke.Stage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The whole resource as users see it, put together from the pieces (contract 1.3). It reads every cluster's piece, so it
 * is made only when the resource is shown. Times are whole seconds, as Kubernetes writes them.
 */
public final class Projection {

    /** Of how many clusters the status says why they failed; the audit log has all. */
    private static final int FAILURES_SHOWN = 100;
    /** Characters of a reason that the status shows. */
    private static final int FAILURE_LENGTH = 500;

    private Projection() {}

    /** @throws java.util.NoSuchElementException when there is no such CGU */
    public static ClusterGroupUpgrade render(StateView state) {
        Upgrade upgrade = state.upgrade().orElseThrow();
        Progress progress = state.progress().orElseThrow();
        return new ClusterGroupUpgrade(
                metadata(upgrade, progress), upgrade.request().spec(), status(upgrade, progress, state.spokes()));
    }

    private static ObjectMeta metadata(Upgrade upgrade, Progress progress) {
        return new ObjectMeta(
                upgrade.id().name(),
                upgrade.id().namespace(),
                upgrade.uid(),
                Long.toString(progress.book().version()),
                upgrade.request().generation(),
                seconds(upgrade.createdAt()),
                upgrade.deletionAskedAt().map(Projection::seconds).orElse(null),
                upgrade.request().labels(),
                upgrade.request().annotations(),
                List.of(ClusterGroupUpgrade.FINALIZER));
    }

    private static CguStatus status(Upgrade upgrade, Progress progress, Map<String, Spoke> spokes) {
        Upgrade.Groundwork groundwork = upgrade.groundwork();
        Progress.Enforcement enforcement = progress.enforcement();
        return new CguStatus(
                backup(progress, spokes),
                outcomes(spokes),
                groundwork.concurrency() == 0 ? null : groundwork.concurrency(),
                progress.conditions(),
                null,
                groundwork.compliantBefore(),
                groundwork.content(),
                groundwork.policies().stream().map(RolloutPolicy::ref).toList(),
                groundwork.policies().stream()
                        .collect(Collectors.toMap(RolloutPolicy::name, RolloutPolicy::namespace, (one, _) -> one)),
                enforcement.placementBindings(),
                enforcement.placements(),
                precaching(groundwork, spokes),
                groundwork.plan(),
                safeNames(upgrade, progress.lifecycle(), !enforcement.placements().isEmpty()),
                rollout(progress, progress.lifecycle(), spokes));
    }

    /**
     * Names show for as long as what has them is on the hub: Placements while the executor says so, and what is in the
     * clusters' namespaces (their key has none) until the end has deleted it.
     */
    private static Map<String, String> safeNames(Upgrade upgrade, Lifecycle lifecycle, boolean placed) {
        boolean gone = hasFinished(lifecycle) && upgrade.request().spec().deletesObjects();
        Map<String, String> names = new TreeMap<>(upgrade.objects().safeNames());
        names.keySet().removeIf(key -> key.startsWith("/") ? gone : !placed);
        return names;
    }

    private static boolean hasFinished(Lifecycle lifecycle) {
        return lifecycle instanceof Lifecycle.Finished
                || lifecycle instanceof Deleting(Lifecycle before, _) && hasFinished(before);
    }

    private static Precaching precaching(Upgrade.Groundwork groundwork, Map<String, Spoke> spokes) {
        Map<String, String> states = jobs(spokes, Workload.PRECACHE);
        return groundwork.precacheSpec().isEmpty() && states.isEmpty()
                ? null
                : new Precaching(
                        null, failures(spokes, Workload.PRECACHE), groundwork.precacheSpec().orElse(null), states);
    }

    private static Backup backup(Progress progress, Map<String, Spoke> spokes) {
        return progress.clocks()
                .backupStartedAt()
                .map(at -> new Backup(
                        null, failures(spokes, Workload.BACKUP), seconds(at), jobs(spokes, Workload.BACKUP)))
                .orElse(null);
    }

    private static Map<String, String> jobs(Map<String, Spoke> spokes, Workload workload) {
        Map<String, String> states = new TreeMap<>();
        spokes.forEach((cluster, spoke) ->
                spoke.job(workload).ifPresent(job -> states.put(cluster, job.state().wire())));
        return states;
    }

    /** Bounded, because a registry that is away fails a whole fleet for the same long reason. */
    private static Map<String, String> failures(Map<String, Spoke> spokes, Workload workload) {
        Map<String, String> reasons = new TreeMap<>();
        new TreeMap<>(spokes).forEach((cluster, spoke) -> spoke.job(workload)
                .flatMap(Job::failure)
                .filter(_ -> reasons.size() < FAILURES_SHOWN)
                .ifPresent(reason -> reasons.put(cluster, shortened(reason))));
        return reasons;
    }

    private static String shortened(String reason) {
        return reason.length() <= FAILURE_LENGTH ? reason : reason.substring(0, FAILURE_LENGTH - 1) + "…";
    }

    /** {@code status.clusters}. */
    static List<ClusterState> outcomes(Map<String, Spoke> spokes) {
        return spokes.values().stream()
                .flatMap(spoke -> spoke.outcomes().stream())
                .sorted(Comparator.comparingLong(Outcome::sequence))
                .map(Outcome::entry)
                .toList();
    }

    private static CguStatus.Rollout rollout(Progress progress, Lifecycle lifecycle, Map<String, Spoke> spokes) {
        Instant startedAt = progress.clocks().startedAt().map(Projection::seconds).orElse(null);
        return switch (lifecycle) {
            case BeforeStart _, BetweenBatches _ -> startedOnly(startedAt);
            case Remediating batch -> inBatch(startedAt, batch.batch(), batch.startedAt(), spokes);
            case Settling(Optional<LastBatch> last, _) ->
                last.map(batch -> inBatch(startedAt, batch.number(), batch.startedAt(), spokes))
                        .orElseGet(() -> startedOnly(startedAt));
            case Lifecycle.Finished(Instant at) ->
                new CguStatus.Rollout(seconds(at), null, null, null, startedAt);
            case Deleting(Lifecycle before, _) -> rollout(progress, before, spokes);
        };
    }

    private static CguStatus.Rollout startedOnly(Instant startedAt) {
        return startedAt == null ? null : new CguStatus.Rollout(null, null, null, null, startedAt);
    }

    private static CguStatus.Rollout inBatch(
            Instant startedAt, int number, Instant batchStartedAt, Map<String, Spoke> spokes) {
        Map<String, ClusterProgress> clusters = new TreeMap<>();
        spokes.forEach((cluster, spoke) -> {
            if (spoke.batch() == number) {
                clusters.put(cluster, progress(spoke));
            }
        });
        return new CguStatus.Rollout(null, number, clusters, seconds(batchStartedAt), startedAt);
    }

    /** A timed-out cluster keeps showing where it was stuck. */
    private static ClusterProgress progress(Spoke spoke) {
        return switch (spoke.stage()) {
            case Stage.Waiting() -> new ClusterProgress(null, null, null, "NotStarted");
            case Stage.InProgress(int index, Optional<Soak> soak) ->
                new ClusterProgress(
                        soak.map(Soak::since).map(Projection::seconds).orElse(null), null, index, "InProgress");
            case Stage.Completed() -> new ClusterProgress(null, null, null, "Completed");
            case Stage.TimedOut(int index) -> new ClusterProgress(null, null, index, "InProgress");
            case Stage.RollingOut(int index) -> new ClusterProgress(null, index, null, "InProgress");
            case Stage.WorkTimedOut(int index) -> new ClusterProgress(null, index, null, "InProgress");
        };
    }

    private static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }
}
