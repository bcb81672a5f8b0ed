package dev.echelon.executor.work;

import dev.echelon.contract.CguId;
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
import java.util.concurrent.ConcurrentHashMap;

/**
 * All work on one spoke, one pass at a time.
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
final class SpokeWorker {

    private final String cluster;
    private final Setting setting;
    private final ReportedStates reported;
    private final Map<CguId, Wanted> wanted = new ConcurrentHashMap<>();
    private final Serial serial;
    private final Alarm alarm;
    private volatile boolean stopped;

    /** From here on only touched by passes. */
    private final Map<String, JobRun<?>> jobs = new HashMap<>();
    private final Map<String, Attempt> cleaning = new HashMap<>();
    private final Set<String> cleaned = new HashSet<>();
    private final Map<Workload, Attempt> unfinished = new EnumMap<>(Workload.class);

    /** @param reported what was reported about this spoke before */
    SpokeWorker(String cluster, Setting setting, ReportedStates reported) {
        this.cluster = cluster;
        this.setting = setting;
        this.reported = reported;
        this.serial = new Serial(setting.executor(), this::pass);
        this.alarm = new Alarm(setting.timers(), serial::ask);
        for (Workload workload : Workload.values()) {
            reported.lastSuccess(workload).ifPresent(success ->
                    unfinished.put(workload, new Attempt(setting, success.cgu(), success.intentId())));
        }
    }

    /** This holds from now on, in place of what the CGU wanted of this spoke before. */
    void want(Wanted newer) {
        wanted.put(newer.intent().cgu(), newer);
        wake();
    }

    /** The CGU wants nothing of this spoke any more. */
    void settle(CguId cgu) {
        wanted.remove(cgu);
        wake();
    }

    /** Something about the spoke has changed. */
    void wake() {
        if (!stopped) {
            serial.ask();
        }
    }

    /** Leaves off as soon as possible: somebody else works on this spoke from now on. */
    void stop() {
        stopped = true;
    }

    /** One pass; only the serial calls it, and tests that play the serial. */
    void pass() {
        if (stopped) {
            alarm.clear();
            return;
        }
        List<Wanted> inOrder = wanted.values().stream()
                .sorted(Comparator.comparingLong(Wanted::order))
                .toList();
        takeUp(inOrder);
        Instant wake = finish();
        wake = earlier(wake, cleanUp(inOrder));
        for (Workload workload : Workload.values()) {
            wake = earlier(wake, work(workload));
        }
        alarm.set(stopped ? Instant.MAX : wake);
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
                unfinished.put(job.workload(), new Attempt(setting, intent.cgu(), intent.id()));
            }
            return true;
        });
        cleaning.keySet().retainAll(held);
        cleaned.retainAll(held);
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
            case Intent.CleanSpoke _ -> {
                if (reported.isCleaned(id)) {
                    cleaned.add(id);
                }
            }
            case Intent.Relabel _, Intent.RollOutWork _, Intent.ApproveInstallPlans _ ->
                throw new IllegalStateException("intent " + id + " cannot be carried out yet");
            case Intent.ForHub _ ->
                throw new IllegalStateException("intent " + id + " is the hub's, not the spoke " + cluster + "'s");
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
                wake = earlier(wake, attempt.notBefore());
            }
        }
        return wake;
    }

    private Instant cleanUp(List<Wanted> inOrder) {
        Instant wake = Instant.MAX;
        for (Wanted each : inOrder) {
            if (each.intent() instanceof Intent.CleanSpoke clean && !cleaned.contains(clean.id()) && !stopped) {
                Attempt attempt = cleaning.computeIfAbsent(
                        clean.id(), id -> new Attempt(setting, clean.cgu(), id));
                if (attempt.due() && attempt.run(() -> clean(clean))) {
                    cleaned.add(clean.id());
                } else {
                    wake = earlier(wake, attempt.notBefore());
                }
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
        while (!stopped) {
            Optional<JobRun<?>> turn = turn(inOrder);
            for (JobRun<?> job : inOrder) {
                // Those behind are announced, and their time is looked at, once in a pass.
                if (turn.filter(job::equals).isEmpty() && waited.add(job)) {
                    wake = earlier(wake, job.advance(false, () -> stopped));
                }
            }
            if (turn.isEmpty()) {
                return wake;
            }
            Instant lookAgain = turn.get().advance(true, () -> stopped);
            if (!turn.get().isOver(setting.hub().spoke(cluster))) {
                return earlier(wake, lookAgain);
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

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
