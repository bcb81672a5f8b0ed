package dev.echelon.executor.work;

import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.Workload;
import dev.echelon.executor.domain.LeftOvers;
import dev.echelon.executor.domain.ObservedSpoke;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Pre-cache, backup and their clean-up on one spoke.
 *
 * <p>In a pass:
 * <ol>
 *   <li>Jobs whose intent does not hold any more are dropped, new ones are taken up.
 *   <li>What is left of a success whose intent does not hold any more is cleaned up.
 *   <li>CleanSpoke intents are carried out.
 *   <li>For pre-cache and for backup, the jobs go on as far as they can.
 * </ol>
 *
 * <p>The fixed names on a spoke belong to one CGU at a time: to the one that has begun, else to the one that asked
 * first. The others are in their first state until the one before is over, its clean-up included. A CGU's left-overs
 * are only cleaned up while they are its own: once another CGU has begun, there are none.
 */
final class SpokeJobs {

    private final String cluster;
    private final Setting setting;
    private final ReportedStates reported;
    private final BooleanSupplier stopped;
    private final Map<String, JobRun<?>> jobs = new HashMap<>();
    private final Tries cleaning;
    private final Map<Workload, Attempt> unfinished = new EnumMap<>(Workload.class);

    /**
     * @param reported what was reported about this spoke before
     * @param stopped whether to leave off
     */
    SpokeJobs(String cluster, Setting setting, ReportedStates reported, BooleanSupplier stopped) {
        this.cluster = cluster;
        this.setting = setting;
        this.reported = reported;
        this.stopped = stopped;
        this.cleaning = new Tries(setting);
        for (Workload workload : Workload.values()) {
            reported.lastSuccess(workload).ifPresent(success ->
                    unfinished.put(workload, new Attempt(setting, success)));
        }
    }

    /**
     * One pass.
     *
     * @param inOrder the Precache, Backup and CleanSpoke intents that hold, in the order of asking
     * @return when to look again although nothing happens
     */
    Instant pass(List<Wanted> inOrder) {
        takeUp(inOrder);
        Instant wake = finish();
        wake = Instants.earlier(wake, cleanUp(inOrder));
        for (Workload workload : Workload.values()) {
            wake = Instants.earlier(wake, work(workload));
        }
        return wake;
    }

    private void takeUp(List<Wanted> inOrder) {
        Set<String> held = new HashSet<>();
        inOrder.forEach(each -> held.add(each.intent().id()));
        ObservedSpoke spoke = setting.hub().spoke(cluster);
        jobs.entrySet().removeIf(entry -> {
            if (held.contains(entry.getKey())) {
                return false;
            }
            JobRun<?> job = entry.getValue();
            if (job.isSucceeded() && !job.isOver(spoke)) {
                Intent intent = job.wanted().intent();
                unfinished.put(job.workload(), new Attempt(setting, intent));
            }
            return true;
        });
        cleaning.keep(inOrder.stream().map(Wanted::intent).toList());
        inOrder.forEach(this::takeUp);
    }

    private void takeUp(Wanted each) {
        String id = each.intent().id();
        if (jobs.containsKey(id)) {
            jobs.get(id).update(each);
            return;
        }
        switch (each.intent()) {
            case Intent.Precache precache -> jobs.put(id, JobRun.of(setting, each, precache,
                    reported.of(precache.cgu(), Workload.PRECACHE, id)));
            case Intent.Backup backup -> jobs.put(id, JobRun.of(setting, each, backup,
                    reported.of(backup.cgu(), Workload.BACKUP, id)));
            case Intent.CleanSpoke clean -> {
                if (reported.isAnswered(Result.SpokeCleaned.class, id)) {
                    cleaning.done(clean);
                }
            }
            case Intent.Relabel _,
                    Intent.RollOutWork _,
                    Intent.ApproveInstallPlans _,
                    Intent.EnforcePolicies _,
                    Intent.StopEnforcing _ ->
                throw new IllegalArgumentException("intent " + id + " is none of a job");
        }
    }

    private Instant finish() {
        Instant wake = Instant.MAX;
        for (Workload workload : List.copyOf(unfinished.keySet())) {
            Attempt attempt = unfinished.get(workload);
            ObservedSpoke spoke = setting.hub().spoke(cluster);
            boolean taken = of(workload).stream().anyMatch(JobRun::hasLeftFirstState);
            if (taken || !LeftOvers.areLeft(workload, spoke)) {
                unfinished.remove(workload);
            } else if (attempt.due() && attempt.run(() ->
                    LeftOvers.afterSuccess(workload, cluster).forEach(setting.hub()::apply))) {
                unfinished.remove(workload);
            } else {
                wake = Instants.earlier(wake, attempt.notBefore());
            }
        }
        return wake;
    }

    private Instant cleanUp(List<Wanted> inOrder) {
        Instant wake = Instant.MAX;
        for (Wanted each : inOrder) {
            if (each.intent() instanceof Intent.CleanSpoke clean
                    && !cleaning.isDone(clean)
                    && !stopped.getAsBoolean()) {
                Instant again = cleaning.run(clean, () -> clean(clean));
                if (again.equals(Instant.MAX)) {
                    cleaning.done(clean);
                }
                wake = Instants.earlier(wake, again);
            }
        }
        return wake;
    }

    private void clean(Intent.CleanSpoke clean) {
        if (clean.precache() && isOwn(Workload.PRECACHE)) {
            LeftOvers.inTheEnd(Workload.PRECACHE, cluster).forEach(setting.hub()::apply);
        }
        if (clean.backup() && isOwn(Workload.BACKUP)) {
            LeftOvers.inTheEnd(Workload.BACKUP, cluster).forEach(setting.hub()::apply);
        }
        setting.results().publish(
                new Result.SpokeCleaned(clean.cgu(), clean.id(), setting.clock().instant(), cluster));
    }

    /** Whether left-overs are those of the CGU that cleans up: one that has begun since has removed them already. */
    private boolean isOwn(Workload workload) {
        return of(workload).stream().noneMatch(JobRun::hasLeftFirstState);
    }

    private Instant work(Workload workload) {
        List<JobRun<?>> inOrder = of(workload);
        Instant wake = Instant.MAX;
        Set<JobRun<?>> waited = new HashSet<>();
        while (!stopped.getAsBoolean()) {
            Optional<JobRun<?>> turn = turn(inOrder);
            for (JobRun<?> job : inOrder) {
                // Those behind are announced, and their time is looked at, once in a pass.
                if (turn.filter(job::equals).isEmpty() && waited.add(job)) {
                    wake = Instants.earlier(wake, job.advance(false, stopped));
                }
            }
            if (turn.isEmpty()) {
                return wake;
            }
            Instant lookAgain = turn.get().advance(true, stopped);
            if (!turn.get().isOver(setting.hub().spoke(cluster))) {
                return Instants.earlier(wake, lookAgain);
            }
        }
        return wake;
    }

    private Optional<JobRun<?>> turn(List<JobRun<?>> inOrder) {
        ObservedSpoke spoke = setting.hub().spoke(cluster);
        Optional<JobRun<?>> begun = inOrder.stream().filter(job -> job.hasBegun(spoke)).findFirst();
        return begun.isPresent() ? begun : inOrder.stream().filter(job -> !job.isOver(spoke)).findFirst();
    }

    private List<JobRun<?>> of(Workload workload) {
        List<JobRun<?>> inOrder = new ArrayList<>();
        jobs.values().stream()
                .filter(job -> job.workload() == workload)
                .sorted(Comparator.comparingLong(job -> job.wanted().order()))
                .forEach(inOrder::add);
        return inOrder;
    }
}
