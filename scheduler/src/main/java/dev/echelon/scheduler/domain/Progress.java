package dev.echelon.scheduler.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.resource.CguSpec.AfterCompletion;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.domain.Lifecycle.BackingUp;
import dev.echelon.scheduler.domain.Lifecycle.BetweenBatches;
import dev.echelon.scheduler.domain.Lifecycle.Blocked;
import dev.echelon.scheduler.domain.Lifecycle.Deleting;
import dev.echelon.scheduler.domain.Lifecycle.Finished;
import dev.echelon.scheduler.domain.Lifecycle.NotEnabled;
import dev.echelon.scheduler.domain.Lifecycle.Precaching;
import dev.echelon.scheduler.domain.Lifecycle.Preparing;
import dev.echelon.scheduler.domain.Lifecycle.Remediating;
import dev.echelon.scheduler.domain.Lifecycle.Settling;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The small piece of a ClusterGroupUpgrade's state, which nearly every event reads and writes: where it is, its
 * conditions, counters instead of lists, and its clocks. Its size does not depend on the number of clusters.
 *
 * @param round grows when pre-caching or backup is cancelled, so that results of a cancelled round are known as such
 * @param afterCompletion {@code spec.actions.afterCompletion}, as it is now, where it changes clusters
 */
public record Progress(
        CguId id,
        String uid,
        Lifecycle lifecycle,
        List<Condition> conditions,
        Clocks clocks,
        Tally precache,
        Tally backup,
        int round,
        Optional<AfterCompletion> afterCompletion,
        Enforcement enforcement,
        Book book) {

    /** How long changes that are neither of a condition nor of a batch may wait until they are shown together. */
    static final Duration SHOW_WINDOW = Duration.ofMillis(250);
    /** How long clusters that reach a policy are gathered before the enforcing objects are written again. */
    static final Duration ENFORCE_WINDOW = Duration.ofMillis(25);

    public Progress {
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
        afterCompletion = afterCompletion == null ? Optional.empty() : afterCompletion;
    }

    /**
     * The clocks.
     *
     * @param timeout {@code remediationStrategy.timeout}, as it is now
     * @param enabledAt since when {@code spec.enable} is true; empty while it is false
     * @param startedAt {@code status.status.startedAt}; never reset
     * @param backupStartedAt {@code status.backup.startedAt}
     */
    public record Clocks(
            Duration timeout, Optional<Instant> enabledAt, Optional<Instant> startedAt, Optional<Instant> backupStartedAt) {
        public Clocks {
            enabledAt = enabledAt == null ? Optional.empty() : enabledAt;
            startedAt = startedAt == null ? Optional.empty() : startedAt;
            backupStartedAt = backupStartedAt == null ? Optional.empty() : backupStartedAt;
        }

        Clocks with(Duration newTimeout, boolean enabled, Instant now) {
            return new Clocks(
                    newTimeout,
                    enabled ? enabledAt.or(() -> Optional.of(now)) : Optional.empty(),
                    startedAt,
                    backupStartedAt);
        }

        Clocks started(Instant at) {
            return new Clocks(timeout, enabledAt, Optional.of(at), backupStartedAt);
        }

        Clocks backupStarted(Instant at) {
            return new Clocks(timeout, enabledAt, startedAt, backupStartedAt.or(() -> Optional.of(at)));
        }

        Clocks backupCancelled() {
            return new Clocks(timeout, enabledAt, startedAt, Optional.empty());
        }
    }

    /** How many spokes were asked to do a job, and how far they are. */
    public record Tally(int asked, int open, int succeeded) {
        static final Tally NONE = new Tally(0, 0, 0);

        Tally oneMore() {
            return new Tally(asked + 1, open + 1, succeeded);
        }

        Tally oneLess(boolean success) {
            return new Tally(asked, open - 1, succeeded + (success ? 1 : 0));
        }

        int failed() {
            return asked - open - succeeded;
        }

        boolean allFailed() {
            return asked > 0 && open == 0 && succeeded == 0;
        }
    }

    /**
     * How far the enforcing objects are behind what is wanted of them. Which clusters they are to enforce follows from
     * the clusters' pieces.
     *
     * @param wanted the revision of the wanted set
     * @param issued the revision of the last intent
     * @param issuedAt when that intent was issued
     * @param named the revision since which the objects have the names that they have
     * @param stops how often stopping was asked for; part of the intent's id
     * @param present whether objects may be on the hub
     * @param emptiedUpTo the last batch at whose completion the objects were emptied, 0 before
     * @param placements what the executor says is there, sorted
     * @param placementBindings likewise
     */
    public record Enforcement(
            long wanted,
            long issued,
            Instant issuedAt,
            long named,
            int stops,
            boolean present,
            int emptiedUpTo,
            List<String> placements,
            List<String> placementBindings) {
        static final Enforcement NONE =
                new Enforcement(0, 0, Instant.EPOCH, 0, 0, false, 0, List.of(), List.of());

        public Enforcement {
            placements = placements == null ? List.of() : List.copyOf(placements);
            placementBindings = placementBindings == null ? List.of() : List.copyOf(placementBindings);
        }

        boolean behind() {
            return wanted > issued;
        }

        Enforcement changed() {
            return new Enforcement(
                    wanted + 1, issued, issuedAt, named, stops, present, emptiedUpTo, placements, placementBindings);
        }

        Enforcement renamed() {
            return new Enforcement(
                    wanted + 1, issued, issuedAt, wanted + 1, stops, present, emptiedUpTo, placements, placementBindings);
        }

        Enforcement emptiedAfter(int batch) {
            return new Enforcement(
                    wanted + 1, issued, issuedAt, named, stops, present, batch, placements, placementBindings);
        }

        Enforcement issued(Instant at) {
            return new Enforcement(
                    wanted, wanted, at, named, stops, true, emptiedUpTo, placements, placementBindings);
        }

        /** Nothing that is wanted of it is still to be issued. */
        Enforcement dropped() {
            return new Enforcement(
                    issued, issued, issuedAt, named, stops, present, emptiedUpTo, placements, placementBindings);
        }

        /** Takes a revision of its own, so that no answer to an earlier intent is taken for one about the end. */
        Enforcement stopping() {
            return new Enforcement(
                    issued + 1,
                    issued + 1,
                    issuedAt,
                    named,
                    stops + 1,
                    present,
                    emptiedUpTo,
                    placements,
                    placementBindings);
        }

        Enforcement confirmed(List<String> newPlacements, List<String> newBindings) {
            return new Enforcement(
                    wanted, issued, issuedAt, named, stops, present, emptiedUpTo, newPlacements, newBindings);
        }

        Enforcement stopped() {
            return new Enforcement(issued, issued, issuedAt, named, stops, false, emptiedUpTo, List.of(), List.of());
        }
    }

    /**
     * What was shown and told.
     *
     * @param revision grows with every change that the resource shows
     * @param shown the revision that was shown last
     * @param version the {@code resourceVersion} of it, 0 before the first
     * @param told how many audit events there are; part of their ids
     * @param outcomes how many entries {@code status.clusters} has
     * @param stall the last stall of an intent that was told, so that a repeat is not told again
     */
    public record Book(
            long revision, long shown, Instant shownAt, long version, long told, long outcomes, Stall stall) {
        static final Book EMPTY = new Book(0, 0, Instant.EPOCH, 0, 0, 0, new Stall(Instant.EPOCH, ""));

        boolean dirty() {
            return revision > shown;
        }

        Book revised() {
            return new Book(revision + 1, shown, shownAt, version, told, outcomes, stall);
        }

        Book shown(long newVersion, Instant at) {
            return new Book(revision, revision, at, newVersion, told, outcomes, stall);
        }

        Book withTold() {
            return new Book(revision, shown, shownAt, version, told + 1, outcomes, stall);
        }

        Book withOutcome() {
            return new Book(revision, shown, shownAt, version, told, outcomes + 1, stall);
        }

        Book with(Stall newStall) {
            return new Book(revision, shown, shownAt, version, told, outcomes, newStall);
        }
    }

    /** An intent that could not be carried out for the time being. */
    public record Stall(Instant at, String what) {
        public Stall {
            what = what == null ? "" : what;
        }

        /** Whether the other one is news: later, or another one of the same instant. */
        boolean isFollowedBy(Stall other) {
            return other.at.isAfter(at) || other.at.equals(at) && !other.what.equals(what);
        }
    }

    /**
     * The instant <em>after</em> which time alone changes something about this CGU; the clusters have their own
     * ({@link Spoke#deadline()}).
     */
    public Optional<Instant> deadline() {
        return Stream.of(showDeadline(), enforceDeadline(), lifecycleDeadline())
                .flatMap(Optional::stream)
                .min(Instant::compareTo);
    }

    /** When the rollout as a whole is too late (contract 7.5). */
    Instant rolloutDeadline() {
        return BatchBudget.rolloutDeadline(clocks.startedAt().orElseThrow(), clocks.timeout());
    }

    /** When the running batch is too late; empty in the last one, and before anybody has looked at how far it is. */
    Optional<Instant> batchDeadline(Remediating state) {
        return state.lastBatch() || state.rollout().unseen()
                ? Optional.empty()
                : Optional.of(BatchBudget.batchDeadline(
                        clocks.startedAt().orElseThrow(),
                        clocks.timeout(),
                        state.startedAt(),
                        state.batch(),
                        state.rollout().batches()));
    }

    /** When waiting at a gate that nobody can pass any more ends (decision on row 12); empty while there is hope. */
    Optional<Instant> gateDeadline() {
        return switch (lifecycle) {
            case Precaching _ when precache.allFailed() -> clocks.enabledAt().map(at -> at.plus(clocks.timeout()));
            case BackingUp _ when backup.allFailed() -> clocks.startedAt().map(at -> at.plus(clocks.timeout()));
            case Lifecycle _ -> Optional.empty();
        };
    }

    private Optional<Instant> showDeadline() {
        return book.dirty() ? Optional.of(book.shownAt().plus(SHOW_WINDOW)) : Optional.empty();
    }

    private Optional<Instant> enforceDeadline() {
        return enforcement.behind() ? Optional.of(enforcement.issuedAt().plus(ENFORCE_WINDOW)) : Optional.empty();
    }

    private Optional<Instant> lifecycleDeadline() {
        return switch (lifecycle) {
            case Remediating state ->
                Stream.of(Optional.of(rolloutDeadline()), batchDeadline(state))
                        .flatMap(Optional::stream)
                        .min(Instant::compareTo);
            case Precaching _, BackingUp _ -> gateDeadline();
            case Preparing _, NotEnabled _, Blocked _, BetweenBatches _, Settling _, Finished _, Deleting _ -> Optional.empty();
        };
    }

    Progress in(Lifecycle next) {
        return new Progress(
                id, uid, next, conditions, clocks, precache, backup, round, afterCompletion, enforcement, book);
    }

    Progress with(List<Condition> newConditions) {
        return new Progress(
                id, uid, lifecycle, newConditions, clocks, precache, backup, round, afterCompletion, enforcement, book);
    }

    Progress with(Clocks newClocks) {
        return new Progress(
                id, uid, lifecycle, conditions, newClocks, precache, backup, round, afterCompletion, enforcement, book);
    }

    Tally tally(Workload workload) {
        return switch (workload) {
            case PRECACHE -> precache;
            case BACKUP -> backup;
        };
    }

    Progress with(Workload workload, Tally tally) {
        return switch (workload) {
            case PRECACHE ->
                new Progress(id, uid, lifecycle, conditions, clocks, tally, backup, round, afterCompletion, enforcement, book);
            case BACKUP ->
                new Progress(id, uid, lifecycle, conditions, clocks, precache, tally, round, afterCompletion, enforcement, book);
        };
    }

    Progress nextRound() {
        return new Progress(
                id, uid, lifecycle, conditions, clocks, precache, backup, round + 1, afterCompletion, enforcement, book);
    }

    Progress with(Optional<AfterCompletion> actions) {
        return new Progress(
                id, uid, lifecycle, conditions, clocks, precache, backup, round, actions, enforcement, book);
    }

    Progress with(Enforcement newEnforcement) {
        return new Progress(
                id, uid, lifecycle, conditions, clocks, precache, backup, round, afterCompletion, newEnforcement, book);
    }

    Progress with(Book newBook) {
        return new Progress(
                id, uid, lifecycle, conditions, clocks, precache, backup, round, afterCompletion, enforcement, newBook);
    }
}
