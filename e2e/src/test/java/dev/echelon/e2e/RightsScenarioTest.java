package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.hubfixture.RealHub;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.ScenarioReader;
import dev.echelon.standalone.client.KubeHttp;
import dev.echelon.standalone.demo.Walkthrough;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each service under the account, and with exactly the rights, that the manifests give it, on a hub and a broker that
 * enforce them: the rights suffice, and they are no more than that.
 */
@FirstLane
class RightsScenarioTest {

    private static final List<String> SERVICES =
            List.of("cgu-api", "compliance-watcher", "scheduler", "spoke-executor");
    private static final Path MANIFESTS = Path.of("..", "deploy", "kustomize", "base");

    @TempDir
    private Path folder;

    private RealHub hub;

    @BeforeEach
    void startHub() throws Exception {
        RealHub.missing().ifPresent(reason -> System.out.println("skipped: " + reason));
        assumeTrue(RealHub.missing().isEmpty(), () -> RealHub.missing().orElseThrow());
        assumeTrue(System.getenv("HUB_KUBECONFIG") == null, "a given hub does not know the services' tokens");
        hub = RealHub.start(
                        Files.createDirectory(folder.resolve("hub")),
                        SERVICES.stream().map(RightsScenarioTest::account).toArray(String[]::new))
                .withHubCrds()
                .withEchelonCrds();
        for (String service : SERVICES) {
            Path manifest = MANIFESTS.resolve(service + ".yaml");
            for (HasMetadata object : hub.client().load(Files.newInputStream(manifest)).items()) {
                if (object.getApiVersion().startsWith("rbac.authorization.k8s.io/")) {
                    hub.client().resource(object).create();
                }
            }
        }
    }

    @AfterEach
    void stopHub() {
        if (hub != null) {
            hub.close();
        }
    }

    @Test
    void theWalkthroughComesTrueWithTheRightsThatShip() throws Exception {
        Map<String, ServiceProcess> services = new TreeMap<>();
        try (EmbeddedKafka kafka = EmbeddedKafka.builder()
                        .directory(folder.resolve("kafka"))
                        .users(KafkaRights.passwords(SERVICES))
                        .start();
                Simulator simulator = Simulator.start(
                        ScenarioReader.shipped("walkthrough").atSpeed(10), HubTarget.at(hub.kubeconfig()))) {
            KafkaRights.apply(kafka.bootstrapServers(), MANIFESTS);
            try {
                for (String service : SERVICES) {
                    services.put(service, ServiceProcess.start(service, folder, environment(service, kafka)));
                }
                walk(services, simulator, kafka);
                for (ServiceProcess service : services.values()) {
                    assertThat(service.output()).doesNotContainIgnoringCase("forbidden")
                            .doesNotContain(" 403").doesNotContain("AuthorizationException");
                }
            } catch (Exception e) {
                throw new AssertionError(e.getMessage() + logs(services), e);
            } finally {
                // Before the broker goes, which they would wait for.
                for (ServiceProcess service : services.values()) {
                    service.close();
                }
            }
        }
    }

