package dev.echelon.simulator;

import dev.echelon.kubeapi.KubeApi;
import dev.echelon.kubeapi.ResourceStore;
import dev.echelon.kubeapi.User;
import dev.echelon.simulator.api.ApiServer;
import dev.echelon.simulator.api.Kubeconfig;
import dev.echelon.simulator.api.SpokeKinds;
import dev.echelon.simulator.fleet.Fleet;
import dev.echelon.simulator.scenario.Scenario;
import dev.echelon.simulator.scenario.Scenario.SpokeSpec;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A scenario at work: a hub, its own or one that is there already, with what ACM does on it and the spokes. Each spoke
 * has an API of its own below {@code /spokes/NAME} of the simulator's server.
 */
public final class Simulator implements AutoCloseable {
    private final Optional<SimulatedHub> ownHub;
    private final ApiServer server;
    private final Config hubConfig;
    private final SpokeKinds kinds;
    private final Fleet fleet;
    private final Map<String, KubeApi> spokeApis = new ConcurrentHashMap<>();

    private Simulator(Optional<SimulatedHub> ownHub, ApiServer server, Config hubConfig, Scenario scenario) {
        this.ownHub = ownHub;
        this.server = server;
        this.hubConfig = hubConfig;
        kinds = new SpokeKinds();
        fleet = new Fleet(client(), scenario, kinds);
        kinds.onNew(kind -> spokeApis.forEach((name, api) ->
                fleet.objects(name).ifPresent(objects -> api.serve(objects, kind))));
        server.spokes(this::spokeApi);
    }

    /**
     * Starts a scenario on a hub; returns when everything is there and watched.
     *
     * @throws IllegalArgumentException where the kubeconfig of an external hub is not there
     * @throws IllegalStateException    where the hub lacks what the scenario needs
     */
    public static Simulator start(Scenario scenario, HubTarget target) {
        return switch (target) {
            case HubTarget.Own(String host, int port) -> {
                SimulatedHub hub = SimulatedHub.start(host, port);
                yield started(new Simulator(Optional.of(hub), hub.server(), hub.config(), scenario));
            }
            case HubTarget.External(Path kubeconfig) -> {
                if (!Files.isReadable(kubeconfig)) {
                    throw new IllegalArgumentException("kubeconfig " + kubeconfig + " is not there or not readable");
                }
                yield started(new Simulator(Optional.empty(), new ApiServer(HubTarget.LOOPBACK, 0, Optional.empty()),
                        Config.fromKubeconfig(kubeconfig.toFile()), scenario));
            }
        };
    }

    private static Simulator started(Simulator simulator) {
        try {
            simulator.fleet.start();
            return simulator;
        } catch (RuntimeException e) {
            simulator.close();
            throw e;
        }
    }

    /** A new client of the hub; the caller closes it. */
    public KubernetesClient client() {
        return new KubernetesClientBuilder().withConfig(hubConfig).build();
    }

    /** Where the hub is. */
    public String hubUrl() {
        return hubConfig.getMasterUrl();
    }

    /** Where the API of a spoke is. */
    public String spokeUrl(String name) {
        return server.url() + "/spokes/" + name;
    }

    /**
     * Writes a kubeconfig file with a context for each spoke, named like it; and, where the hub is the simulator's own,
     * the context {@code hub} as the current one.
     */
    public void writeKubeconfig(Path file) {
        Kubeconfig config = new Kubeconfig();
        ownHub.ifPresent(hub -> config.context("hub", hub.url()));
        new TreeSet<>(fleet.clusters()).forEach(name -> config.context(name, spokeUrl(name)));
        config.write(file);
    }

    /** Writes a kubeconfig file for one spoke. */
    public void writeSpokeKubeconfig(String name, Path file) {
        new Kubeconfig().context(name, spokeUrl(name)).write(file);
    }

    /** The switches of a spoke. */
    public SpokeControls spoke(String name) {
        if (fleet.objects(name).isEmpty()) {
            throw new IllegalArgumentException("no cluster is called '" + name + "'");
        }
        return new SpokeControls(fleet, name);
    }

    /** Another cluster joins the hub. */
    public void add(SpokeSpec cluster) {
        fleet.add(cluster);
    }

    /** What is at work, for measurements. */
    public Fleet fleet() {
        return fleet;
    }

    /** Most spokes are never looked at: an API is made when it is first asked for. */
    private Optional<KubeApi> spokeApi(String name) {
        Optional<ResourceStore> objects = fleet.objects(name);
        return objects.map(store -> spokeApis.computeIfAbsent(name, _ -> KubeApi.builder().kinds(store, kinds.all())
                .subresource(SpokeKinds.POD, "log", fleet.podLogs(name)).identity(_ -> User.named("system:admin"))
                .gitVersion("v1.25.4").build()));
    }

    @Override
    public void close() {
        fleet.close();
        ownHub.ifPresentOrElse(SimulatedHub::close, server::close);
    }
}
