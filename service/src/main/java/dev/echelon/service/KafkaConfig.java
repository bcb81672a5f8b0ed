package dev.echelon.service;

import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.KafkaSettings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Map;

/** Where Kafka is; the same keys for all services. */
@ConfigMapping(prefix = "echelon.kafka")
public interface KafkaConfig {

    /** {@code host:port}, comma-separated. */
    @WithDefault("localhost:9092")
    String bootstrapServers();

    /** What the names of all topics start with. */
    @WithDefault(Topic.DEFAULT_PREFIX)
    String topicPrefix();

    /** The replication factor of topics that Echelon makes. */
    @WithDefault("1")
    int replicationFactor();

    /** Properties for every Kafka client, by Kafka's own names. */
    Map<String, String> client();

    /** The same as the contract's edge wants it. */
    default KafkaSettings settings() {
        return new KafkaSettings(bootstrapServers(), topicPrefix(), replicationFactor(), client());
    }
}
