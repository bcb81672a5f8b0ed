package dev.echelon.scheduler.domain;

import java.time.Instant;

/**
 * When and where a decision is made.
 *
 * @param now the decider's clock
 * @param partition the partition that decides, 0 to 63
 * @param lastVersion the highest {@code resourceVersion} that this partition has given, or 0
 */
public record Moment(Instant now, int partition, long lastVersion) {}
