package dev.echelon.scheduler.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * The deadlines of one partition, sorted, with one wall-clock punctuation set for the earliest. A punctuator that ticks
 * would make Streams commit with every tick, busy or not; this one rings when there is something to do.
 *
 * <p>The deadlines themselves are data in the stored state. What is here is rebuilt from it at each start.
 */
final class Alarms {

    /** A clock that was set back does not silence an alarm for longer than this. */
    private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

    private static final Comparator<Alarm> BY_TIME =
            Comparator.comparing(Alarm::after).thenComparing(Alarm::owner);

    private final ProcessorContext<?, ?> context;
    private final Runnable bell;
    private final NavigableSet<Alarm> sorted = new TreeSet<>(BY_TIME);
    private final Map<Owner, Alarm> byOwner = new HashMap<>();
    private Instant setFor = Instant.MAX;
    private Cancellable punctuation = () -> {};

    /** @param bell called on the stream's thread when a deadline may be over */
    Alarms(ProcessorContext<?, ?> context, Runnable bell) {
        this.context = context;
        this.bell = bell;
    }

    /** Whose deadline: a CGU's own, or one of its clusters'; {@code cluster} is empty for the former. */
    record Owner(String cgu, String cluster) implements Comparable<Owner> {
        @Override
        public int compareTo(Owner other) {
            int byCgu = cgu.compareTo(other.cgu);
            return byCgu != 0 ? byCgu : cluster.compareTo(other.cluster);
        }
    }

    /** It is due at any time later than {@code after}. */
    record Alarm(Instant after, Owner owner) {}

    void set(Owner owner, Optional<Instant> deadline) {
        Alarm before = byOwner.remove(owner);
        if (before != null) {
            sorted.remove(before);
        }
        deadline.ifPresent(after -> {
            Alarm alarm = new Alarm(after, owner);
            byOwner.put(owner, alarm);
            sorted.add(alarm);
        });
    }

    /** The earliest alarms that are due, at most so many. */
    List<Alarm> due(Instant now, int atMost) {
        return sorted.stream()
                .takeWhile(alarm -> now.isAfter(alarm.after()))
                .limit(atMost)
                .toList();
    }

    /** Sets the punctuation for what is earliest now. To be called when all deadlines of an input are set. */
    void wind(Instant now) {
        Instant earliest = sorted.isEmpty() ? Instant.MAX : sorted.first().after();
        if (!earliest.equals(setFor)) {
            punctuation.cancel();
            setFor = earliest;
            if (!earliest.equals(Instant.MAX)) {
                // Kafka counts in whole milliseconds; an alarm is due after its instant, not at it.
                long untilDue = Duration.between(now, earliest).toMillis() + 1;
                long sleep = Math.clamp(untilDue, 1, LONGEST_SLEEP.toMillis());
                punctuation = context.schedule(
                        Duration.ofMillis(sleep), PunctuationType.WALL_CLOCK_TIME, _ -> ring());
            }
        }
    }

    private void ring() {
        punctuation.cancel();
        setFor = Instant.MAX;
        bell.run();
    }
}
