package dev.echelon.scheduler.stream;

import dev.echelon.contract.CguId;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.domain.Spoke;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** What the stream counts, for metrics and health. Written by the stream's threads, read by anybody. */
public final class Telemetry {

    private final AtomicLong deadLetters = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong failedGates = new AtomicLong();
    private final Map<Integer, Map<CguId, String>> statesByPartition = new ConcurrentHashMap<>();
    private final Map<Integer, Map<Piece, JobState>> jobsByPartition = new ConcurrentHashMap<>();
    private volatile Consumer<Duration> batchSteps = _ -> {};

    /** A state of a job on a spoke. */
    public record JobState(Workload workload, SpokeState state) {}

    private record Piece(CguId cgu, String cluster, Workload workload) {}

    /** How many records could not be processed since this process started. */
    public long deadLetters() {
        return deadLetters.get();
    }

    /** How many inputs were decided on since this process started, time included. */
    public long decisions() {
        return events.get();
    }

    /** How often pre-caching or backup failed on all clusters of a CGU since this process started. */
    public long failedGates() {
        return failedGates.get();
    }

    /** How many CGUs of this process's partitions are in which state. */
    public Map<String, Long> cgusByState() {
        Map<String, Long> counts = new TreeMap<>();
        statesByPartition.values().forEach(states ->
                states.values().forEach(state -> counts.merge(state, 1L, Long::sum)));
        return counts;
    }

    /** How many jobs of this process's partitions are in which state. */
    public Map<JobState, Long> spokesByState() {
        Map<JobState, Long> counts = new HashMap<>();
        jobsByPartition.values().forEach(jobs -> jobs.values().forEach(state -> counts.merge(state, 1L, Long::sum)));
        return counts;
    }

    /** Gets the time from the record that completed a batch to the start of the next one. */
    public void onBatchStep(Consumer<Duration> listener) {
        batchSteps = listener;
    }

    void deadLetter() {
        deadLetters.incrementAndGet();
    }

    void failedGate() {
        failedGates.incrementAndGet();
    }

    void decided() {
        events.incrementAndGet();
    }

    void batchStep(Duration took) {
        batchSteps.accept(took);
    }

    void cguIn(int partition, CguId id, String state) {
        statesByPartition
                .computeIfAbsent(partition, _ -> new ConcurrentHashMap<>())
                .put(id, state);
    }

    void cguGone(int partition, CguId id) {
        statesByPartition.computeIfPresent(partition, (_, states) -> {
            states.remove(id);
            return states;
        });
    }

    void spokeIn(int partition, CguId id, String cluster, Spoke spoke) {
        jobIn(partition, new Piece(id, cluster, Workload.PRECACHE), spoke.precache());
        jobIn(partition, new Piece(id, cluster, Workload.BACKUP), spoke.backup());
    }

    private void jobIn(int partition, Piece piece, Optional<Spoke.Job> job) {
        Map<Piece, JobState> jobs = jobsByPartition.computeIfAbsent(partition, _ -> new ConcurrentHashMap<>());
        job.ifPresentOrElse(
                known -> jobs.put(piece, new JobState(piece.workload(), known.state())), () -> jobs.remove(piece));
    }

    void spokeGone(int partition, CguId id, String cluster) {
        jobIn(partition, new Piece(id, cluster, Workload.PRECACHE), Optional.empty());
        jobIn(partition, new Piece(id, cluster, Workload.BACKUP), Optional.empty());
    }

    void partitionClosed(int partition) {
        jobsByPartition.remove(partition);
        statesByPartition.remove(partition);
    }
}
