package dev.echelon.e2e;

import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.hubfixture.RealHub;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.Scenario;
import dev.echelon.standalone.client.KubeHttp;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The four services as processes of their own, each under the account, and with exactly the rights, that the manifests
 * give it, on a hub and a broker that enforce them. The services' logs and the hub's audit log stay in {@code target} as
 * {@code rights-*.log}.
 */
public final class ShippedInstallation implements AutoCloseable {

    static final List<String> SERVICES = List.of("cgu-api", "compliance-watcher", "scheduler", "spoke-executor");
    static final Path MANIFESTS = Path.of("..", "deploy", "kustomize", "base");

    private final Path folder;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final Map<String, ServiceProcess> services = new TreeMap<>();
    private RealHub hub;
    private EmbeddedKafka kafka;
    private Simulator simulator;

    private ShippedInstallation(Path folder) {
        this.folder = folder;
    }

    /** The hub with the services' accounts and the kinds, and the broker with its topics: no service yet. */
    public static ShippedInstallation prepare(Path folder) throws Exception {
        ShippedInstallation installation = new ShippedInstallation(folder);
        try {
            installation.prepare();
            return installation;
        } catch (Exception e) {
            installation.close();
            throw e;
        }
    }

    private void prepare() throws Exception {
        hub = RealHub.audited(
                Files.createDirectory(folder.resolve("hub")),
                folder.resolve("audit.log"),
                SERVICES.stream().map(ShippedRights::account).toArray(String[]::new));
        started.push(hub);
        hub.withHubCrds().withEchelonCrds();
        for (String service : SERVICES) {
            for (HasMetadata object : ShippedRights.objects(MANIFESTS, service)) {
                hub.client().resource(object).create();
            }
        }
        kafka = EmbeddedKafka.builder()
                .directory(folder.resolve("kafka"))
                .users(KafkaRights.passwords(SERVICES))
                .start();
        started.push(kafka);
        KafkaRights.apply(kafka.bootstrapServers(), MANIFESTS);
    }

    /** Starts the services; {@code own} is what all of them have in their environment beside what they need. */
    public void launch(Map<String, String> own) throws IOException {
        for (String service : SERVICES) {
            Map<String, String> environment = environment(service);
            environment.putAll(own);
            services.put(service, ServiceProcess.start(service, folder, environment));
        }
    }

    /** Simulates ACM and spokes. */
    void simulate(Scenario scenario) {
        simulator = Simulator.start(scenario, HubTarget.at(hub.kubeconfig()));
        started.push(simulator);
    }

    public void awaitReady() {
        services.values().forEach(ServiceProcess::awaitReady);
    }

    private Map<String, String> environment(String service) throws IOException {
        Map<String, String> environment = new HashMap<>(KafkaRights.environment(service));
        environment.put("ECHELON_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("ECHELON_DATA_DIR", folder.resolve("data").toString());
        environment.put("ECHELON_LEADER_ELECTION_NAMESPACE", "echelon");
        environment.put("KUBECONFIG", kubeconfig(service).toString());
        // The reviews of token and rights are the deployment's; TLS would only be one more certificate to make.
        environment.put("ECHELON_API_AUTH_PLAIN_HTTP", "allow");
        return environment;
    }

    /** The administrator's kubeconfig with the service's token in place of the administrator's. */
    private Path kubeconfig(String service) throws IOException {
        @SuppressWarnings("unchecked")
        Map<String, Object> config = Serialization.unmarshal(Files.readString(hub.kubeconfig()), Map.class);
        @SuppressWarnings("unchecked")
        List<Map<String, Object>> users = (List<Map<String, Object>>) config.get("users");
        users.forEach(user -> user.put("user", Map.of("token", ShippedRights.account(service) + "-token")));
        return Files.writeString(folder.resolve(service + ".kubeconfig"), Serialization.asYaml(config));
    }

    public RealHub hub() {
        return hub;
    }

    /** What the hub has been asked for. */
    HubAudit audit() {
        return new HubAudit(folder.resolve("audit.log"));
    }

    /** What the hub has refused the services. */
    public List<String> refused() throws IOException {
        List<String> accounts = SERVICES.stream().map(ShippedRights::account).toList();
        return audit().requests().stream()
                .filter(request -> accounts.contains(request.user()) && request.isRefused())
                .map(HubAudit.Request::toString)
                .toList();
    }

    Simulator simulator() {
        return simulator;
    }

    /** The API of a spoke. */
    KubeHttp spoke(String name) {
        return new KubeHttp(URI.create(simulator.spokeUrl(name)));
    }

    /** cgu-api's own API, for the hub's administrator. */
    KubeHttp api() {
        return KubeHttp.withToken(services.get("cgu-api").url(), HubAccess.administratorsToken(hub));
    }

    /** How the broker's administrator reaches it, by Kafka's own property names. */
    Map<String, String> kafka() {
        return KafkaRights.client(kafka.bootstrapServers(), EmbeddedKafka.ADMINISTRATOR);
    }

    /** All that the service has written. */
    String output(String service) throws IOException {
        return services.get(service).output();
    }

    /** The services stop before the broker goes, which they would wait for. */
    @Override
    public void close() throws Exception {
        try (ExecutorService atOnce = Executors.newVirtualThreadPerTaskExecutor()) {
            services.values().forEach(service -> atOnce.submit(() -> {
                service.close();
                return null;
            }));
        }
        for (AutoCloseable part : started) {
            part.close();
        }
        for (String log : services.keySet()) {
            keep(log + ".log", "rights-" + log + ".log");
        }
        keep("audit.log", "rights-audit.log");
    }

    private void keep(String log, String as) throws IOException {
        if (Files.exists(folder.resolve(log))) {
            Files.copy(folder.resolve(log), Path.of("target", as), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
