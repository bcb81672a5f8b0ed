package dev.echelon.e2e;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Capability;
import dev.echelon.standalone.client.KubeHttp;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Kafka, the simulated hub and the four services, each in a container of its own, of the images that were built. They
 * are named by {@code ECHELON_PREFIX}, {@code ECHELON_TAG} and {@code KAFKA_IMAGE}, as in docker-compose.yml.
 *
 * <p>The services run as docker-compose.yml and the manifests have them: a read-only file system, no capabilities, no
 * new privileges, a limit on memory.
 */
final class ContainerInstallation implements AutoCloseable {

    static final List<String> SERVICES = List.of("cgu-api", "compliance-watcher", "scheduler", "spoke-executor");
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String SCENARIO_FILE = "/scenario.yaml";
    private static final int HUB = 6443;
    private static final int HTTP = 8080;
    private static final long MEMORY = 768L << 20;

    private final Network network = Network.newNetwork();
    private final KafkaContainer kafka;
    private final Map<String, GenericContainer<?>> containers = new LinkedHashMap<>();

    private ContainerInstallation() {
        kafka = new KafkaContainer(DockerImageName.parse(setting("KAFKA_IMAGE", "apache/kafka:4.1.1"))
                        .asCompatibleSubstituteFor("apache/kafka"))
                .withNetwork(network)
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withListener("kafka:19092");
    }

    /**
     * Starts everything and waits until all of it is healthy by the images' own checks.
     *
     * @param scenario the simulator's
     * @param replicas of each service
     * @throws IllegalStateException when no engine answers, or an image was not built
     */
    static ContainerInstallation start(Path scenario, double speed, int replicas) {
        requireImages();
        ContainerInstallation installation = new ContainerInstallation();
        try {
            installation.kafka.start();
            installation.startSimulator(scenario, speed);
            for (String service : SERVICES) {
                for (int number = 1; number <= replicas; number++) {
                    installation.startService(service, number);
                }
            }
            return installation;
        } catch (RuntimeException e) {
            installation.close();
            throw e;
        }
    }

    /** Starts one more replica of a service and waits until it is healthy. */
    void startService(String service, int number) {
        GenericContainer<?> container = container(service + "-" + number, service, HTTP)
                .withEnv("ECHELON_KAFKA_BOOTSTRAP_SERVERS", "kafka:19092")
                .withEnv("QUARKUS_KUBERNETES_CLIENT_API_SERVER_URL", "http://simulator:" + HUB)
                .withEnv("ECHELON_API_AUTH_MODE", "none")
                .withEnv("PRECACHE_IMG", "registry.example.com/pre-cache:test")
                .withEnv("RECOVERY_IMG", "registry.example.com/recovery:test");
        container.start();
    }

    /** SIGKILL, as a node that dies. The container is not started again. */
    void kill(String service, int number) {
        DockerClient engine = DockerClientFactory.instance().client();
        engine.killContainerCmd(container(service, number).getContainerId()).withSignal("KILL").exec();
    }

    GenericContainer<?> container(String service, int number) {
        return containers.get(service + "-" + number);
    }

    KubeHttp api(int number) {
        return new KubeHttp(url("cgu-api-" + number, HTTP));
    }

    KubeHttp hub() {
        return new KubeHttp(url("simulator", HUB));
    }

    KubeHttp spoke(String name) {
        return new KubeHttp(URI.create(url("simulator", HUB) + "/spokes/" + name));
    }

    String bootstrapServers() {
        return kafka.getBootstrapServers();
    }

    @Override
    public void close() {
        List<GenericContainer<?>> last = new ArrayList<>(containers.values());
        last.reversed().forEach(GenericContainer::stop);
        kafka.stop();
        network.close();
    }

    private void startSimulator(Path scenario, double speed) {
        container("simulator", "standalone", HUB)
                .withCommand("simulator", "--host", "0.0.0.0", "--port", String.valueOf(HUB), "--data", "/tmp/hub",
                        "--scenario", SCENARIO_FILE, "--speed", String.valueOf(speed))
                .withFileSystemBind(scenario.toAbsolutePath().toString(), SCENARIO_FILE, BindMode.READ_ONLY)
                .withEnv("HEALTH_PORT", String.valueOf(HUB))
                .withEnv("HEALTH_PATH", "/api/v1/namespaces/default")
                .start();
    }

    @SuppressWarnings("resource") // kept, and stopped with the installation
    private GenericContainer<?> container(String name, String image, int port) {
        GenericContainer<?> container = new GenericContainer<>(image(image))
                .withNetwork(network)
                .withNetworkAliases(name)
                .withExposedPorts(port)
                .withTmpFs(Map.of("/tmp", "rw,mode=1777"))
                .waitingFor(Wait.forHealthcheck().withStartupTimeout(PATIENCE))
                .withCreateContainerCmdModifier(command -> command.getHostConfig()
                        .withReadonlyRootfs(true)
                        .withMemory(MEMORY)
                        .withCapDrop(Capability.ALL)
                        .withSecurityOpts(List.of("no-new-privileges:true")));
        containers.put(name, container);
        return container;
    }

    private URI url(String name, int port) {
        GenericContainer<?> container = containers.get(name);
        return URI.create("http://" + container.getHost() + ":" + container.getMappedPort(port));
    }

    private static DockerImageName image(String name) {
        return DockerImageName.parse(
                setting("ECHELON_PREFIX", "echelon/") + name + ":" + setting("ECHELON_TAG", "0.1.0-SNAPSHOT"));
    }

    /** Who asks for these tests wants them run: what is missing is a failure that says what to do, and no skip. */
    private static void requireImages() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException("no container engine answers; these tests need one");
        }
        for (String name : List.of("standalone", SERVICES.getFirst())) {
            try {
                DockerClientFactory.instance().client().inspectImageCmd(image(name).asCanonicalNameString()).exec();
            } catch (NotFoundException e) {
                throw new IllegalStateException(
                        "there is no image " + image(name) + "; build it with: ./echelon images", e);
            }
        }
    }

    private static String setting(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }
}
