package dev.echelon.simulator.fleet;

import dev.echelon.simulator.scenario.Failure;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The switches of one spoke that make it slow, stuck or wrong. May be turned at any time, from any thread. */
final class Troubles {
    private static final String EVERY = "*";

    private final Map<String, Failure> jobs = new ConcurrentHashMap<>(2);
    private final Set<String> neverCompliant = ConcurrentHashMap.newKeySet(2);
    private final Map<String, Duration> flapping = new ConcurrentHashMap<>(2);
    private volatile double slowness = 1;

    /** Turns a switch on; what is not a switch (being offline) is somebody else's. */
    void add(Failure failure) {
        switch (failure) {
            case Failure.JobFails fails -> jobs.put(fails.job(), fails);
            case Failure.JobExceedsDeadline exceeds -> jobs.put(exceeds.job(), exceeds);
            case Failure.NeverComplies(Optional<String> policy) -> neverCompliant.add(policy.orElse(EVERY));
            case Failure.Flaps(Optional<String> policy, Duration every) -> flapping.put(policy.orElse(EVERY), every);
            case Failure.Slow(double factor) -> slowness = factor;
            case Failure.Offline _ -> { }
        }
    }

    /** Turns all switches off. */
    void clear() {
        jobs.clear();
        neverCompliant.clear();
        flapping.clear();
        slowness = 1;
    }

    /** How a job is to end badly; empty where it succeeds. */
    Optional<Failure> ofJob(String job) {
        return Optional.ofNullable(jobs.get(job));
    }

    boolean neverComplies(String policy) {
        return neverCompliant.contains(policy) || neverCompliant.contains(EVERY);
    }

    Optional<Duration> flaps(String policy) {
        return Optional.ofNullable(flapping.getOrDefault(policy, flapping.get(EVERY)));
    }

    double slowness() {
        return slowness;
    }
}
