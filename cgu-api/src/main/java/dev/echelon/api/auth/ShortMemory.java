package dev.echelon.api.auth;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers that hold for a while. So many are kept; those that were not used for longest go first. Who asks while the
 * same question is under way waits for its answer. A failure is nobody's answer but that of those who wait for it.
 */
final class ShortMemory<K, V> {

    private final Map<K, Kept<V>> kept;
    private final Map<K, CompletableFuture<V>> underWay = new ConcurrentHashMap<>();
    private final Function<V, Duration> howLong;
    private final InstantSource clock;

    private record Kept<V>(V value, Instant until) {}

    /** @param howLong an answer holds */
    ShortMemory(int size, Function<V, Duration> howLong, InstantSource clock) {
        this.howLong = howLong;
        this.clock = clock;
        this.kept = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, Kept<V>> eldest) {
                return size() > size;
            }
        };
    }

    V get(K key, Supplier<V> question) {
        Optional<V> known = known(key);
        if (known.isPresent()) {
            return known.get();
        }
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> first = underWay.putIfAbsent(key, mine);
        if (first != null) {
            return joined(first);
        }
        try {
            // It may have been answered between the two looks.
            V answer = known(key).orElseGet(question);
            keep(key, answer);
            mine.complete(answer);
            return answer;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            underWay.remove(key, mine);
        }
    }

    private static <V> V joined(CompletableFuture<V> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private synchronized Optional<V> known(K key) {
        Kept<V> entry = kept.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        if (!clock.instant().isBefore(entry.until)) {
            kept.remove(key);
            return Optional.empty();
        }
        return Optional.of(entry.value);
    }

    private synchronized void keep(K key, V value) {
        Duration length = howLong.apply(value);
        if (!kept.containsKey(key) && length.isPositive()) {
            kept.put(key, new Kept<>(value, clock.instant().plus(length)));
        }
    }

    synchronized int size() {
        return kept.size();
    }
}
