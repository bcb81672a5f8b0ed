package dev.echelon.contract.kafka;

import dev.echelon.contract.Topic;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/**
 * Which partition a key belongs to. Every writer uses this, whatever library it writes with, because "one key, one
 * order" holds only if all of them agree.
 */
public final class Partitions {

    private Partitions() {
    }

    /**
     * The partition of a key: Kafka's own hash of the whole key or, where the topic is
     * {@linkplain Topic#partitionedBySpoke() partitioned by spoke}, of the part before the first {@code |}.
     *
     * @param count how many partitions the topic has
     */
    public static int of(Topic topic, String key, int count) {
        var hashed = topic.partitionedBySpoke() ? beforeBar(key) : key;
        return Utils.toPositive(Utils.murmur2(hashed.getBytes(StandardCharsets.UTF_8))) % count;
    }

    private static String beforeBar(String key) {
        int bar = key.indexOf('|');
        return bar < 0 ? key : key.substring(0, bar);
    }
}
