package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.GeneratedFleet;
import dev.echelon.standalone.client.KubeHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.security.plain.PlainLoginModule;
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
    private static final String HUB_KEY = "canary-hub-key-6d4b2f8a1c3e5079";
    private static final String KAFKA_PASSWORD = "canary-kafka-password-7e5c1a3f9b2d4068";
    private static final String STORE_PASSWORD = "canary-store-password-3d5f7b9a1c2e4860";
    private static final String KAFKA_KEY = "canary-kafka-key-8b6d4f2a1e3c5079";
    private static final String COLLECTOR_TOKEN = "canary-collector-token-4f2d6b8a9c1e3570";
    private static final String PULL_SECRET = "canary-pull-secret-1f9e5b7d3c2a6048";

    @TempDir
    private Path folder;

    private final StringBuilder answers = new StringBuilder();
    private final Map<String, String> planted = new LinkedHashMap<>(Map.ofEntries(
            Map.entry("the hub's token", HUB_TOKEN),
            Map.entry("the key for the hub", HUB_KEY),
            Map.entry("the key for the hub in base64", base64(HUB_KEY)),
            Map.entry("the API's token", API_TOKEN),
            Map.entry("a token that was sent", SENT_TOKEN),
            Map.entry("Kafka's password", KAFKA_PASSWORD),
            Map.entry("the password of a key store", STORE_PASSWORD),
            Map.entry("the key for Kafka", KAFKA_KEY),
            Map.entry("the collector's token", COLLECTOR_TOKEN),
            Map.entry("a pull secret", PULL_SECRET),
            Map.entry("a pull secret in base64", base64(PULL_SECRET))));
    private volatile Optional<String> sentToCollector = Optional.empty();

    @Test
    void noSecretIsInLogsRecordsEventsOrAnswersWhetherOrNotItIsGoodForAnything() throws Exception {
        Path data = folder.resolve("data");
        Files.writeString(Files.createDirectories(data.resolve("api")).resolve("token"), API_TOKEN + "\n");
        HttpServer collector = refusingCollector();
        EmbeddedKafka kafka = broker(0, KAFKA_PASSWORD);
        Simulator simulator = Simulator.start(FLEET.scenario(POLICIES), HubTarget.own());
        boolean gone = false;
        try (EchelonProcess echelon = EchelonProcess.start(
                data,
                Map.of("SMALLRYE_CONFIG_LOCATIONS", secrets(kafka, collector).toUri().toString()),
                "--hub-kubeconfig",
                kubeconfig(simulator).toString())) {
            planted.put("the TLS key", tlsKey(data));
            rollOut(simulator, echelon);
            provoke(echelon);
            await("traces, which are refused").atMost(Duration.ofSeconds(30)).until(sentToCollector::isPresent);
            assertThat(sentToCollector).contains("Bearer " + COLLECTOR_TOKEN);
            List<String> records = records(kafka.bootstrapServers());
            assertThat(records).as("what is there is found").anyMatch(record -> record.contains("local-admin"));
            String hub = eventsAndUpgrades(simulator);
            assertThat(hub).as("the hub was told").contains("CguSuccess");

            // From now on, nothing that the services have is good any more.
            kafka.close();
            kafka = broker(kafka.port(), "another one");
            simulator.close();
            gone = true;
            await("the services to notice").atMost(Duration.ofSeconds(90)).untilAsserted(() -> assertThat(
                    ask(echelon, "GET", "/q/health", "")).contains("\"hub\"", "Authentication failed"));
            askForHealth(echelon);

            String output = Files.readString(folder.resolve("data.out"));
            String log = Files.readString(data.resolve("echelon.log"));
            assertThat(log).contains("SaslAuthenticationException");
            planted.forEach((name, secret) -> {
                assertThat(records).as(name + " in Kafka").noneMatch(record -> record.contains(secret));
                assertThat(hub).as(name + " on the hub").doesNotContain(secret);
                assertThat(output).as(name + " in the output").doesNotContain(secret);
                assertThat(log).as(name + " in the log").doesNotContain(secret);
                assertThat(answers).as(name + " in an answer").doesNotContain(secret);
            });
        } finally {
            if (!gone) {
                simulator.close();
            }
            kafka.close();
            collector.stop(0);
        }
    }

    private EmbeddedKafka broker(int port, String password) {
        return EmbeddedKafka.builder()
                .directory(folder.resolve("kafka"))
                .port(port)
                .users(Map.of(EmbeddedKafka.ADMINISTRATOR, password))
                .start();
    }

    /** Takes no traces, and says what it was sent. */
    private HttpServer refusingCollector() throws IOException {
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            sentToCollector = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(401, -1);
            exchange.close();
        });
        collector.start();
        return collector;
    }

    /** Secrets come from a file, as from a mounted Secret. */
    private Path secrets(EmbeddedKafka kafka, HttpServer collector) throws IOException {
        return Files.writeString(folder.resolve("secrets.properties"), """
                # Wins over what the process says of its own broker.
                config_ordinal=500
                echelon.kafka.bootstrap-servers=%s
                echelon.kafka.client."security.protocol"=SASL_PLAINTEXT
                echelon.kafka.client."sasl.mechanism"=PLAIN
                echelon.kafka.client."sasl.jaas.config"=%s required username="%s" password="%s";
                echelon.kafka.client."ssl.keystore.password"=%s
                echelon.kafka.client."ssl.key.password"=%s
                echelon.kafka.client."ssl.truststore.password"=%s
                echelon.kafka.client."ssl.keystore.key"=%s
                quarkus.otel.sdk.disabled=false
                quarkus.otel.exporter.otlp.endpoint=http://127.0.0.1:%d
                quarkus.otel.exporter.otlp.protocol=http/protobuf
                quarkus.otel.exporter.otlp.headers=Authorization=Bearer %s
                quarkus.otel.bsp.schedule.delay=200ms
                # Kafka's clients tell at this level what they were configured with.
                quarkus.log.category."org.apache.kafka".level=INFO
                """.formatted(
                kafka.bootstrapServers(), PlainLoginModule.class.getName(), EmbeddedKafka.ADMINISTRATOR, KAFKA_PASSWORD,
                STORE_PASSWORD, STORE_PASSWORD, STORE_PASSWORD, KAFKA_KEY,
                collector.getAddress().getPort(), COLLECTOR_TOKEN));
    }

    /** What the hub shows of the rollouts. */
    private static String eventsAndUpgrades(Simulator simulator) throws Exception {
        KubeHttp hub = new KubeHttp(URI.create(simulator.hubUrl()));
        return hub.get("/apis/events.k8s.io/v1/events").toString()
                + hub.get("/apis/ran.openshift.io/v1alpha1/clustergroupupgrades");
    }

    private Path kubeconfig(Simulator simulator) throws IOException {
        return Files.writeString(folder.resolve("hub.kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: hub, cluster: {server: "%s"}}]
                users: [{name: me, user: {token: %s, client-key-data: %s}}]
                contexts: [{name: hub, context: {cluster: hub, user: me}}]
                current-context: hub
                """.formatted(simulator.hubUrl(), HUB_TOKEN, base64(HUB_KEY)));
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
        askForHealth(echelon);
        assertThat(answers.toString()).contains("Unauthorized", "not found", "Failure");
    }

    private void askForHealth(EchelonProcess echelon) throws Exception {
        for (String path : List.of("/q/metrics", "/q/health/live", "/q/health/ready", "/q/health/started")) {
            ask(echelon, "GET", path, "");
        }
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
        Map<String, Object> client = Map.of(
                "bootstrap.servers", bootstrapServers,
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", "%s required username=\"%s\" password=\"%s\";".formatted(
                        PlainLoginModule.class.getName(), EmbeddedKafka.ADMINISTRATOR, KAFKA_PASSWORD));
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, bytes, bytes)) {
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
