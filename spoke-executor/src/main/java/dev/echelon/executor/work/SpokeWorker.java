package dev.echelon.executor.work;

import dev.echelon.contract.intent.Intent;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All work on one spoke, one pass at a time: a pass hands the intents that hold, in the order of asking, to those who
 * carry out their kind.
 */
final class SpokeWorker {

    private final String cluster;
    /** By the key that the intent lies under. */
    private final Map<String, Wanted> wanted = new ConcurrentHashMap<>();
    private final Serial serial;
    private final Alarm alarm;
    private volatile boolean stopped;

    /** From here on only touched by passes. */
    private final ClusterLabels labels;
    private final ClusterWorks works;
    private final PlanApprovals approvals;
    private final SpokeJobs jobs;

    /** @param reported what was reported about this spoke before */
    SpokeWorker(String cluster, Setting setting, ReportedStates reported) {
        this.cluster = cluster;
        this.serial = new Serial(setting.executor(), this::pass);
        this.alarm = new Alarm(setting.timers(), serial::ask);
        this.labels = new ClusterLabels(cluster, setting, reported);
        this.works = new ClusterWorks(cluster, setting, reported);
        this.approvals = new PlanApprovals(cluster, setting, reported);
        this.jobs = new SpokeJobs(cluster, setting, reported, () -> stopped);
    }

    /** This holds from now on, in place of what was wanted of this spoke under the same key before. */
    void want(String key, Wanted newer) {
        wanted.put(key, newer);
        wake();
    }

    /** Nothing is wanted of this spoke under the key any more. */
    void settle(String key) {
        wanted.remove(key);
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
        // What is reported and written belongs to the newest asking: there is one pass for all of them.
        Context cause = wanted.values().stream()
                .max(Comparator.comparingLong(Wanted::order))
                .map(Wanted::cause)
                .orElseGet(Context::root);
        try (Scope _ = cause.makeCurrent()) {
            passInTrace();
        }
    }

    private void passInTrace() {
        if (stopped) {
            alarm.clear();
            return;
        }
        List<Intent.Relabel> relabels = new ArrayList<>();
        List<Intent.RollOutWork> rollOuts = new ArrayList<>();
        List<Intent.ApproveInstallPlans> plans = new ArrayList<>();
        List<Wanted> ofJobs = new ArrayList<>();
        wanted.values().stream().sorted(Comparator.comparingLong(Wanted::order)).forEach(each -> {
            switch (each.intent()) {
                case Intent.Relabel relabel -> relabels.add(relabel);
                case Intent.RollOutWork rollOut -> rollOuts.add(rollOut);
                case Intent.ApproveInstallPlans approve -> plans.add(approve);
                case Intent.Precache _, Intent.Backup _, Intent.CleanSpoke _ -> ofJobs.add(each);
                case Intent.ForHub hub -> throw new IllegalStateException(
                        "intent " + hub.id() + " is the hub's, not the spoke " + cluster + "'s");
            }
        });
        Instant wake = labels.pass(relabels, () -> stopped);
        wake = Instants.earlier(wake, works.pass(rollOuts, () -> stopped));
        wake = Instants.earlier(wake, approvals.pass(plans, () -> stopped));
        wake = Instants.earlier(wake, jobs.pass(ofJobs));
        alarm.set(stopped ? Instant.MAX : wake);
    }
}
