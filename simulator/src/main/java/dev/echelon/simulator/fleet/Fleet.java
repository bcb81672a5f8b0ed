package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.ResourceStore;
import dev.echelon.kubeapi.SubresourceHandler;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.HubKinds;
import dev.echelon.simulator.api.SpokeKinds;
import dev.echelon.simulator.scenario.Failure;
import dev.echelon.simulator.scenario.FailureRule;
import dev.echelon.simulator.scenario.Scenario;
import dev.echelon.simulator.scenario.Scenario.SpokeSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

/**
 * A scenario at work on a hub: what ACM does there, and the spokes with their agents. Starting it again on the same hub
 * takes up what it finds there; the spokes themselves start anew.
 */
public final class Fleet implements AutoCloseable {
    /** How long ACM's controllers gather changes before they write, by the wall's clock. */
    private static final Duration WINDOW = Duration.ofMillis(100);

    private final World world;
    private final Map<String, Spoke> spokes = new ConcurrentHashMap<>();
    private final PolicyPropagator propagator;

    /** A fleet that is not at work yet; the client is the fleet's from here on. */
    public Fleet(KubernetesClient hub, Scenario scenario, SpokeKinds kinds) {
        world = new World(new HubClient(hub), new Timeline(scenario.speed(), Clock.systemUTC()), scenario, kinds,
                new PolicyContents());
        scenario.clusters().forEach(spec -> spokes.put(spec.name(), new Spoke(world, spec)));
        propagator = new PolicyPropagator(world, WINDOW,
                replica -> tell(replica.cluster(), spoke -> spoke.policies().seen(replica)),
                replica -> tell(replica.cluster(), spoke -> spoke.policies().gone(replica.root())));
    }

    /** Puts everything on the hub that the scenario has there and starts all behaviours; returns when they watch. */
    public void start() {
        List<String> names = List.copyOf(spokes.keySet());
        List<FailureRule> rules = world.scenario().failures();
        for (int i = 0; i < rules.size(); i++) {
            Failure failure = rules.get(i).failure();
            rules.get(i).struck(names, world.scenario().seed() + i).forEach(name -> strike(spoke(name), failure));
        }
        each(List.copyOf(spokes.values()), this::join);
        world.scenario().manifests().forEach(this::put);
        propagator.watch();
        agents(HubKinds.VIEW, (spoke, view) -> spoke.views().seen(view), (spoke, view) -> spoke.views().gone(view));
        agents(HubKinds.ACTION, (spoke, action) -> spoke.actions().seen(action),
                (spoke, action) -> spoke.actions().gone(action));
        if (world.hub().serves(HubKinds.MANIFEST_WORK)) {
            agents(HubKinds.MANIFEST_WORK, (spoke, work) -> spoke.works().seen(work),
                    (spoke, work) -> spoke.works().gone(work));
        }
    }

    private void agents(ResourceKind kind, BiConsumer<Spoke, GenericKubernetesResource> seen,
            BiConsumer<Spoke, GenericKubernetesResource> gone) {
        world.hub().watch(kind, Optional.empty(), Handler.of(
                object -> tell(object.getMetadata().getNamespace(), spoke -> seen.accept(spoke, object)),
                object -> tell(object.getMetadata().getNamespace(), spoke -> gone.accept(spoke, object))));
    }

    private void tell(String cluster, java.util.function.Consumer<Spoke> what) {
        Spoke spoke = spokes.get(cluster);
        if (spoke != null) {
            spoke.mailbox().execute(() -> what.accept(spoke));
        }
    }

    /** Makes a cluster known to the hub, as its import does, and starts the spoke. */
    private void join(Spoke spoke) {
        SpokeSpec spec = spoke.spec();
        spoke.install();
        namespace(spec.name());
        ObjectNode cluster = Json.object().put("apiVersion", HubKinds.MANAGED_CLUSTER.apiVersion())
                .put("kind", "ManagedCluster");
        ObjectNode labels = cluster.putObject("metadata").put("name", spec.name()).putObject("labels");
        spec.labels().forEach(labels::put);
        cluster.putObject("spec").put("hubAcceptsClient", true).put("leaseDurationSeconds", 60);
        world.hub().create(HubKinds.MANAGED_CLUSTER, cluster).expecting(409);
        spoke.mailbox().execute(() -> spoke.availability().changed());
    }

    private void namespace(String name) {
        ObjectNode namespace = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
        namespace.putObject("metadata").put("name", name);
        world.hub().create(HubKinds.NAMESPACE, namespace).expecting(409);
    }

