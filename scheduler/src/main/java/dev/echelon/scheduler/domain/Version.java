package dev.echelon.scheduler.domain;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The {@code resourceVersion} of a shown resource: a decimal number that
 *
 * <ul>
 *   <li>grows with every version of one CGU, also when the clock goes back;
 *   <li>is unique over all CGUs, because its lowest digits (base 64) are the partition, and within a partition one
 *       decider counts;
 *   <li>grows roughly with time over all CGUs, so that sorting by it is sorting by age.
 * </ul>
 *
 * A partition decides in one thread, but two of its CGUs may be shown in the same microsecond: {@code previous} is the
 * partition's highest, not only the CGU's.
 */
final class Version {

    /** How many partitions there can be. */
    static final int PARTITIONS = 64;

    private Version() {}

    /**
     * @param previous the last version that this partition gave, or 0
     * @param partition 0 to 63
     */
    static long next(long previous, Instant now, int partition) {
        if (partition < 0 || partition >= PARTITIONS) {
            throw new IllegalArgumentException(
                    "a resourceVersion has room for partitions 0 to " + (PARTITIONS - 1) + ", found " + partition);
        }
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
        return Math.max(previous / PARTITIONS + 1, micros) * PARTITIONS + partition;
    }
}
