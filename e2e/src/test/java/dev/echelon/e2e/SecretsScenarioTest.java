package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.GeneratedFleet;
import dev.echelon.standalone.client.KubeHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets that an installation has or is sent are found in nothing that it tells: no log, no record, no answer. */
@SecondLane
class SecretsScenarioTest {

    private static final GeneratedFleet FLEET = new GeneratedFleet("fleet", 2);
    private static final List<String> POLICIES = FLEET.policies("policy", 1);
    private static final String CGUS = "/apis/ran.openshift.io/v1alpha1/namespaces/fleet/clustergroupupgrades";
    private static final String HUB_TOKEN = "canary-hub-token-2b1f7c3e9d5a4860";
    private static final String API_TOKEN = "canary-api-token-9a7d1c5e3b2f8640-long-enough";
    private static final String SENT_TOKEN = "canary-sent-token-5c3a9e7f1d2b4806";
    private static final String KAFKA_PASSWORD = "canary-kafka-password-7e5c1a3f9b2d4068";
    private static final String PULL_SECRET = "canary-pull-secret-1f9e5b7d3c2a6048";

    @TempDir
    private Path folder;

    private final StringBuilder answers = new StringBuilder();

    @Test
    void noSecretIsInLogsRecordsOrAnswers() throws Exception {
        Path data = folder.resolve("data");
        Files.writeString(Files.createDirectories(data.resolve("api")).resolve("token"), API_TOKEN + "\n");
        // Secrets come from a file, as from a mounted Secret. The broker of this process asks for no password.
        Path secrets = Files.writeString(folder.resolve("secrets.properties"), """
                echelon.kafka.client."sasl.jaas.config"=org.apache.kafka.common.security.plain.PlainLoginModule \
                required username="echelon" password="%s";
                echelon.kafka.client."ssl.key.password"=%s
                """.formatted(KAFKA_PASSWORD, KAFKA_PASSWORD));
        Map<String, String> planted = new LinkedHashMap<>();
        planted.put("the hub's token", HUB_TOKEN);
        planted.put("the API's token", API_TOKEN);
        planted.put("a token that was sent", SENT_TOKEN);
        planted.put("Kafka's password", KAFKA_PASSWORD);
        planted.put("a pull secret", PULL_SECRET);
        planted.put("a pull secret in base64", base64(PULL_SECRET));

        Simulator simulator = Simulator.start(FLEET.scenario(POLICIES), HubTarget.own());
        boolean gone = false;
        try (EchelonProcess echelon = EchelonProcess.start(
                data,
                Map.of("SMALLRYE_CONFIG_LOCATIONS", secrets.toUri().toString()),
                "--hub-kubeconfig",
                kubeconfig(simulator).toString())) {
            planted.put("the TLS key", tlsKey(data));
            rollOut(simulator, echelon);
            provoke(echelon);
            simulator.close();
            gone = true;
            await("the services to notice that the hub is gone").atMost(Duration.ofSeconds(60)).until(() -> ask(
                    echelon, "GET", "/q/health", "").contains("\"hub\""));
            List<String> records = records(echelon.bootstrapServers());
            String output = Files.readString(folder.resolve("data.out"));
            String log = Files.readString(data.resolve("echelon.log"));

            assertThat(records).as("what is there is found").anyMatch(record -> record.contains("local-admin"));
            assertThat(log).as("a hub that is gone leaves lines in the log").isNotBlank();
            planted.forEach((name, secret) -> {
                assertThat(records).as(name + " in Kafka").noneMatch(record -> record.contains(secret));
                assertThat(output).as(name + " in the output").doesNotContain(secret);
                assertThat(log).as(name + " in the log").doesNotContain(secret);
                assertThat(answers).as(name + " in an answer").doesNotContain(secret);
            });
        } finally {
            if (!gone) {
                simulator.close();
            }
        }
    }