    private Map<String, String> environment(String service, EmbeddedKafka kafka) throws Exception {
        Map<String, String> environment = new HashMap<>(KafkaRights.environment(service));
        environment.put("ECHELON_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("ECHELON_DATA_DIR", folder.resolve("data").toString());
        environment.put("ECHELON_LEADER_ELECTION_NAMESPACE", "echelon");
        environment.put("KUBECONFIG", kubeconfig(service).toString());
        // The reviews of token and rights are the deployment's; TLS would only be one more certificate to make.
        environment.put("ECHELON_API_AUTH_PLAIN_HTTP", "allow");
        environment.put("PRECACHE_IMG", "registry.example.com/pre-cache:test");
        environment.put("RECOVERY_IMG", "registry.example.com/recovery:test");
        return environment;
    }

    private void walk(Map<String, ServiceProcess> services, Simulator simulator, EmbeddedKafka kafka) throws Exception {
        services.values().forEach(ServiceProcess::awaitReady);
        Map<String, KubeHttp> spokes = new TreeMap<>();
        for (String spoke : new String[] {"sno1", "sno2"}) {
            spokes.put(spoke, new KubeHttp(URI.create(simulator.spokeUrl(spoke))));
        }
        new Walkthrough(
                        new PrintStream(Files.newOutputStream(folder.resolve("walkthrough.txt")), true),
                        false,
                        KubeHttp.withToken(services.get("cgu-api").url(), HubAccess.administratorsToken(hub)),
                        HubAccess.asAdministrator(hub),
                        spokes,
                        KafkaRights.client(kafka.bootstrapServers(), EmbeddedKafka.ADMINISTRATOR),
                        Duration.ofSeconds(120))
                .run();
    }

    private static String logs(Map<String, ServiceProcess> services) throws IOException {
        StringBuilder logs = new StringBuilder();
        for (Map.Entry<String, ServiceProcess> service : services.entrySet()) {
            String output = service.getValue().output();
            logs.append("\n--- ").append(service.getKey()).append('\n')
                    .append(output.substring(Math.max(0, output.length() - 4000)));
        }
        return logs.toString();
    }

    @Test
    void whatIsNotAServicesMatterIsForbidden() {
        hub.apply("""
                apiVersion: cluster.open-cluster-management.io/v1
                kind: ManagedCluster
                metadata: {name: sno1}
                spec: {hubAcceptsClient: true}
                """);
        GenericKubernetesResource placement = read("""
                apiVersion: cluster.open-cluster-management.io/v1beta1
                kind: Placement
                metadata: {name: p, namespace: default}
                spec: {}
                """);
        GenericKubernetesResource upgrade = read("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: u, namespace: default}
                spec: {remediationStrategy: {maxConcurrency: 1}}
                """);
        GenericKubernetesResource cluster = read("""
                apiVersion: cluster.open-cluster-management.io/v1
                kind: ManagedCluster
                metadata: {name: sno1}
                """);

        as("cgu-api", client -> assertForbidden(() -> client.resource(placement).create()));
        as("cgu-api", client -> assertForbidden(() -> client.resource(cluster).edit(RightsScenarioTest::labelled)));
        as("cgu-api", client -> assertThat(client.resource(upgrade).create()).isNotNull());
        as("compliance-watcher", client -> assertThat(client.resource(cluster).get()).isNotNull());
        as("compliance-watcher", client -> assertForbidden(() -> client.resource(placement).create()));
        as("compliance-watcher", client -> assertForbidden(() -> client.resource(upgrade).delete()));
        as("scheduler", client -> assertForbidden(() -> client.resource(cluster).get()));
        as("spoke-executor", client -> assertThat(client.resource(placement).create()).isNotNull());
        as("spoke-executor", client -> assertForbidden(() -> client.resource(upgrade).delete()));
        as("spoke-executor", client -> assertForbidden(() -> client.resource(cluster).delete()));
        for (String service : SERVICES) {
            as(service, client -> assertForbidden(
                    () -> client.resources(Secret.class).inNamespace("default").list()));
        }
    }

    private interface Use {
        void with(KubernetesClient client);
    }

    private void as(String service, Use use) {
        Config config = Config.fromKubeconfig(hub.kubeconfig().toFile());
        Config own = new ConfigBuilder(config)
                .withAutoOAuthToken(account(service) + "-token")
                .withOauthToken(account(service) + "-token")
                .withClientCertData(null)
                .withClientKeyData(null)
                .withRequestRetryBackoffLimit(0)
                .build();
        try (KubernetesClient client = new KubernetesClientBuilder().withConfig(own).build()) {
            use.with(client);
        }
    }

    private static void assertForbidden(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KubernetesClientException.class, refused ->
                assertThat(refused.getCode()).isEqualTo(403));
    }

    private static GenericKubernetesResource labelled(GenericKubernetesResource cluster) {
        cluster.getMetadata().setLabels(Map.of("a", "b"));
        return cluster;
    }

    private static GenericKubernetesResource read(String yaml) {
        return Serialization.unmarshal(yaml, GenericKubernetesResource.class);
    }

    private static String account(String service) {
        return "system:serviceaccount:echelon:" + service;
    }

    /** The administrator's kubeconfig with the service's token in place of the administrator's. */
    private Path kubeconfig(String service) throws Exception {
        @SuppressWarnings("unchecked")
        Map<String, Object> config = Serialization.unmarshal(Files.readString(hub.kubeconfig()), Map.class);
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> users = (List<Map<String, Object>>) config.get("users");
        users.forEach(user -> user.put("user", Map.of("token", account(service) + "-token")));
        Path file = folder.resolve(service + ".kubeconfig");
        Files.writeString(file, Serialization.asYaml(config));
        return file;
    }
}
