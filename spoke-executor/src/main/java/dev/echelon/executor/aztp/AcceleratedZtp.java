package dev.echelon.executor.aztp;

import dev.echelon.executor.aztp.domain.AcceleratedCluster;
import dev.echelon.executor.aztp.domain.AztpSettings;
import dev.echelon.executor.aztp.domain.ChildPolicy;
import dev.echelon.executor.aztp.domain.HandOver;
import dev.echelon.executor.domain.Retry;
import dev.echelon.executor.work.Serial;
import dev.echelon.executor.work.Timers;
import dev.echelon.hubclient.HubClients;
import dev.echelon.hubclient.HubFailures;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Keeps the ConfigMap {@code <cluster>-aztp} up to date for clusters that ask for accelerated ZTP and are still being
 * installed. Every change of such a cluster is a reason to look at its policies again; written is only what differs, so
 * that replicas that all do this do no harm. What fails is tried again for that cluster alone, and meanwhile the last
 * ConfigMap stays.
 */
public final class AcceleratedZtp implements AutoCloseable {

    private static final Logger LOG = System.getLogger(AcceleratedZtp.class.getName());
    private static final String SERVICE = "spoke-executor";

    private final KubernetesClient client;
    private final AztpHub hub;
    private final HandOver handOver;
    private final InstantSource clock;
    private final Timers timers;
    private final ExecutorService passes = Executors.newVirtualThreadPerTaskExecutor();
    private final SharedIndexInformer<GenericKubernetesResource> clusters;
    private final ConcurrentMap<String, Worker> workers = new ConcurrentHashMap<>();
    private volatile String reason = "the hub has not answered yet";

    /**
     * Nothing is watched or written before {@link #start()}.
     *
     * @param hub where the hub is and who we are there
     */
    public AcceleratedZtp(Config hub, AztpSettings settings, MeterRegistry metrics, InstantSource clock) {
        this.client = HubClients.counted(hub, SERVICE, metrics, _ -> {});
        this.hub = new AztpHub(client);
        this.handOver = new HandOver(settings, this.hub::yaml);
        this.clock = clock;
        this.timers = new Timers(clock);
        this.clusters = this.hub.clusters();
        metrics.gauge("echelon.aztp.failing", this, one -> one.troubles().size());
    }

    /** Begins, in the background; goes on trying where the hub is away or does not have ManagedClusters. */
    public void start() {
        clusters.removeNamespaceIndex()
                .exceptionHandler((_, e) -> {
                    reason = HubFailures.inWords(e);
                    return true;
                })
                .addEventHandler(new ResourceEventHandler<GenericKubernetesResource>() {
                    @Override
                    public void onAdd(GenericKubernetesResource cluster) {
                        AcceleratedCluster seen = hub.read(cluster);
                        workers.computeIfAbsent(seen.name(), _ -> new Worker()).seen(seen);
                    }

                    @Override
                    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource cluster) {
                        onAdd(cluster);
                    }

                    @Override
                    public void onDelete(GenericKubernetesResource cluster, boolean unknown) {
                        Optional.ofNullable(workers.remove(cluster.getMetadata().getName())).ifPresent(Worker::stop);
                    }
                })
                .start();
    }

    /** What is wrong at present, by cluster; the watch itself is {@code managedclusters}. */
    public Map<String, String> problems() {
        Map<String, String> problems = new TreeMap<>(troubles());
        if (!clusters.isWatching()) {
            problems.put("managedclusters", "not watched: " + reason);
        }
        return problems;
    }

    private Map<String, String> troubles() {
        Map<String, String> troubles = new TreeMap<>();
        workers.forEach((cluster, worker) -> worker.trouble.ifPresent(why -> troubles.put(cluster, why)));
        return troubles;
    }

    private void bringUpToDate(AcceleratedCluster cluster) {
        if (!cluster.isDue() || hub.hasCgu(cluster.name())) {
            return;
        }
        List<ChildPolicy> children = hub.childPolicies(cluster.name());
        if (children.isEmpty()) {
            LOG.log(Level.INFO, "aztp: no child policies yet: cluster={0}", cluster.name());
            hub.remove(cluster);
        } else if (hub.ensure(cluster, handOver.content(cluster, children))) {
            LOG.log(Level.INFO, "aztp: written: cluster={0} configmap={1}",
                    cluster.name(), HandOver.nameFor(cluster.name()));
        }
    }

    @Override
    public void close() {
        clusters.stop();
        workers.values().forEach(Worker::stop);
        timers.close();
        passes.shutdownNow();
        client.close();
    }

    /** One cluster: as it was last seen, and how it stands with what has to be done for it. */
    private final class Worker {

        private final Serial serial = new Serial(passes, this::pass);
        private volatile Optional<AcceleratedCluster> cluster = Optional.empty();
        private volatile Optional<String> trouble = Optional.empty();
        private Retry retry = Retry.FIRST;

        void seen(AcceleratedCluster now) {
            cluster = Optional.of(now);
            serial.ask();
        }

        void stop() {
            cluster = Optional.empty();
        }

        private void pass() {
            Optional<AcceleratedCluster> now = cluster;
            if (now.isEmpty()) {
                return;
            }
            try {
                bringUpToDate(now.get());
                trouble = Optional.empty();
                retry = Retry.FIRST;
            } catch (RuntimeException e) {
                String why = String.valueOf(e.getMessage());
                if (!trouble.equals(Optional.of(why))) {
                    LOG.log(Level.ERROR, "cluster={0} error={1}; tried again until it works", now.get().name(), why);
                    trouble = Optional.of(why);
                }
                retry = retry.tried(clock.instant());
                timers.at(retry.notBefore(), serial::ask);
            }
        }
    }
}
