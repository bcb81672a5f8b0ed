package dev.echelon.e2e;

import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.Topics;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** What Strimzi makes of the manifests, on an embedded broker: the topics, and the ACLs of each KafkaUser. */
final class KafkaRights {

    private KafkaRights() {}

    /** The password of each of the services and of the administrator. */
    static Map<String, String> passwords(List<String> services) {
        Map<String, String> passwords = new HashMap<>();
        Stream.concat(services.stream(), Stream.of(EmbeddedKafka.ADMINISTRATOR))
                .forEach(user -> passwords.put(user, password(user)));
        return passwords;
    }

    /** How this user reaches the broker, by Kafka's own property names. */
    static Map<String, String> client(String bootstrapServers, String user) {
        Map<String, String> properties = new HashMap<>(security(user));
        properties.put("bootstrap.servers", bootstrapServers);
        return properties;
    }

    /** The same as a service is told in its environment. */
    static Map<String, String> environment(String service) {
        Map<String, String> environment = new HashMap<>();
        security(service).forEach((name, value) -> environment.put(
                "ECHELON_KAFKA_CLIENT__" + name.replace('.', '_').toUpperCase(Locale.ROOT) + "__", value));
        return environment;
    }

    /** Makes the topics, and the ACLs that {@code users.yaml} in the folder has. */
    static void apply(String bootstrapServers, Path manifests) throws Exception {
        apply(bootstrapServers, security(EmbeddedKafka.ADMINISTRATOR), bindings(manifests, "User:"));
    }

    /** Makes the topics and these ACLs, as the administrator whom the properties tell of. */
    static void apply(String bootstrapServers, Map<String, String> administrator, List<AclBinding> bindings)
            throws Exception {
        Topics.ensure(new KafkaSettings(bootstrapServers, Topic.DEFAULT_PREFIX, 1, administrator));
        Map<String, Object> properties = new HashMap<>(administrator);
        properties.put("bootstrap.servers", bootstrapServers);
        try (Admin admin = Admin.create(properties)) {
            admin.createAcls(bindings).all().get();
        }
    }

    /**
     * The ACLs that {@code users.yaml} in the folder has.
     *
     * @param prefix what Kafka puts before the name of a user, depending on how he shows who he is
     */
    static List<AclBinding> bindings(Path manifests, String prefix) throws IOException {
        List<AclBinding> bindings = new ArrayList<>();
        for (String document : Files.readString(manifests.resolve("users.yaml")).split("\n---\n")) {
            var user = Serialization.unmarshal(document, GenericKubernetesResource.class);
            List<Map<String, Object>> acls = user.get("spec", "authorization", "acls");
            acls.forEach(acl -> bindings.addAll(bindings(prefix + user.getMetadata().getName(), acl)));
        }
        return bindings;
    }

    private static List<AclBinding> bindings(String principal, Map<String, Object> acl) {
        Map<?, ?> resource = (Map<?, ?>) acl.get("resource");
        var pattern = new ResourcePattern(
                switch ((String) resource.get("type")) {
                    case "topic" -> ResourceType.TOPIC;
                    case "group" -> ResourceType.GROUP;
                    case "transactionalId" -> ResourceType.TRANSACTIONAL_ID;
                    case String other -> throw new IllegalArgumentException("no ACL for a " + other);
                },
                (String) resource.get("name"),
                resource.get("patternType").equals("prefix") ? PatternType.PREFIXED : PatternType.LITERAL);
        return ((List<?>) acl.get("operations"))
                .stream()
                        .map(operation -> operation.toString().equals("DescribeConfigs")
                                ? AclOperation.DESCRIBE_CONFIGS
                                : AclOperation.fromString(operation.toString().toUpperCase(Locale.ROOT)))
                        .map(operation -> new AclBinding(
                                pattern,
                                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)))
                        .toList();
    }

    private static Map<String, String> security(String user) {
        return Map.of(
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config",
                        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user
                                + "\" password=\"" + password(user) + "\";");
    }

    private static String password(String user) {
        return user + "-secret";
    }
}
