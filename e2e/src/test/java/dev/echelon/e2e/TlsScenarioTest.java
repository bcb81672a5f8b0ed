package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditType;
import dev.echelon.contract.kafka.DeadLetter;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.RecordPublisher;
import dev.echelon.contract.kafka.Topics;
import dev.echelon.e2e.Authority.Issued;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.hubfixture.FreePort;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.GeneratedFleet;
import dev.echelon.standalone.client.KubeHttp;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The services as the manifests deploy them, with certificates from mounted Secrets: to Kafka by mutual TLS, under the
 * ACLs of the KafkaUsers, and the API under one of its own. The broker's and the users' authorities are two, as Strimzi
 * has them.
 */
@TestInstance(Lifecycle.PER_CLASS)
class TlsScenarioTest {

    private static final List<String> SERVICES =
            List.of("cgu-api", "compliance-watcher", "scheduler", "spoke-executor");
    private static final GeneratedFleet FLEET = new GeneratedFleet("fleet", 4);
    private static final List<String> POLICIES = FLEET.policies("policy", 1);
    private static final CguId CGU = new CguId("fleet", "over-tls");
    private static final String CGUS = "/apis/ran.openshift.io/v1alpha1/namespaces/fleet/clustergroupupgrades";
    /** As it is in the certificate that OpenShift makes for the Service. */
    private static final String API = "cgu-api.echelon.svc";
    private static final String PASSWORD = "kZ3canaryQ9pL";

    private Path folder;
    private final Map<String, ServiceProcess> services = new ConcurrentHashMap<>();
    private final Map<String, Pod> pods = new HashMap<>();
    private final Map<String, Map<String, byte[]>> secrets = new HashMap<>();
    private final Map<String, String> addresses = new HashMap<>();
    private final Map<String, String> administrator = new HashMap<>();
    private List<AclBinding> rights;
    private Authority users;
    private Authority serving;
    private EmbeddedKafka kafka;
    private Simulator simulator;
    private int apiPort;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        folder = directory;
        Authority brokers = Authority.make(folder, "cluster-ca");
        users = Authority.make(folder, "clients-ca");
        serving = Authority.make(folder, "serving-ca");
        startKafka(brokers);
        secrets.put("echelon-cluster-ca-cert", Map.of("ca.crt", bytes(brokers.pem())));
        for (String service : SERVICES) {
            secrets.put(service, user(users.issue(service), PASSWORD));
        }
        secrets.put("cgu-api-tls", servingCertificate());
        addresses.put("echelon-kafka-bootstrap:9093", kafka.bootstrapServers());

