package dev.echelon.api.ztp;

import dev.echelon.api.CguApi;
import dev.echelon.api.ztp.domain.ChildPolicy;
import dev.echelon.api.ztp.domain.ClusterState;
import dev.echelon.api.ztp.domain.Decision;
import dev.echelon.api.ztp.domain.InstallCgu;
import dev.echelon.api.ztp.domain.WaveOrder;
import dev.echelon.hubclient.HubClients;
import dev.echelon.hubclient.HubContact;
import dev.echelon.hubclient.HubFailures;
import dev.echelon.hubclient.PartStore;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Gives every newly installed cluster one ClusterGroupUpgrade, in which its inform policies are enforced once (ZTP
 * contract).
 *
 * <p>Level-based: a cluster that is available, has no {@code ztp-done} and may have no ClusterGroupUpgrade is looked at
 * afresh and decided on; so it does not matter what was missed. A cluster becomes such a one, or its
 * ClusterGroupUpgrade is gone: nothing else wakes it, and nothing is polled but a hub that does not have the kinds.
 * What fails is tried again for that cluster alone.
 */
public final class AutomaticCgus implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(AutomaticCgus.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final int TOLD = 5;
    private static final int KINDS = 2;

    private final KubernetesClient client;
    private final ZtpHub hub;
    private final BooleanSupplier leads;
    private final SharedIndexInformer<GenericKubernetesResource> clusters;
    private final SharedIndexInformer<GenericKubernetesResource> cgus;
    private final Map<String, String> reasons = new ConcurrentHashMap<>();
    private final Map<String, ClusterState> candidates = new HashMap<>();
    private final AtomicLong created = new AtomicLong();
    private final Attempts decisions;
    private final Attempts namespace;
    private int listed;

    /**
     * Nothing is watched or written before {@link #start()}.
     *
     * @param hub where the hub is and who we are there
     * @param leads whether this replica may write; asked before it decides
     */
    public AutomaticCgus(Config hub, MeterRegistry metrics, BooleanSupplier leads) {
        this(hub, metrics, leads, LONGEST_PAUSE);
    }

    /** @param longestPause between two attempts for one cluster that fail */
    AutomaticCgus(Config hub, MeterRegistry metrics, BooleanSupplier leads, Duration longestPause) {
        // What fails is tried again here, where it shows.
        client = HubClients.counted(hub, CguApi.SERVICE, metrics, _ -> {});
        this.leads = leads;
        this.hub = new ZtpHub(client);
        clusters = this.hub.clusters();
        cgus = this.hub.cgus();
        decisions = new Attempts(this::decide, longestPause);
        namespace = new Attempts(_ -> this.hub.createNamespace(), longestPause);
    }

    /** Begins, in the background; goes on trying where the hub is away or does not have the kinds. */
    public void start() {
        watch("ManagedClusters", clusters, new ResourceEventHandler<>() {
            @Override
            public void onAdd(GenericKubernetesResource cluster) {
                seen(ZtpHub.state(cluster));
            }

            @Override
            public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource cluster) {
                seen(ZtpHub.state(cluster));
            }

            @Override
            public void onDelete(GenericKubernetesResource cluster, boolean unknown) {
                gone(cluster.getMetadata().getName());
            }
        });
        watch("ClusterGroupUpgrades", cgus, new ResourceEventHandler<>() {
            @Override
            public void onAdd(GenericKubernetesResource cgu) {
                // It is there: that is how it should be.
            }

            @Override
            public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
                // How it gets on is the scheduler's.
            }

            @Override
            public void onDelete(GenericKubernetesResource cgu, boolean unknown) {
                decisions.ask(cgu.getMetadata().getName());
            }
        });
    }

    private void watch(
            String what,
            SharedIndexInformer<GenericKubernetesResource> informer,
            ResourceEventHandler<GenericKubernetesResource> events) {
        informer.removeNamespaceIndex()
                .itemStore(new PartStore(object -> Optional.of(ZtpHub.bare(object))))
                .exceptionHandler((_, e) -> {
                    String reason = HubFailures.inWords(e);
                    boolean away = HubContact.of(client).failed(e);
                    if (!reason.equals(reasons.put(what, reason)) && !away) {
                        LOG.warnf(
                                "no automatic ClusterGroupUpgrades at present: %s cannot be watched: %s", what, reason);
                    }
                    return true;
                })
                .addEventHandler(events)
                .start()
                .thenRun(this::listed);
    }

    private synchronized void listed() {
        if (++listed == KINDS) {
            namespace.ask(InstallCgu.NAMESPACE);
            candidates.keySet().forEach(decisions::ask);
        }
    }

    /** Heartbeats and the like are not news. */
    private synchronized void seen(ClusterState cluster) {
        if (!cluster.isCandidate()) {
            candidates.remove(cluster.name());
        } else if (!cluster.equals(candidates.put(cluster.name(), cluster)) && listed == KINDS) {
            decisions.ask(cluster.name());
        }
    }

    private synchronized void gone(String cluster) {
        candidates.remove(cluster);
    }

    private void decide(String name) {
        if (!leads.getAsBoolean()) {
            throw new IllegalStateException("this replica does not lead at present");
        }
        Optional<ClusterState> cluster = hub.cluster(name);
        switch (Decision.of(cluster, () -> hub.hasCgu(name))) {
            case UNKNOWN -> LOG.debugf("ManagedCluster %s does not exist", name);
            case TERMINATING -> LOG.debugf("ManagedCluster %s is being deleted", name);
            case COMPLETE -> LOG.debugf("ZTP for the cluster has completed. %s label found. cluster=%s",
                    ClusterState.DONE_LABEL, name);
            case HAS_CGU -> LOG.infof("clusterGroupUpgrade found: cluster=%s", name);
            case NOT_READY -> LOG.debugf("cluster is not ready: cluster=%s", name);
            case CREATE -> create(cluster.orElseThrow());
        }
    }

    private void create(ClusterState cluster) {
        List<ChildPolicy> policies = hub.childPolicies(cluster.name());
        if (policies.isEmpty()) {
            LOG.warnf("no child policies found: cluster=%s; its ClusterGroupUpgrade will be empty", cluster.name());
        }
        hub.create(InstallCgu.of(cluster, WaveOrder.of(policies)));
        created.incrementAndGet();
        LOG.infof(
                "Found ManagedCluster %s without ztp-done label. Created clusterGroupUpgrade. cgu=%s/%s cluster=%s",
                cluster.name(), InstallCgu.NAMESPACE, cluster.name(), cluster.name());
    }

    /** How many ClusterGroupUpgrades were created since the start. */
    public long created() {
        return created.get();
    }

    /** How many clusters are without their ClusterGroupUpgrade because of an error. */
    public int failing() {
        return decisions.troubles().size();
    }

    /** What is wrong at present; empty when all is well. */
    public Optional<String> problem() {
        Map<String, String> troubles = new TreeMap<>(namespace.troubles());
        notWatched("ManagedClusters", clusters).ifPresent(why -> troubles.put("ManagedClusters", why));
        notWatched("ClusterGroupUpgrades", cgus).ifPresent(why -> troubles.put("ClusterGroupUpgrades", why));
        troubles.putAll(decisions.troubles());
        if (troubles.isEmpty()) {
            return Optional.empty();
        }
        String first = troubles.entrySet().stream()
                .limit(TOLD)
                .map(trouble -> trouble.getKey() + ": " + trouble.getValue())
                .collect(Collectors.joining("; "));
        return Optional.of(troubles.size() > TOLD ? first + "; and " + (troubles.size() - TOLD) + " more" : first);
    }

    private Optional<String> notWatched(String what, SharedIndexInformer<?> informer) {
        return informer.isWatching()
                ? Optional.empty()
                : Optional.of("not watched: " + reasons.getOrDefault(what, "the hub has not answered yet"));
    }

    @Override
    public void close() {
        decisions.close();
        namespace.close();
        clusters.stop();
        cgus.stop();
        client.close();
    }
}
