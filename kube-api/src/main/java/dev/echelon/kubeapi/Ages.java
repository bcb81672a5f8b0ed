package dev.echelon.kubeapi;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** Points in time as kubectl shows them: {@code 45s}, {@code 3m5s}, {@code 26h}, {@code 4d2h}. */
final class Ages {
    private Ages() {
    }

    /** The age of a moment in metadata's form; {@code <invalid>} where it is not one or lies ahead. */
    static String since(String timestamp, Instant now) {
        try {
            return show(Duration.between(OffsetDateTime.parse(timestamp).toInstant(), now));
        } catch (DateTimeParseException _) {
            return "<invalid>";
        }
    }

    /** The time between two moments with a slash between them; until now where the second is missing. */
    static String elapsed(String interval, Instant now) {
        int slash = interval.indexOf('/');
        try {
            Instant end = slash < 0 || slash == interval.length() - 1 ? now
                    : OffsetDateTime.parse(interval.substring(slash + 1)).toInstant();
            return since(slash < 0 ? interval : interval.substring(0, slash), end);
        } catch (DateTimeParseException _) {
            return "<invalid>";
        }
    }

    /** A duration with the two leading units at most, as many as matter at its size. */
    static String show(Duration age) {
        long seconds = age.toSeconds();
        if (seconds < -1) {
            return "<invalid>";
        }
        if (seconds < 120) {
            return Math.max(0, seconds) + "s";
        }
        long minutes = age.toMinutes();
        if (minutes < 10) {
            return two(minutes, "m", seconds % 60, "s");
        }
        if (minutes < 180) {
            return minutes + "m";
        }
        long hours = age.toHours();
        if (hours < 8) {
            return two(hours, "h", minutes % 60, "m");
        }
        if (hours < 48) {
            return hours + "h";
        }
        long days = hours / 24;
        if (hours < 24 * 8) {
            return two(days, "d", hours % 24, "h");
        }
        if (days < 365 * 2) {
            return days + "d";
        }
        if (days < 365 * 8) {
            return two(days / 365, "y", days % 365, "d");
        }
        return days / 365 + "y";
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return large + largeUnit + (small == 0 ? "" : small + smallUnit);
    }
}
