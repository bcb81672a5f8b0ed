package dev.echelon.simulator;

import dev.echelon.kubeapi.InMemoryStore;
import dev.echelon.kubeapi.KubeApi;
import dev.echelon.kubeapi.User;
import dev.echelon.kubeapi.WriteOptions;
import dev.echelon.simulator.api.ApiServer;
import dev.echelon.simulator.api.CoreEvents;
import dev.echelon.simulator.api.HubKinds;
import dev.echelon.simulator.api.Kubeconfig;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * The API of a hub, in memory, on 127.0.0.1: the built-in kinds and ACM's, TALM's two among them; applying a
 * CustomResourceDefinition makes it serve more. Nothing happens on it by itself: behaviours are {@link Simulator}'s.
 */
public final class SimulatedHub implements AutoCloseable {
    private static final int HISTORY = 50_000;

    private final ApiServer server;

    private SimulatedHub(ApiServer server) {
        this.server = server;
    }

    /** Starts a hub on a free port. */
    public static SimulatedHub start() {
        return start(HubTarget.LOOPBACK, 0);
    }

    /**
     * Starts a hub.
     *
     * @param host the address to listen on
     * @param port 0 takes a free one
     * @throws IllegalStateException where the port is taken
     */
    public static SimulatedHub start(String host, int port) {
        InMemoryStore store = new InMemoryStore(Clock.systemUTC(), HISTORY, true);
        WriteOptions installer = WriteOptions.by("system:installer");
        for (String namespace : new String[] {"default", "kube-system"}) {
            var object = dev.echelon.kubeapi.json.Json.object().put("apiVersion", "v1").put("kind", "Namespace");
            object.putObject("metadata").put("name", namespace);
            store.create(HubKinds.NAMESPACE, object, installer);
        }
        KubeApi api = KubeApi.builder().kinds(store, HubKinds.builtIn())
                .kinds(new CoreEvents(store), CoreEvents.CORE_KIND).customResources(store)
                .identity(_ -> User.named("system:admin")).build();
        ApiServer server = new ApiServer(host, port, Optional.of(api));
        SimulatedHub hub = new SimulatedHub(server);
        try (KubernetesClient client = hub.client()) {
            HubKinds.definitions().forEach(definition -> client.raw(
                    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "POST", definition));
        }
        return hub;
    }

    /** Where it listens. */
    public String url() {
        return server.url();
    }

    /** A new client of it; the caller closes it. */
    public KubernetesClient client() {
        return new KubernetesClientBuilder().withConfig(config()).build();
    }

    /** What a fabric8 client needs to know of it. */
    public Config config() {
        return new ConfigBuilder(Config.empty()).withMasterUrl(url()).withNamespace("default").build();
    }

    /** Writes a kubeconfig file with one context, {@code hub}. */
    public void writeKubeconfig(Path file) {
        new Kubeconfig().context("hub", url()).write(file);
    }

    /** Serves the spokes of a fleet below {@code /spokes}. */
    ApiServer server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
