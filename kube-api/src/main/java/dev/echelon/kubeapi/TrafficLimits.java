package dev.echelon.kubeapi;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** How much one user, and all together, may ask of this server. What is over it is answered 429 with a Retry-After. */
public final class TrafficLimits {
    private static final int USERS = 10_000;
    private static final Duration STREAM_PAUSE = Duration.ofSeconds(5);

    private final TokenBuckets requests;
    private final int streamsPerUser;
    private final int streams;
    private final Map<String, Integer> open = new HashMap<>();
    private int allOpen;

    /**
     * @param requestsPerSecond of one user, in the long run
     * @param burst             of one user, at once
     * @param streamsPerUser    watches and other answers that go on, of one user, at the same time
     * @param streams           of all users
     * @param nanoTime          as {@link System#nanoTime()}
     */
    public TrafficLimits(double requestsPerSecond, int burst, int streamsPerUser, int streams, LongSupplier nanoTime) {
        this.requests = new TokenBuckets(requestsPerSecond, burst, USERS, nanoTime);
        this.streamsPerUser = streamsPerUser;
        this.streams = streams;
    }

    /** Counts a request. @throws ApiException 429 where it is one too many */
    void request(User user) {
        Optional<Duration> wait = requests.spend(user.name());
        if (wait.isPresent()) {
            throw ApiException.tooManyRequests("Too many requests, please try again later.", wait.get());
        }
    }

    /** Counts a stream until the result is run. @throws ApiException 429 where it is one too many */
    synchronized Runnable stream(User user) {
        int own = open.getOrDefault(user.name(), 0);
        if (own >= streamsPerUser || allOpen >= streams) {
            throw ApiException.tooManyRequests("Too many watches are open (%s), please try again later.".formatted(
                    own >= streamsPerUser ? "yours: " + own : "all users': " + allOpen), STREAM_PAUSE);
        }
        open.put(user.name(), own + 1);
        allOpen++;
        return () -> ended(user);
    }

    private synchronized void ended(User user) {
        open.computeIfPresent(user.name(), (_, count) -> count == 1 ? null : count - 1);
        allOpen--;
    }
}
