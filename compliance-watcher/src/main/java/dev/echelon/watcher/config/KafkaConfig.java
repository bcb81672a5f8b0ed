package dev.echelon.watcher.config;

import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.KafkaSettings;
import jakarta.enterprise.context.Dependent;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Where Kafka is: keys that all services share, so that one process asks for them once. */
@Dependent
public class KafkaConfig {

    @ConfigProperty(name = "echelon.kafka.bootstrap-servers", defaultValue = "localhost:9092")
    String bootstrapServers;

    @ConfigProperty(name = "echelon.kafka.topic-prefix", defaultValue = Topic.DEFAULT_PREFIX)
    String topicPrefix;

    @ConfigProperty(name = "echelon.kafka.replication-factor", defaultValue = "1")
    int replicationFactor;

    public KafkaSettings settings() {
        return new KafkaSettings(bootstrapServers, topicPrefix, replicationFactor, Map.of());
    }
}