        simulator = Simulator.start(FLEET.scenario(POLICIES), HubTarget.own());
        simulator.writeKubeconfig(folder.resolve("hub.kubeconfig"));
        apiPort = FreePort.take();
        for (String service : SERVICES) {
            Pod pod = new Pod(Files.createDirectory(folder.resolve(service)), secrets, addresses);
            Map<String, String> own = environment();
            pods.put(service, pod);
            if (service.equals("cgu-api")) {
                own.put("QUARKUS_HTTP_SSL_PORT", String.valueOf(apiPort));
                // The least that Quarkus takes, for the hour of the manifest.
                own.put("QUARKUS_HTTP_SSL_CERTIFICATE_RELOAD_PERIOD", "30s");
            }
            services.put(service, pod.start(service, own));
        }
        services.values().forEach(ServiceProcess::awaitReady);
    }

    private void startKafka(Authority brokers) throws Exception {
        Issued broker = brokers.issue(EmbeddedKafka.ADMINISTRATOR, "SubjectAlternativeName=ip:127.0.0.1");
        Path certificate = folder.resolve("broker.pem");
        Files.writeString(certificate, broker.keyPem() + broker.certificatePem());
        Path authorities = folder.resolve("authorities.pem");
        Files.writeString(authorities, users.pem() + brokers.pem());
        kafka = EmbeddedKafka.builder()
                .directory(folder.resolve("kafka"))
                .certificates(certificate, authorities)
                .setting("authorizer.class.name", RememberingAuthorizer.class.getName())
                .start();
        administrator.putAll(Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "security.protocol", "SSL",
                "ssl.keystore.type", "PEM",
                "ssl.keystore.location", certificate.toString(),
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", authorities.toString()));
        rights = KafkaRights.bindings(Pod.MANIFESTS, "User:CN=");
        KafkaRights.apply(kafka.bootstrapServers(), administrator, rights);
    }

    @AfterAll
    void stop() throws Exception {
        // The services first, which would wait for a broker.
        for (ServiceProcess service : services.values()) {
            service.close();
        }
        if (simulator != null) {
            simulator.close();
        }
        if (kafka != null) {
            kafka.close();
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aRolloutCompletesWithTheCertificatesAndTheRightsThatShipAndNeedsThemAll() throws Exception {
        poison();
        KubeHttp hub = new KubeHttp(URI.create(simulator.hubUrl()));
        await("the hub to have evaluated the policy").atMost(Duration.ofSeconds(60)).until(() -> hub.get(
                        "/apis/policy.open-cluster-management.io/v1/namespaces/fleet/policies/policy-1")
                .path("status").path("status").size() == FLEET.clusters());
        hub.create(CGUS, FLEET.cgu(CGU.name(), POLICIES, 2));
        await("the rollout to end").atMost(Duration.ofSeconds(120)).until(() ->
                hub.get(CGUS + "/" + CGU.name()).path("status").path("status").has("completedAt"));

        UnbrokenRollout expected = new UnbrokenRollout(FLEET.clusters(), 2);
        expected.assertEndedWell(hub.get(CGUS + "/" + CGU.name()));
        // What came from the hub is handed in again when the scheduler takes its time, under the same id.
        expected.assertStory(AuditLog.of(administrator, CGU).stream()
                .filter(event -> event.auditType() != AuditType.SUBMITTED)
                .toList());
        await("a dead letter from each service").atMost(Duration.ofSeconds(60)).untilAsserted(() ->
                assertThat(deadLettersFrom()).containsExactlyInAnyOrderElementsOf(SERVICES));
        for (ServiceProcess service : services.values()) {
            assertThat(service.output())
                    .doesNotContain("AuthorizationException").doesNotContainIgnoringCase("not authorized");
            assertThat(service.output() + service.get("/q/health").body() + service.get("/q/metrics").body())
                    .doesNotContain(PASSWORD);
        }
        // What it has reported before is read when it takes its share up.
        services.get("spoke-executor").close();
        services.put("spoke-executor", pods.get("spoke-executor").start("spoke-executor", environment()));
        await("each right that is given to be used").atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            Set<RememberingAuthorizer.Used> used = RememberingAuthorizer.used();
            assertThat(rights).allMatch(right -> used.stream().anyMatch(each -> each.is(right)));
        });
    }

    /** What is no record is written off to the dead letters, for which each service needs a right, too. */
    private void poison() {
        KafkaSettings settings =
                new KafkaSettings(kafka.bootstrapServers(), Topic.DEFAULT_PREFIX, 1, administrator);
        try (RecordPublisher publisher = new RecordPublisher(settings, "poison")) {
            for (Topic topic : List.of(Topic.CGUS, Topic.COMMANDS, Topic.INTENTS)) {
                publisher.publish(topic, "nobody|fleet/poison", bytes("{\"this is\": no record"));
            }
            publisher.flush();
        }
    }

    private Set<String> deadLettersFrom() {
        Set<String> from = new HashSet<>();
        WholeTopic.read(administrator, Topic.DEAD_LETTERS, record ->
                from.add(Json.read(record.value(), DeadLetter.class).service()));
        return from;
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aServiceWithoutACertificateOrWithAnotherOnesSaysWhyItIsNotReady() throws Exception {
        Map<String, String> withoutCertificate = new HashMap<>(addresses);
        withoutCertificate.put("echelon.kafka.client.\"ssl.keystore.", "# ");
        Map<String, Map<String, byte[]>> anotherOnes = new HashMap<>(secrets);
        anotherOnes.put("cgu-api", secrets.get("spoke-executor"));
        try (ServiceProcess watcher = refused("compliance-watcher", secrets, withoutCertificate);
                ServiceProcess api = refused("cgu-api", anotherOnes, addresses)) {
            assertRefused(watcher, "do not accept each other's credentials (echelon.kafka.client)",
                    "certificate_required");
            assertRefused(api, "does not let the user of this service's credentials (echelon.kafka.client) use topic",
                    "authorization failed");
        }
    }

    private ServiceProcess refused(
            String service, Map<String, Map<String, byte[]>> itsSecrets, Map<String, String> itsAddresses)
            throws Exception {
        Path root = Files.createDirectory(folder.resolve("refused-" + service));
        Map<String, String> own = environment();
        own.put("QUARKUS_HTTP_SSL_PORT", String.valueOf(FreePort.take()));
        // Those that are well lead.
        own.put("ECHELON_LEADER_ELECTION_NAME_PREFIX", "refused-");
        return new Pod(root, itsSecrets, itsAddresses).start(service, own);
    }

    private static void assertRefused(ServiceProcess service, String... reasons) {
        await(reasons[0]).atMost(Duration.ofSeconds(120)).ignoreExceptions().untilAsserted(() -> {
            var answer = service.get("/q/health/ready");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains(reasons).doesNotContain(PASSWORD);
            assertThat(service.output()).contains(reasons).doesNotContain(PASSWORD);
        });
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aCertificateIsGoodForItsServiceOnly() throws Exception {
        assertThatThrownBy(() -> Topics.ensure(settings(user(serving.issue("scheduler"), PASSWORD), PASSWORD)))
                .as("of an authority that the broker does not know")
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("do not accept each other's credentials");
        assertThatThrownBy(() -> Topics.ensure(settings(secrets.get("scheduler"), PASSWORD + "-wrong")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("keystore password was incorrect")
                .hasMessageNotContaining(PASSWORD);
        for (String service : List.of("cgu-api", "compliance-watcher", "spoke-executor")) {
            try (RecordPublisher publisher = new RecordPublisher(settings(secrets.get(service), PASSWORD), service)) {
                assertThat(publisher.publish(Topic.INTENTS, "nobody|fleet/nothing", bytes("{}")).toCompletableFuture())
                        .as("%s tells the executor what to do", service)
                        .failsWithin(Duration.ofSeconds(30))
                        .withThrowableThat()
                        .withCauseInstanceOf(TopicAuthorizationException.class);
            }
        }
    }

    private KafkaSettings settings(Map<String, byte[]> secret, String password) throws Exception {
        Path store = Files.write(Files.createTempFile(folder, "user", ".p12"), secret.get("user.p12"));
        Map<String, String> client = new HashMap<>(administrator);
        client.putAll(Map.of(
                "ssl.keystore.type", "PKCS12",
                "ssl.keystore.location", store.toString(),
                "ssl.keystore.password", password));
        return new KafkaSettings(kafka.bootstrapServers(), Topic.DEFAULT_PREFIX, 1, client);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void theApiServesOverTlsOnlyAndTakesUpACertificateThatWasRenewed() throws Exception {
        X509Certificate first = certificateInHandshake();
        assertThat(first).isEqualTo(Authority.certificate(secrets.get("cgu-api-tls").get("tls.crt")));
        assertThat(overTls("GET " + CGUS + " HTTP/1.0")).as("asks for a token").startsWith("HTTP/1.0 401");
        ServiceProcess service = services.get("cgu-api");
        assertThat(service.get(CGUS).statusCode()).isEqualTo(403);
        assertThat(service.get(CGUS).body()).contains("over TLS only");
        assertThat(service.get("/q/health/live").statusCode()).as("for the kubelet").isEqualTo(200);

        Map<String, byte[]> renewed = servingCertificate();
        Pod.mount(pods.get("cgu-api").path("/etc/echelon/tls"), renewed);

        // A connection that is opened just when the certificates are exchanged is closed, and opened again.
        await("the new certificate").atMost(Duration.ofSeconds(120)).ignoreExceptionsInstanceOf(SSLException.class)
                .until(() -> certificateInHandshake().equals(Authority.certificate(renewed.get("tls.crt"))));
        assertThat(overTls("GET " + CGUS + " HTTP/1.0")).startsWith("HTTP/1.0 401");
    }

    private Map<String, byte[]> servingCertificate() throws Exception {
        Issued issued = serving.issue(API, "SubjectAlternativeName=dns:" + API, "ExtendedKeyUsage=serverAuth");
        return Map.of("tls.crt", bytes(issued.certificatePem()), "tls.key", bytes(issued.keyPem()));
    }

    private X509Certificate certificateInHandshake() throws Exception {
        try (SSLSocket socket = connect()) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    /** The first line of the answer. */
    private String overTls(String request) throws Exception {
        try (SSLSocket socket = connect()) {
            socket.getOutputStream().write(bytes(request + "\r\nHost: " + API + "\r\n\r\n"));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1).lines()
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** As whoever trusts the authority, and only under the name of the Service. */
    private SSLSocket connect() throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("serving-ca", serving.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) tls.getSocketFactory()
                .createSocket(new Socket("127.0.0.1", apiPort), API, apiPort, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(10_000);
        socket.startHandshake();
        return socket;
    }

    private Map<String, String> environment() {
        return new HashMap<>(Map.of(
                "KUBECONFIG", folder.resolve("hub.kubeconfig").toString(),
                "ECHELON_LEADER_ELECTION_NAMESPACE", "default"));
    }

    private static Map<String, byte[]> user(Issued issued, String password) throws Exception {
        return Map.of("user.p12", issued.pkcs12("user", password), "user.password", bytes(password));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
