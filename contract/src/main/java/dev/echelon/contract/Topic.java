package dev.echelon.contract;

import java.time.Duration;
import java.util.Map;

/**
 * The topic catalogue: every arrow between the services, with its key, clean-up and partitions. A service names topics
 * only through this enum.
 *
 * <p>All records about one ClusterGroupUpgrade have the key {@code namespace/name} ({@link CguId#key()}) and the topics
 * keyed by it have the same number of partitions, so that one partition of each is handled by one scheduler task.
 *
 * <p>{@link #INTENTS} are keyed by {@code <spoke>|<namespace>/<name>}, with {@code |<aspect>} for all but the pre-cache,
 * or by {@code hub/<namespace>/<name>|<namespace>/<name>} for what is hub-wide, and <em>partitioned by the part before
 * the first bar only</em>: all intents of one spoke have one order and one executor, whichever upgrades they belong to,
 * while compaction keeps the newest intent of each upgrade and aspect for the spoke. See
 * {@code docs/adr/0002-intent-keys.md}.
 */
public enum Topic {
    /** What users ask for. Written by cgu-api, read by scheduler. */
    COMMANDS("commands", Partitioning.CGU, Cleanup.delete(Duration.ofDays(7))),
    /** What the hub shows, as snapshots. Written by compliance-watcher, read by scheduler. */
    OBSERVATIONS("observations", Partitioning.CGU, Cleanup.delete(Duration.ofDays(1))),
    /** What should be true on the hub and the spokes. Written by scheduler, read by spoke-executor. */
    INTENTS("intents", Partitioning.SPOKE, Cleanup.compact()),
    /** How carrying out an intent goes. Written by spoke-executor, read by scheduler. */
    RESULTS("results", Partitioning.CGU, Cleanup.delete(Duration.ofDays(7))),
    /** The whole resource, spec and status. Written by scheduler, read by anyone. */
    CGUS("cgus", Partitioning.CGU, Cleanup.compact()),
    /** Every submission and decision, as CloudEvents 1.0. Written by scheduler and cgu-api, read by any consumer. */
    AUDIT("audit", Partitioning.CGU, Cleanup.deleteNever()),
    /** What could not be processed, where it came from and why. Written by all, read by operators. */
    DEAD_LETTERS("dead-letters", Partitioning.CGU, Cleanup.delete(Duration.ofDays(30)));

    /** The prefix of all topic names where no other is configured. */
    public static final String DEFAULT_PREFIX = "echelon.";

    private final String suffix;
    private final Partitioning partitioning;
    private final Map<String, String> cleanup;

    Topic(String suffix, Partitioning partitioning, Map<String, String> cleanup) {
        this.suffix = suffix;
        this.partitioning = partitioning;
        this.cleanup = cleanup;
    }

    /** The name on the broker, for example {@code echelon.commands}. */
    public String topicName(String prefix) {
        return prefix + suffix;
    }

    /** How many partitions a new installation gets: 12 where keyed by CGU, 24 where keyed by spoke. */
    public int partitions() {
        return partitioning.partitions;
    }

    /** Whether only the part of the key before the first {@code |} decides the partition. */
    public boolean partitionedBySpoke() {
        return partitioning == Partitioning.SPOKE;
    }

    /** The topic's configuration on the broker, as Kafka's own property names and values. */
    public Map<String, String> config() {
        return cleanup;
    }

    private enum Partitioning {
        CGU(12),
        SPOKE(24);

        private final int partitions;

        Partitioning(int partitions) {
            this.partitions = partitions;
        }
    }

    private static final class Cleanup {
        /** A status of a few thousand clusters has to fit one record. */
        private static final String MAX_MESSAGE_BYTES = String.valueOf(8 * 1024 * 1024);

        static Map<String, String> delete(Duration retention) {
            return Map.of(
                    "cleanup.policy", "delete",
                    "retention.ms", String.valueOf(retention.toMillis()),
                    "max.message.bytes", MAX_MESSAGE_BYTES);
        }

        static Map<String, String> deleteNever() {
            return Map.of(
                    "cleanup.policy", "delete", "retention.ms", "-1", "max.message.bytes", MAX_MESSAGE_BYTES);
        }

        static Map<String, String> compact() {
            return Map.of("cleanup.policy", "compact", "max.message.bytes", MAX_MESSAGE_BYTES);
        }
    }
}
