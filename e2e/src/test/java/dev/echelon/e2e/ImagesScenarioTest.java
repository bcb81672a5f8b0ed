package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.echelon.standalone.client.KubeHttp;
import dev.echelon.standalone.demo.Walkthrough;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The walkthrough through the images, on a Kafka of its own image: {@code mvn verify -Pcontainers}. The
 * images are named by {@code ECHELON_PREFIX}, {@code ECHELON_TAG} and {@code KAFKA_IMAGE}, as in docker-compose.yml.
 */
@Tag("containers")
class ImagesScenarioTest {

    private static final List<String> SERVICES =
            List.of("cgu-api", "compliance-watcher", "scheduler", "spoke-executor");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int HUB = 6443;
    private static final int HTTP = 8080;

    @TempDir
    private Path folder;

    private Network network;
    private KafkaContainer kafka;
    private final Map<String, GenericContainer<?>> containers = new HashMap<>();

    @BeforeEach
    void start() {
        boolean engine = DockerClientFactory.instance().isDockerAvailable();
        if (!engine) {
            System.out.println("skipped: no container engine answers");
        }
        assumeTrue(engine, "no container engine answers");
        network = Network.newNetwork();
        kafka = new KafkaContainer(DockerImageName.parse(setting("KAFKA_IMAGE", "apache/kafka:4.1.1"))
                        .asCompatibleSubstituteFor("apache/kafka"))
                .withNetwork(network)
                .withListener("kafka:19092");
        kafka.start();
        run("simulator", "standalone", HUB)
                .withCommand("simulator", "--host", "0.0.0.0", "--port", String.valueOf(HUB), "--data", "/tmp/hub",
                        "--scenario", "walkthrough", "--speed", "10")
                .waitingFor(Wait.forHttp("/api/v1/namespaces/default").forPort(HUB).withStartupTimeout(PATIENCE))
                .start();
        for (String service : SERVICES) {
            run(service, service, HTTP)
                    .withEnv("ECHELON_KAFKA_BOOTSTRAP_SERVERS", "kafka:19092")
                    .withEnv("QUARKUS_KUBERNETES_CLIENT_API_SERVER_URL", "http://simulator:" + HUB)
                    .withEnv("ECHELON_API_AUTH_MODE", "none")
                    .withEnv("PRECACHE_IMG", "registry.example.com/pre-cache:test")
                    .withEnv("RECOVERY_IMG", "registry.example.com/recovery:test")
                    .waitingFor(Wait.forHttp("/q/health/ready").forPort(HTTP).withStartupTimeout(PATIENCE))
                    .start();
        }
    }

    @AfterEach
    void stop() {
        containers.values().forEach(GenericContainer::stop);
        if (kafka != null) {
            kafka.stop();
        }
        if (network != null) {
            network.close();
        }
    }

    @Test
    void theWalkthroughComesTrueInContainersThatMayWriteNothing() throws Exception {
        String hub = url("simulator", HUB);
        new Walkthrough(
                        new PrintStream(Files.newOutputStream(folder.resolve("walkthrough.txt")), true),
                        false,
                        new KubeHttp(URI.create(url("cgu-api", HTTP))),
                        new KubeHttp(URI.create(hub)),
                        Map.of(
                                "sno1", new KubeHttp(URI.create(hub + "/spokes/sno1")),
                                "sno2", new KubeHttp(URI.create(hub + "/spokes/sno2"))),
                        kafka.getBootstrapServers(),
                        Duration.ofSeconds(120))
                .run();

        for (String service : SERVICES) {
            var who = containers.get(service).execInContainer("id", "-u");
            assertThat(who.getStdout().strip()).as(service + "'s user").isEqualTo("10001");
            assertThat(containers.get(service).execInContainer("touch", "/deployments/x").getExitCode())
                    .as(service + " writes to its own file system")
                    .isNotZero();
            var sbom = containers.get(service).execInContainer("head", "-c", "200", "/deployments/sbom.cdx.json");
            assertThat(sbom.getStdout()).contains("CycloneDX");
        }
    }

    @SuppressWarnings("resource") // kept, and stopped after the test
    private GenericContainer<?> run(String name, String image, int port) {
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(
                        setting("ECHELON_PREFIX", "echelon/") + image + ":" + setting("ECHELON_TAG", "0.1.0-SNAPSHOT")))
                .withNetwork(network)
                .withNetworkAliases(name)
                .withExposedPorts(port)
                .withTmpFs(Map.of("/tmp", "rw,mode=1777"))
                .withCreateContainerCmdModifier(command -> command.getHostConfig().withReadonlyRootfs(true));
        containers.put(name, container);
        return container;
    }

    private String url(String name, int port) {
        GenericContainer<?> container = containers.get(name);
        return "http://" + container.getHost() + ":" + container.getMappedPort(port);
    }

    private static String setting(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }
}
