package dev.echelon.executor.work;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/**
 * Hands intents and news of the hub to the workers they concern: one worker for each spoke and one for each CGU's hub
 * objects.
 *
 * <p>A partition of the intents comes alive in three steps: it is read up to its end, the results that were reported
 * before are read, and the hub's watches have shown what is there. Until then its intents are only gathered; nothing is
 * done from half a picture. When the partition is taken away, its workers leave off.
 */
public final class Workers implements HubListener {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Setting setting;
    private final ReportLog log;
    private final ToIntFunction<String> partitionOf;
    private final Serial loading;
    private final Map<String, SpokeWorker> spokes = new ConcurrentHashMap<>();
    private final Map<CguId, HubWorker> hubs = new ConcurrentHashMap<>();

    /** Guarded by this; nothing blocks while it is held. */
    private final Map<Integer, Share> shares = new HashMap<>();
    private boolean hubSynced;

    private static final class Share {
        private final Map<String, Wanted> table = new HashMap<>();
        private boolean caughtUp;
        private boolean alive;
    }

    /** @param partitionOf the partition of a spoke's intents */
    public Workers(Setting setting, ReportLog log, ToIntFunction<String> partitionOf) {
        this.setting = setting;
        this.log = log;
        this.partitionOf = partitionOf;
        this.loading = new Serial(setting.executor(), this::load);
    }

    /** This partition is ours now; its intents follow from the beginning. */
    public synchronized void assigned(int partition) {
        shares.put(partition, new Share());
    }

    /** The intent of a key, from now on. */
    public synchronized void want(int partition, String key, Intent intent, long offset) {
        Share share = shares.get(partition);
        if (share == null) {
            return;
        }
        Wanted wanted = new Wanted(intent, offset).after(share.table.get(key));
        share.table.put(key, wanted);
        if (share.alive) {
            hand(key, wanted);
        }
    }

    /** Nothing is wanted of the key any more. */
    public synchronized void settle(int partition, String key) {
        Share share = shares.get(partition);
        Wanted settled = share == null ? null : share.table.remove(key);
        if (settled == null || !share.alive) {
            return;
        }
        switch (settled.intent()) {
            case Intent.ForSpoke spoke ->
                Optional.ofNullable(spokes.get(spoke.cluster())).ifPresent(worker -> worker.settle(key));
            case Intent.ForHub hub -> Optional.ofNullable(hubs.remove(hub.cgu())).ifPresent(HubWorker::stop);
        }
    }

    /** All intents that were in the partition have been handed over. */
    public synchronized void caughtUp(int partition) {
        Share share = shares.get(partition);
        if (share != null) {
            share.caughtUp = true;
            loading.ask();
        }
    }

    /** The partition is not ours any more. */
    public synchronized void revoked(int partition) {
        Share share = shares.remove(partition);
        if (share == null) {
            return;
        }
        spokes.entrySet().removeIf(entry -> {
            boolean gone = partitionOf.applyAsInt(entry.getKey()) == partition;
            if (gone) {
                entry.getValue().stop();
            }
            return gone;
        });
        share.table.values().forEach(wanted -> {
            if (wanted.intent() instanceof Intent.ForHub hub) {
                Optional.ofNullable(hubs.remove(hub.cgu())).ifPresent(HubWorker::stop);
            }
        });
    }

    /** The watches have shown all that is on the hub. */
    public synchronized void hubSynced() {
        hubSynced = true;
        loading.ask();
    }

    /** Whether all that this process is to do is being done. */
    public synchronized boolean isAlive() {
        return !shares.isEmpty() && shares.values().stream().allMatch(share -> share.alive);
    }

    /** How many partitions this process has. */
    public synchronized int partitions() {
        return shares.size();
    }

    /** How many intents hold in the partitions of this process. */
    public synchronized int intents() {
        return shares.values().stream().mapToInt(share -> share.table.size()).sum();
    }

    @Override
    public void spokeChanged(String cluster) {
        Optional.ofNullable(spokes.get(cluster)).ifPresent(SpokeWorker::wake);
    }

    @Override
    public void enforcementChanged(CguId cgu) {
        Optional.ofNullable(hubs.get(cgu)).ifPresent(HubWorker::wake);
    }

    private void load() {
        Map<Integer, Share> ready = loadable();
        if (ready.isEmpty()) {
            return;
        }
        Map<String, ReportedStates> reported = new HashMap<>();
        try {
            log.replay(result -> clusterOf(result)
                    .filter(cluster -> ready.containsKey(partitionOf.applyAsInt(cluster)))
                    .ifPresent(cluster -> reported.computeIfAbsent(cluster, _ -> new ReportedStates()).add(result)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (RuntimeException e) {
            System.getLogger(Workers.class.getName()).log(System.Logger.Level.WARNING,
                    "the results reported before cannot be read; tried again in {0} s: {1}",
                    PAUSE.toSeconds(), e.getMessage());
            setting.timers().at(setting.clock().instant().plus(PAUSE), loading::ask);
            return;
        }
        ready.forEach((partition, share) -> comeAlive(partition, share, reported));
    }

    private synchronized Map<Integer, Share> loadable() {
        Map<Integer, Share> ready = new HashMap<>();
        if (hubSynced) {
            shares.forEach((partition, share) -> {
                if (share.caughtUp && !share.alive) {
                    ready.put(partition, share);
                }
            });
        }
        return ready;
    }

    private synchronized void comeAlive(int partition, Share share, Map<String, ReportedStates> reported) {
        // It may have been taken away, and even given back, while the results were read.
        if (shares.get(partition) != share) {
            return;
        }
        share.alive = true;
        Set<String> wanted = new HashSet<>();
        share.table.values().forEach(each -> {
            if (each.intent() instanceof Intent.ForSpoke spoke) {
                wanted.add(spoke.cluster());
            }
        });
        List<SpokeWorker> unfinished = new ArrayList<>();
        reported.forEach((cluster, states) -> {
            if (partitionOf.applyAsInt(cluster) == partition) {
                boolean leftOvers = states.hasUnfinished(setting.hub().spoke(cluster));
                if (leftOvers || wanted.contains(cluster)) {
                    SpokeWorker worker = new SpokeWorker(cluster, setting, states);
                    spokes.put(cluster, worker);
                    if (leftOvers) {
                        unfinished.add(worker);
                    }
                }
            }
        });
        share.table.forEach(this::hand);
        unfinished.forEach(SpokeWorker::wake);
    }

    private void hand(String key, Wanted wanted) {
        switch (wanted.intent()) {
            case Intent.ForSpoke spoke -> spokes.computeIfAbsent(
                            spoke.cluster(), cluster -> new SpokeWorker(cluster, setting, new ReportedStates()))
                    .want(key, wanted);
            case Intent.ForHub hub ->
                hubs.computeIfAbsent(hub.cgu(), _ -> new HubWorker(setting)).want(wanted);
        }
    }

    private static Optional<String> clusterOf(Result result) {
        return switch (result) {
            case Result.SpokeProgress progress -> Optional.of(progress.cluster());
            case Result.SpokeCleaned cleaned -> Optional.of(cleaned.cluster());
            case Result.JobProgress progress -> Optional.of(progress.cluster());
            case Result.Relabeled relabeled -> Optional.of(relabeled.cluster());
            case Result.WorkSettled settled -> Optional.of(settled.cluster());
            case Result.ApprovalsStopped stopped -> Optional.of(stopped.cluster());
            case Result.Enforced _, Result.EnforcementStopped _, Result.Stalled _ -> Optional.empty();
        };
    }
}
