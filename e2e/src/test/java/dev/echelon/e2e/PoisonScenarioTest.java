package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.GeneratedFleet;
import dev.echelon.standalone.client.KubeHttp;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record that is no record, on every topic: it goes to dead letters with the reason, and a rollout runs as ever. */
@FirstLane
class PoisonScenarioTest {

    private static final GeneratedFleet FLEET = new GeneratedFleet("fleet", 4);
    private static final List<String> POLICIES = FLEET.policies("policy", 1);
    private static final CguId CGU = new CguId("fleet", "after-poison");
    private static final String CGUS = "/apis/ran.openshift.io/v1alpha1/namespaces/fleet/clustergroupupgrades";

    @TempDir
    private Path folder;

    @Test
    void poisonOnEveryTopicGoesToDeadLettersAndTheStreamGoesOn() throws Exception {
        try (Simulator simulator = Simulator.start(FLEET.scenario(POLICIES), HubTarget.own())) {
            Path kubeconfig = folder.resolve("hub.kubeconfig");
            simulator.writeKubeconfig(kubeconfig);
            try (EchelonProcess echelon = EchelonProcess.start(
                    folder.resolve("data"), Map.of(), "--hub-kubeconfig", kubeconfig.toString())) {
                Set<Topic> poisoned = EnumSet.complementOf(EnumSet.of(Topic.DEAD_LETTERS));
                poison(echelon.bootstrapServers(), poisoned);

                Map<String, String> reasons = new HashMap<>();
                await("a dead letter for each of " + poisoned)
                        .atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> {
                            reasons.putAll(deadLetters(echelon.bootstrapServers()));
                            assertThat(reasons.keySet()).containsAll(
                                    poisoned.stream().map(topic -> topic.topicName(Topic.DEFAULT_PREFIX)).toList());
                        });
                assertThat(reasons.values()).allSatisfy(reason -> assertThat(reason).isNotBlank());

                KubeHttp api = echelon.client();
                KubeHttp hub = new KubeHttp(URI.create(simulator.hubUrl()));
                await("the hub to have evaluated the policy").atMost(Duration.ofSeconds(60)).until(() -> hub.get(
                                "/apis/policy.open-cluster-management.io/v1/namespaces/fleet/policies/policy-1")
                        .path("status").path("status").size() == 4);
                api.create(CGUS, FLEET.cgu(CGU.name(), POLICIES, 2));
                await("the rollout to complete after all").atMost(Duration.ofSeconds(60)).until(() -> {
                    JsonNode conditions = api.get(CGUS + "/" + CGU.name()).path("status").path("conditions");
                    return conditions.path(conditions.size() - 1).path("reason").asText().equals("Completed");
                });
            }
        }
    }

    private static void poison(String bootstrapServers, Set<Topic> topics) {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringSerializer(), new ByteArraySerializer())) {
            for (Topic topic : topics) {
                producer.send(new ProducerRecord<>(
                        topic.topicName(Topic.DEFAULT_PREFIX),
                        "nobody|fleet/poison",
                        "{\"this is\": no record".getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    /** The reason of a dead letter, by the topic it came from. */
    private static Map<String, String> deadLetters(String bootstrapServers) {
        Map<String, String> reasons = new HashMap<>();
        WholeTopic.read(bootstrapServers, Topic.DEAD_LETTERS, record -> {
            JsonNode letter = Json.read(record.value(), JsonNode.class);
            reasons.put(letter.path("topic").asText(), letter.path("reason").asText());
        });
        return reasons;
    }
}
