package dev.echelon.contract.kafka;

import dev.echelon.contract.Topic;
import java.util.HashMap;
import java.util.Map;

/**
 * Where Kafka is and what Echelon's topics are called there.
 *
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param prefix what all topic names start with; {@link Topic#DEFAULT_PREFIX} by default
 * @param replicationFactor of topics that Echelon makes; 1 by default, for a broker of one
 * @param clientProperties given to every client as they are (security, for one); they win over Echelon's own choices
 */
public record KafkaSettings(
        String bootstrapServers, String prefix, int replicationFactor, Map<String, String> clientProperties) {

    public KafkaSettings {
        if (bootstrapServers == null || bootstrapServers.isBlank()) {
            throw new IllegalArgumentException(
                    "Kafka's bootstrap servers are not set; expected host:port[,host:port...]");
        }
        if (replicationFactor < 1 || replicationFactor > Short.MAX_VALUE) {
            throw new IllegalArgumentException("the replication factor of Echelon's topics must be at least 1, found "
                    + replicationFactor);
        }
        prefix = prefix == null ? Topic.DEFAULT_PREFIX : prefix;
        clientProperties = clientProperties == null ? Map.of() : Map.copyOf(clientProperties);
    }

    /** The defaults, for a broker at that address. */
    public static KafkaSettings of(String bootstrapServers) {
        return new KafkaSettings(bootstrapServers, Topic.DEFAULT_PREFIX, 1, Map.of());
    }

    /** The topic's name on this broker. */
    public String topicName(Topic topic) {
        return topic.topicName(prefix);
    }

    /** What every client starts from; {@code own} is that client's, and the configured properties win over both. */
    Map<String, Object> client(String clientId, Map<String, ?> own) {
        var properties = new HashMap<String, Object>();
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("client.id", clientId);
        // Neither JMX nor telemetry to the broker: the services have metrics of their own, and a native image has no
        // JMX.
        properties.put("metric.reporters", "");
        properties.put("enable.metrics.push", "false");
        // A broker that was away is found again within a second of its return.
        properties.put("reconnect.backoff.max.ms", "1000");
        properties.putAll(own);
        properties.putAll(clientProperties);
        return properties;
    }
}
