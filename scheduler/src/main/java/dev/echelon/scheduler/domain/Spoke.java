package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.resource.CguStatus.ClusterState;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The piece of a ClusterGroupUpgrade's state that is about one of its clusters. An event about a cluster reads and
 * writes this and the small {@link Progress}, never the others.
 *
 * @param batch 1-based, 0 when the cluster is in no frozen plan
 * @param compliance by index of the rollout's policies; empty before the rollout, and in one that was taken over until
 *     the hub has shown it
 * @param enforced indices of the policies that were enforced on it since it was started
 * @param outcomes what {@code status.clusters} says of it
 * @param cleaning the clean-up intent after a pre-cache that has not been answered; in state of an earlier version it
 *     may be about the backup, too
 * @param backupCleaning the clean-up intent after a backup that has not been answered
 * @param cleaned whether left-overs of the jobs that it has were removed
 * @param relabels the intents about its labels and annotations that have not been answered
 * @param objects what the rollout has on the hub for this cluster alone
 */
public record Spoke(
        Optional<Job> precache,
        Optional<Job> backup,
        int batch,
        Stage stage,
        List<Compliance> compliance,
        List<Integer> enforced,
        List<Outcome> outcomes,
        Optional<String> cleaning,
        Optional<String> backupCleaning,
        boolean cleaned,
        List<String> relabels,
        SpokeObjects objects) {

    static final Spoke NEW = new Spoke(
            Optional.empty(),
            Optional.empty(),
            0,
            new Stage.Waiting(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            false,
            List.of(),
            SpokeObjects.NONE);

    public Spoke {
        precache = precache == null ? Optional.empty() : precache;
        backup = backup == null ? Optional.empty() : backup;
        compliance = compliance == null ? List.of() : List.copyOf(compliance);
        enforced = enforced == null ? List.of() : List.copyOf(enforced);
        outcomes = outcomes == null ? List.of() : List.copyOf(outcomes);
        cleaning = cleaning == null ? Optional.empty() : cleaning;
        backupCleaning = backupCleaning == null ? Optional.empty() : backupCleaning;
        relabels = relabels == null ? List.of() : List.copyOf(relabels);
        objects = objects == null ? SpokeObjects.NONE : objects;
    }

    /** Where a cluster of the plan is (contract 7.2). */
    public sealed interface Stage {
        /** Its batch has not been looked at. */
        record Waiting() implements Stage {}

        /** It works at a policy. */
        record InProgress(int policyIndex, Optional<Soak> soak) implements Stage {
            public InProgress {
                soak = soak == null ? Optional.empty() : soak;
            }
        }

        /** It gets a manifest work. */
        record RollingOut(int workIndex) implements Stage {}

        /** All policies, or manifest works, are done; it is never touched again. */
        record Completed() implements Stage {}

        /** Its batch went on without it. */
        record TimedOut(int policyIndex) implements Stage {}

        /** As {@link TimedOut}, at a manifest work. */
        record WorkTimedOut(int workIndex) implements Stage {}

        /** Whether it was started and is neither complete nor given up. */
        default boolean isOpen() {
            return switch (this) {
                case InProgress _, RollingOut _ -> true;
                case Waiting _, Completed _, TimedOut _, WorkTimedOut _ -> false;
            };
        }
    }

    /** A cluster is compliant and has to stay so until <em>after</em> {@code until}. */
    public record Soak(Instant since, Instant until) {}

    /**
     * A pre-cache or backup job of the spoke.
     *
     * @param intentId the intent that results have to name
     * @param startUntil the job has to be running by then, else it has timed out; empty where the executor keeps the time
     * @param reportedAt when the job last said how far it is
     * @param failure why it failed; empty where it has not, or nobody said why
     */
    public record Job(
            SpokeState state,
            String intentId,
            Instant requestedAt,
            Optional<Instant> startUntil,
            Optional<Instant> reportedAt,
            Optional<String> failure) {
        public Job {
            startUntil = startUntil == null ? Optional.empty() : startUntil;
            reportedAt = reportedAt == null ? Optional.empty() : reportedAt;
            failure = failure == null ? Optional.empty() : failure;
        }

        public Job(SpokeState state, String intentId, Instant requestedAt, Optional<Instant> startUntil) {
            this(state, intentId, requestedAt, startUntil, Optional.empty(), Optional.empty());
        }

        /** @param detail what was said about it, empty where nothing was */
        Job in(SpokeState next, String detail) {
            boolean failed = next.isFinal() && next != SpokeState.SUCCEEDED;
            return new Job(next, intentId, requestedAt, startUntil, reportedAt, failure(failed ? detail : ""));
        }

        Job reported(Instant at) {
            return new Job(state, intentId, requestedAt, startUntil, Optional.of(at), failure);
        }

        Job failedFor(String reason) {
            return new Job(state, intentId, requestedAt, startUntil, reportedAt, failure(reason));
        }

        private static Optional<String> failure(String reason) {
            return Optional.ofNullable(reason).filter(text -> !text.isEmpty());
        }

        boolean succeeded() {
            return state == SpokeState.SUCCEEDED;
        }

        /** The hub-side limit while the job is not running yet. */
        private Optional<Instant> deadline() {
            return switch (state) {
                case NOT_STARTED, PREPARING_TO_START, STARTING -> startUntil;
                case ACTIVE, SUCCEEDED, PRECACHE_TIMEOUT, BACKUP_TIMEOUT, UNRECOVERABLE_ERROR -> Optional.empty();
            };
        }
    }

    /** One entry of {@code status.clusters}; {@code sequence} is its place among all clusters' entries. */
    public record Outcome(long sequence, ClusterState entry) {}

    Optional<Job> job(Workload workload) {
        return switch (workload) {
            case PRECACHE -> precache;
            case BACKUP -> backup;
        };
    }

    /** The clean-up of this workload that has not been answered. */
    Optional<String> cleaning(Workload workload) {
        return switch (workload) {
            case PRECACHE -> cleaning;
            case BACKUP -> backupCleaning;
        };
    }

    /** Whether its job, or the clean-up after it, is wanted. */
    boolean isWorkedOn(Workload workload) {
        return cleaning(workload).isPresent()
                || !cleaned && job(workload).filter(job -> !job.state().isFinal()).isPresent();
    }

    /** When time alone changes something about this cluster. */
    public Optional<Instant> deadline() {
        if (stage instanceof Stage.InProgress(_, Optional<Soak> soak) && soak.isPresent()) {
            // One that was taken over ends when it is known how long it lasts.
            return compliance.isEmpty() ? Optional.empty() : soak.map(Soak::until);
        }
        return precache.flatMap(Job::deadline);
    }

    /** Whether it fails at least one policy of the rollout. A policy that does not apply does not count. */
    boolean needsWork() {
        return compliance.contains(Compliance.NON_COMPLIANT);
    }

    /** Whether a job of it left something behind that only a clean-up removes (contract 10.7). */
    boolean needsCleaning() {
        return !toClean().isEmpty();
    }

    /** The jobs that have left something behind, or will, and that no clean-up was asked for. */
    List<Workload> toClean() {
        return Stream.of(Workload.values())
                .filter(workload -> !cleaned
                        && cleaning(workload).isEmpty()
                        && job(workload).filter(job -> !job.succeeded()).isPresent())
                .toList();
    }

    /** Whether an intent about its jobs is not settled. */
    boolean hasOpenIntent() {
        return Stream.of(Workload.values()).anyMatch(this::isWorkedOn);
    }

    Spoke withJob(Workload workload, Optional<Job> job) {
        return switch (workload) {
            case PRECACHE ->
                new Spoke(
                        job, backup, batch, stage, compliance, enforced, outcomes, cleaning, backupCleaning, cleaned,
                        relabels, objects);
            case BACKUP ->
                new Spoke(
                        precache, job, batch, stage, compliance, enforced, outcomes, cleaning, backupCleaning,
                        cleaned, relabels, objects);
        };
    }

    /** A job was asked for; it replaces a clean-up of its kind that was under way, because it begins with one. */
    Spoke asked(Workload workload, Job job) {
        return withJob(workload, Optional.of(job)).withCleaning(workload, Optional.empty(), false);
    }

    Spoke planned(int inBatch, List<Compliance> now) {
        return new Spoke(
                precache, backup, inBatch, new Stage.Waiting(), now, enforced, outcomes, cleaning, backupCleaning,
                cleaned, relabels, objects);
    }

    Spoke in(Stage next) {
        return new Spoke(
                precache, backup, batch, next, compliance, enforced, outcomes, cleaning, backupCleaning, cleaned,
                relabels, objects);
    }

    Spoke withCompliance(List<Compliance> now) {
        return new Spoke(
                precache, backup, batch, stage, now, enforced, outcomes, cleaning, backupCleaning, cleaned, relabels,
                objects);
    }

    Spoke withEnforced(List<Integer> indices) {
        return new Spoke(
                precache, backup, batch, stage, compliance, indices, outcomes, cleaning, backupCleaning, cleaned,
                relabels, objects);
    }

    Spoke withOutcomes(List<Outcome> all) {
        return new Spoke(
                precache, backup, batch, stage, compliance, enforced, all, cleaning, backupCleaning, cleaned,
                relabels, objects);
    }

    Spoke cleaning(Workload workload, String intentId) {
        return withCleaning(workload, Optional.of(intentId), false);
    }

    /** What a cancelled job left behind does not count: the job is not there any more. */
    Spoke cleanedUp(Workload workload) {
        return withCleaning(workload, Optional.empty(), cleaned || job(workload).isPresent());
    }

    /** Nothing of any job is left. */
    Spoke cleanedUp() {
        return new Spoke(
                precache, backup, batch, stage, compliance, enforced, outcomes, Optional.empty(), Optional.empty(),
                true, relabels, objects);
    }

    private Spoke withCleaning(Workload workload, Optional<String> intentId, boolean nowCleaned) {
        return new Spoke(
                precache,
                backup,
                batch,
                stage,
                compliance,
                enforced,
                outcomes,
                workload == Workload.PRECACHE ? intentId : cleaning,
                workload == Workload.BACKUP ? intentId : backupCleaning,
                nowCleaned,
                relabels,
                objects);
    }

    Spoke relabeling(String intentId) {
        List<String> open = new ArrayList<>(relabels);
        open.add(intentId);
        return withRelabels(open);
    }

    Spoke relabeled(String intentId) {
        return withRelabels(relabels.stream().filter(open -> !open.equals(intentId)).toList());
    }

    private Spoke withRelabels(List<String> open) {
        return new Spoke(
                precache, backup, batch, stage, compliance, enforced, outcomes, cleaning, backupCleaning, cleaned,
                open, objects);
    }

    Spoke with(SpokeObjects newObjects) {
        return new Spoke(
                precache, backup, batch, stage, compliance, enforced, outcomes, cleaning, backupCleaning, cleaned,
                relabels, newObjects);
    }
}
