package dev.echelon.api.ztp;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Does the same work for many keys: for one key never twice at a time, and again when it was asked for meanwhile. What
 * fails is tried again after pauses that grow, or as soon as it is asked for; other keys are not held up by it.
 */
final class Attempts implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Attempts.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final int AT_ONCE = 16;

    private final Consumer<String> work;
    private final Duration longestPause;
    private final ConcurrentMap<String, Attempt> attempts = new ConcurrentHashMap<>();
    private final Semaphore atOnce = new Semaphore(AT_ONCE);
    private volatile boolean closed;

    private static final class Attempt {
        private final Semaphore news = new Semaphore(0);
        private volatile Optional<String> trouble = Optional.empty();
    }

    Attempts(Consumer<String> work, Duration longestPause) {
        this.work = work;
        this.longestPause = longestPause;
    }

    /** Returns at once. */
    void ask(String key) {
        attempts.compute(key, (_, running) -> {
            if (closed) {
                return null;
            }
            Attempt attempt = running == null ? new Attempt() : running;
            // Before the thread starts, which takes it as the reason for its first try.
            attempt.news.release();
            if (running == null) {
                Thread.ofVirtual().name("ztp-" + key).start(() -> run(key, attempt));
            }
            return attempt;
        });
    }

    /** What does not succeed at present, and why. */
    Map<String, String> troubles() {
        Map<String, String> troubles = new TreeMap<>();
        attempts.forEach((key, attempt) -> attempt.trouble.ifPresent(trouble -> troubles.put(key, trouble)));
        return troubles;
    }

    private void run(String key, Attempt attempt) {
        Duration pause = Duration.ZERO;
        try {
            while (!closed) {
                attempt.news.drainPermits();
                Optional<String> trouble = tryOnce(key);
                if (!trouble.equals(attempt.trouble)) {
                    trouble.ifPresent(why -> LOG.errorf("cluster=%s error=%s; tried again until it works", key, why));
                    attempt.trouble = trouble;
                }
                if (trouble.isPresent()) {
                    pause = longer(pause);
                    attempt.news.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
                    continue;
                }
                pause = Duration.ZERO;
                if (attempts.compute(key, (_, own) -> attempt.news.availablePermits() > 0 ? own : null) == null) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<String> tryOnce(String key) throws InterruptedException {
        atOnce.acquire();
        try {
            work.accept(key);
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } finally {
            atOnce.release();
        }
    }

    private Duration longer(Duration pause) {
        Duration doubled = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
        return doubled.compareTo(longestPause) < 0 ? doubled : longestPause;
    }

    @Override
    public void close() {
        closed = true;
        attempts.values().forEach(attempt -> attempt.news.release());
    }
}
