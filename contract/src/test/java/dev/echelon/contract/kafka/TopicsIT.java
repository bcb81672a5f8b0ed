package dev.echelon.contract.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.echelon.contract.Topic;
import java.net.InetAddress;
import java.net.ServerSocket;
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
import org.junit.jupiter.api.Test;

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
                .hasMessage("Kafka at 127.0.0.1:" + closedPort + " does not have " + settings.topicName(Topic.AUDIT)
                        + " after 1 s; check that it runs and can be reached");
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }
}