    /** Creates an object of the scenario; what is there already stays as it is. */
    private void put(ObjectNode manifest) {
        ResourceKind kind = HubKinds.of(Json.textAt(manifest, "apiVersion"), Json.textAt(manifest, "kind"))
                .orElseThrow(() -> new IllegalArgumentException(
                        "Scenario %s: manifest %s %s: the simulator knows no such kind of apiVersion '%s'".formatted(
                                world.scenario().name(), Json.textAt(manifest, "kind"),
                                manifest.at("/metadata/name").asText(), Json.textAt(manifest, "apiVersion"))));
        if (kind.equals(HubKinds.SET_BINDING) && !world.hub().serves(kind)) {
            return;
        }
        ObjectNode object = Json.with(manifest, "status", null);
        var answer = world.hub().create(kind, object);
        if (!answer.done() && answer.code() != 409) {
            throw new IllegalStateException("Scenario %s: manifest %s %s: the hub answered %d: %s".formatted(
                    world.scenario().name(), kind.kind(), manifest.at("/metadata/name").asText(), answer.code(),
                    answer.message()));
        }
        if (answer.done() && manifest.get("status") instanceof ObjectNode status) {
            world.hub().mergeStatus(kind, manifest.at("/metadata/namespace").asText(),
                    manifest.at("/metadata/name").asText(), status);
        }
    }

    private void strike(Spoke spoke, Failure failure) {
        if (failure instanceof Failure.Offline(Duration from, Duration lasting)) {
            world.timeline().after(from, spoke.mailbox(), () -> spoke.setOnline(false));
            world.timeline().after(from.plus(lasting), spoke.mailbox(), () -> spoke.setOnline(true));
        } else {
            spoke.troubles().add(failure);
        }
    }

    /** Makes something go wrong on a spoke from now on. */
    public void inflict(String cluster, Failure failure) {
        Spoke spoke = spoke(cluster);
        strike(spoke, failure);
        spoke.mailbox().execute(() -> spoke.policies().lookAgain());
    }

    /** Nothing goes wrong on a spoke any more, from now on; it comes back where it was offline. */
    public void heal(String cluster) {
        Spoke spoke = spoke(cluster);
        spoke.troubles().clear();
        spoke.setOnline(true);
        spoke.mailbox().execute(() -> spoke.policies().lookAgain());
    }

    /** Cuts a spoke off from the hub, or connects it again. */
    public void setOnline(String cluster, boolean online) {
        spoke(cluster).setOnline(online);
    }

    /** Another cluster joins. */
    public void add(SpokeSpec spec) {
        Spoke spoke = new Spoke(world, spec);
        if (spokes.putIfAbsent(spec.name(), spoke) != null) {
            throw new IllegalArgumentException("cluster " + spec.name() + " is there already");
        }
        join(spoke);
    }

    /** The names of the clusters. */
    public Set<String> clusters() {
        return Set.copyOf(spokes.keySet());
    }

    /** The objects of a spoke, to be read and written as its users do; empty where there is no such spoke. */
    public Optional<ResourceStore> objects(String cluster) {
        return Optional.ofNullable(spokes.get(cluster)).map(Spoke::objects);
    }

    /** The version that a spoke runs. */
    public String version(String cluster) {
        return spoke(cluster).clusterVersion().version();
    }

    /** Answers the log subresource of a spoke's pods. */
    public SubresourceHandler podLogs(String cluster) {
        return new PodLogs(spoke(cluster));
    }

    /** How many requests the behaviours have sent to the hub, watches aside. */
    public long hubRequests() {
        return world.hub().requests();
    }

    private Spoke spoke(String cluster) {
        Spoke spoke = spokes.get(cluster);
        if (spoke == null) {
            throw new IllegalArgumentException("no cluster is called '%s' in scenario %s".formatted(cluster,
                    world.scenario().name()));
        }
        return spoke;
    }

    private static <T> void each(List<T> all, java.util.function.Consumer<T> what) {
        List<Future<?>> done = new ArrayList<>();
        try (ExecutorService parallel = Executors.newVirtualThreadPerTaskExecutor()) {
            all.forEach(one -> done.add(parallel.submit(() -> what.accept(one))));
        }
        for (Future<?> one : done) {
            if (one.state() == Future.State.FAILED) {
                throw new IllegalStateException("the fleet cannot start: " + one.exceptionNow().getMessage(),
                        one.exceptionNow());
            }
        }
    }

    @Override
    public void close() {
        world.timeline().close();
        spokes.values().forEach(Spoke::close);
        world.hub().close();
    }
}