    private Path kubeconfig(Simulator simulator) throws IOException {
        return Files.writeString(folder.resolve("hub.kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: hub, cluster: {server: "%s"}}]
                users: [{name: me, user: {token: %s}}]
                contexts: [{name: hub, context: {cluster: hub, user: me}}]
                current-context: hub
                """.formatted(simulator.hubUrl(), HUB_TOKEN));
    }

    /** A line from the middle of it. */
    private static String tlsKey(Path data) throws IOException {
        List<String> lines = Files.readAllLines(data.resolve("api/tls.key"));
        return lines.get(lines.size() / 2);
    }

    private void rollOut(Simulator simulator, EchelonProcess echelon) throws Exception {
        KubeHttp hub = new KubeHttp(URI.create(simulator.hubUrl()));
        KubeHttp api = echelon.client();
        hub.create("/api/v1/namespaces/fleet/secrets", """
                apiVersion: v1
                kind: Secret
                metadata: {name: pull-secret}
                type: kubernetes.io/dockerconfigjson
                data: {.dockerconfigjson: %s}
                """.formatted(base64(PULL_SECRET)));
        hub.create("/apis/ran.openshift.io/v1alpha1/namespaces/fleet/precachingconfigs", """
                apiVersion: ran.openshift.io/v1alpha1
                kind: PreCachingConfig
                metadata:
                  name: config
                  annotations: {example.com/pull-secret: "%s"}
                spec: {spaceRequired: 1 GiB}
                """.formatted(PULL_SECRET));
        await("the hub to have evaluated the policy").atMost(Duration.ofSeconds(60)).until(() -> hub.get(
                        "/apis/policy.open-cluster-management.io/v1/namespaces/fleet/policies/policy-1")
                .path("status").path("status").size() == 2);
        String precached = FLEET.cgu("precached", POLICIES, 2)
                .replace("spec:\n", "spec:\n  enable: false\n  preCaching: true\n"
                        + "  preCachingConfigRef: {name: config, namespace: fleet}\n");
        api.create(CGUS, precached);
        api.create(CGUS, FLEET.cgu("plain", POLICIES, 2));
        awaitCondition(api, "precached", "PrecacheSpecValid");
        awaitCondition(api, "plain", "Succeeded");
    }

    private static void awaitCondition(KubeHttp api, String name, String type) {
        await(name + " to be " + type).atMost(Duration.ofSeconds(90)).until(() -> {
            for (JsonNode condition : api.get(CGUS + "/" + name).path("status").path("conditions")) {
                if (condition.path("type").asText().equals(type)) {
                    return true;
                }
            }
            return false;
        });
    }

    /** Asks for all that goes wrong. */
    private void provoke(EchelonProcess echelon) throws Exception {
        for (String token : List.of(SENT_TOKEN, API_TOKEN)) {
            for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
                for (String path : List.of("/", "/apis", "/nothing", CGUS + "/none", CGUS, CGUS + "/plain/x",
                        CGUS + "/plain?access_token=x",
                        "/apis/ran.openshift.io/v1alpha1/clustergroupupgrades?watch=true&resourceVersion=x")) {
                    ask(echelon, method, path, token);
                }
            }
        }
        ask(echelon, "GET", "/q/metrics", "");
        assertThat(answers.toString()).contains("Unauthorized", "not found", "Failure");
    }

    private String ask(EchelonProcess echelon, String method, String path, String token) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(echelon.api().resolve(path))
                    .timeout(Duration.ofSeconds(30))
                    .header("Content-Type", "application/json")
                    .method(method, method.equals("GET")
                            ? BodyPublishers.noBody() : BodyPublishers.ofString("{\"kind\":1"));
            if (!token.isEmpty()) {
                request.header("Authorization", "Bearer " + token);
            }
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            String answer = response.statusCode() + " " + response.headers().map() + "\n" + response.body() + "\n";
            answers.append(answer);
            return answer;
        }
    }

    /** Every record of every topic, those of the streams' state included. */
    private static List<String> records(String bootstrapServers) {
        List<String> records = new ArrayList<>();
        var bytes = new ByteArrayDeserializer();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrapServers), bytes, bytes)) {
            List<TopicPartition> partitions = consumer.listTopics().values().stream()
                    .flatMap(List::stream)
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> records.add(text(record)));
            }
        }
        return records;
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        StringBuilder text = new StringBuilder(record.topic()).append(' ');
        record.headers().forEach(header -> text.append(latin(header.value())).append(' '));
        return text.append(latin(record.key())).append(' ').append(latin(record.value())).toString();
    }

    private static String latin(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
