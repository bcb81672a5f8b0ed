package dev.echelon.simulator.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The log of one pod: what its script has written so far.
 *
 * @param script   what it does
 * @param started  when it began
 * @param end      when it ends, in the script's time; lines after that never appear
 * @param lastWord what it says when it ends badly; empty where it does not
 * @param pace     how many times as long as the script says everything takes
 * @param timeline tells the time
 */
record JobLog(JobScript script, Instant started, Duration end, String lastWord, double pace, Timeline timeline) {
    /** How many lines it will have in the end. */
    int lines() {
        return written(end) + (lastWord.isEmpty() ? 0 : 1);
    }

    private int written(Duration until) {
        int low = 0;
        int high = script.lines();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (script.at(middle).compareTo(until) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** How many lines there are at a moment. */
    int linesAt(Instant moment) {
        Duration passed = times(timeline.simulated(Duration.between(started, moment)), 1 / pace);
        return passed.compareTo(end) >= 0 ? lines() : written(passed);
    }

    /** When a line appears, by the wall's clock. */
    Instant when(int line) {
        return started.plus(timeline.real(times(line < written(end) ? script.at(line) : end, pace)));
    }

    /** A line, with its end. */
    String line(int line) {
        return (line < written(end) ? script.text(line, when(line)) : lastWord) + "\n";
    }

    /** When the line after those at a moment appears; empty where there is none. */
    Optional<Instant> nextAfter(int lines) {
        return lines < lines() ? Optional.of(when(lines)) : Optional.empty();
    }

    private static Duration times(Duration duration, double factor) {
        return Duration.ofNanos(Math.round(duration.toNanos() * factor));
    }
}
