package dev.echelon.contract.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.echelon.contract.Topic;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsIT extends BrokerOfAClass {

    @Test
    void theWholeCatalogueIsMadeAsItIsWritten() throws Exception {
        Topics.ensure(settings);

        try (var admin = admin()) {
            for (var topic : Topic.values()) {
                var name = settings.topicName(topic);
                assertThat(admin.describeTopics(Set.of(name)).topicNameValues().get(name).get().partitions())
                        .as(name).hasSize(topic.partitions());
                var resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
                var config = admin.describeConfigs(Set.of(resource)).values().get(resource).get();
                topic.config().forEach((key, value) ->
                        assertThat(config.get(key).value()).as(name + " " + key).isEqualTo(value));
            }
        }
    }

    @Test
    void manyProcessesMayMakeThemAtTheSameTimeAndAgain() throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int each = 0; each < 8; each++) {
                all.add(executor.submit(() -> Topics.ensure(settings)));
            }
            for (var each : all) {
                each.get();
            }
        }
        Topics.ensure(settings);

        try (var admin = admin()) {
            assertThat(admin.listTopics().names().get())
                    .filteredOn(name -> name.startsWith(settings.prefix()))
                    .hasSize(Topic.values().length);
        }
    }

    @Test
    void aTopicWithAnotherNumberOfPartitionsIsRefusedAndLeftAlone() throws Exception {
        var name = settings.topicName(Topic.COMMANDS);
        try (var admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, 3, (short) 1))).all().get();

            assertThatThrownBy(() -> Topics.ensure(settings))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("topic " + name + " has 3 partitions, expected 12; records are already placed by that"
                            + " number, so it cannot be changed in place: use another topic prefix, or delete the topic"
                            + " if it holds nothing");
            assertThat(admin.describeTopics(Set.of(name)).topicNameValues().get(name).get().partitions()).hasSize(3);
        }
    }

    @Test
    void aRefusalOfTheBrokerIsToldWithTheTopic() {
        var threeReplicas = new KafkaSettings(kafka.bootstrapServers(), settings.prefix(), 3, Map.of());

        assertThatThrownBy(() -> Topics.ensure(threeReplicas, Set.of(Topic.AUDIT), Duration.ofSeconds(10)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("refused to make topic " + settings.topicName(Topic.AUDIT))
                .hasMessageContaining("eplication factor");
    }

    @Test
    void aBrokerThatIsNotThereIsNamedAfterThePatienceIsOver() throws Exception {
        int closedPort;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closedPort = socket.getLocalPort();
        }
        var absent = new KafkaSettings("127.0.0.1:" + closedPort, settings.prefix(), 1,
                Map.of("default.api.timeout.ms", "500", "request.timeout.ms", "500"));

        assertThatThrownBy(() -> Topics.ensure(absent, Set.of(Topic.AUDIT), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("Kafka at 127.0.0.1:" + closedPort + " does not have "
                        + settings.topicName(Topic.AUDIT) + " after 1 s; check that it runs and can be reached: ");
    }

    @Test
    void whoeverIsNotLetInIsToldSoAndHisPasswordIsNotTold(@TempDir Path directory) {
        try (var guarded = EmbeddedKafka.builder()
                .directory(directory)
                .users(Map.of(EmbeddedKafka.ADMINISTRATOR, "the-right-password"))
                .start()) {
            var wrong = new KafkaSettings(guarded.bootstrapServers(), settings.prefix(), 1, Map.of(
                    "security.protocol", "SASL_PLAINTEXT",
                    "sasl.mechanism", "PLAIN",
                    "sasl.jaas.config", PlainLoginModule.class.getName() + " required username=\""
                            + EmbeddedKafka.ADMINISTRATOR + "\" password=\"the-wrong-password\";"));

            assertThatThrownBy(() -> Topics.ensure(wrong, Set.of(Topic.AUDIT), Duration.ofSeconds(10)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("Kafka at " + guarded.bootstrapServers() + " and this service do not accept"
                            + " each other's credentials (echelon.kafka.client): Authentication failed")
                    .hasMessageNotContaining("-password");
        }
    }

    @Test
    void aKeyStoreThatIsNotThereIsNamedAtOnce() {
        var broken = new KafkaSettings(kafka.bootstrapServers(), settings.prefix(), 1, Map.of(
                "security.protocol", "SSL",
                "ssl.keystore.type", "PKCS12",
                "ssl.keystore.location", "/nowhere/user.p12",
                "ssl.keystore.password", "not-to-be-told"));

        assertThatThrownBy(() -> Topics.ensure(broken, Set.of(Topic.AUDIT), Duration.ofSeconds(60)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/nowhere/user.p12")
                .hasMessageNotContaining("not-to-be-told");
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }
}
