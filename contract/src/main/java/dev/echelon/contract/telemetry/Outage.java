package dev.echelon.contract.telemetry;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Something that many parts of a process talk to and that may be away: the hub, Kafka. Each part says how its own
 * requests went; one line in the log tells of the whole: why it is away and what happens next, again every minute for
 * as long as it lasts, and one line when it is back.
 *
 * <p>There is no line for a request that fails while others are answered, nor for an outage that is over within the
 * {@code patience}; and no new outage is told of sooner than a quarter of a minute after the last one. So the log stays
 * short, however often who retries.
 */
public final class Outage {

    private static final Logger LOG = System.getLogger(Outage.class.getName());
    private static final Duration REMINDER = Duration.ofMinutes(1);
    private static final Duration BETWEEN_OUTAGES = Duration.ofSeconds(15);
    private static final Map<String, Outage> OF_THE_PROCESS = new ConcurrentHashMap<>();

    private final String what;
    private final String next;
    private final Duration patience;
    private final InstantSource clock;
    private final BiConsumer<Level, String> log;
    private Optional<Instant> toldLast = Optional.empty();
    private boolean told;
    private String reason = "";
    /** Null while all is well, which is looked at with each answer. */
    private volatile Instant since;
    private volatile Instant lastAnswer = Instant.MIN;

    Outage(String what, String next, Duration patience, InstantSource clock, BiConsumer<Level, String> log) {
        this.what = what;
        this.next = next;
        this.patience = patience;
        this.clock = clock;
        this.log = log;
    }

    /**
     * The one of this name in this process.
     *
     * @param what what may be away, with its address, as the subject of a sentence
     * @param next what happens while it is away, as half a sentence
     * @param patience for how long nothing is said
     */
    public static Outage of(String what, String next, Duration patience) {
        return OF_THE_PROCESS.computeIfAbsent(
                what, _ -> new Outage(what, next, patience, InstantSource.system(), LOG::log));
    }

    /** As {@link #failed(Duration, Supplier)}, for what failed at once. */
    public void failed(Supplier<String> why) {
        failed(Duration.ZERO, why);
    }

    /**
     * A request was not answered.
     *
     * @param waited for how long already
     * @param why asked only when it is about to be told
     */
    public synchronized void failed(Duration waited, Supplier<String> why) {
        Instant now = clock.instant();
        if (since == null) {
            Instant asked = now.minus(waited);
            since = asked.isAfter(lastAnswer) ? asked : lastAnswer;
        }
        Duration pause = told ? REMINDER : BETWEEN_OUTAGES;
        if (now.isBefore(since.plus(patience))
                || toldLast.filter(last -> now.isBefore(last.plus(pause))).isPresent()) {
            return;
        }
        reason = oneLine(why.get());
        String away = told ? " is still away after " + inWords(Duration.between(since, now)) : " is away";
        log.accept(Level.WARNING, what + away + ": " + reason + "; " + next);
        told = true;
        toldLast = Optional.of(now);
    }

    /** A request was answered, whatever the answer. */
    public void answered() {
        lastAnswer = clock.instant();
        if (since != null) {
            over();
        }
    }

    private synchronized void over() {
        if (told) {
            log.accept(Level.INFO, what + " is back after " + inWords(Duration.between(since, clock.instant())));
        }
        since = null;
        told = false;
        reason = "";
    }

    /** That it is away, and why as far as that is known, for a health check to show; empty where it is not away. */
    public synchronized Optional<String> problem() {
        if (since == null || clock.instant().isBefore(since.plus(patience))) {
            return Optional.empty();
        }
        return Optional.of(what + " is away" + (reason.isEmpty() ? "" : ": " + reason));
    }

    private static String inWords(Duration duration) {
        return duration.compareTo(Duration.ofMinutes(2)) < 0
                ? duration.toSeconds() + " s"
                : duration.toMinutes() + " min";
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
