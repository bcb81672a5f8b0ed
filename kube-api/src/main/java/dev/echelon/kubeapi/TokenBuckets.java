package dev.echelon.kubeapi;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One token bucket per key: so many at once, then so many per second. Keys that were not used for longest are forgotten
 * when there are too many; a forgotten one has a full bucket.
 */
public final class TokenBuckets {
    private static final double NANOS = 1e9;

    private final double perSecond;
    private final int burst;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets;

    private record Bucket(double tokens, long at) { }

    /**
     * @param perSecond how fast a bucket fills up
     * @param burst     how much a bucket holds
     * @param keys      how many keys are remembered
     * @param nanoTime  as {@link System#nanoTime()}
     */
    public TokenBuckets(double perSecond, int burst, int keys, LongSupplier nanoTime) {
        if (!(perSecond > 0) || burst < 1 || keys < 1) {
            throw new IllegalArgumentException("a limit must be above 0, found %s per second, burst %d, %d keys"
                    .formatted(perSecond, burst, keys));
        }
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanoTime = nanoTime;
        this.buckets = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > keys;
            }
        };
    }

    /** Takes a token; where there is none, says how long it takes until there is. */
    public synchronized Optional<Duration> spend(String key) {
        long now = nanoTime.getAsLong();
        Bucket bucket = buckets.getOrDefault(key, new Bucket(burst, now));
        double tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / NANOS * perSecond);
        boolean enough = tokens >= 1;
        buckets.put(key, new Bucket(enough ? tokens - 1 : tokens, now));
        return enough ? Optional.empty() : Optional.of(Duration.ofNanos((long) ((1 - tokens) / perSecond * NANOS)));
    }
}
