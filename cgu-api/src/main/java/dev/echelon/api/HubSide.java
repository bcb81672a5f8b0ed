package dev.echelon.api;

import dev.echelon.api.hub.HubMirror;
import dev.echelon.api.ztp.AutomaticCgus;
import dev.echelon.hubclient.HubClients;
import dev.echelon.hubclient.Leadership;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * What only one replica does, the leading one: the mirror and the automatic ClusterGroupUpgrades. A replica that begins
 * to lead starts both as a process that has just been started does, from what the log and the hub show; one that does
 * not lead any more stops both. The rest of the service is every replica's.
 */
final class HubSide implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(HubSide.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    private final CguApi api;
    private final Config hub;
    private final Leadership leadership;
    private final boolean automaticCgus;
    private final Duration statusInterval;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name(CguApi.SERVICE + "-hub-side").factory());
    private Optional<Term> term = Optional.empty();
    private long createdBefore;
    private boolean closed;

    /** From when this replica began to lead until it stops to. */
    private record Term(KubernetesClient client, HubMirror mirror, Optional<AutomaticCgus> automatic) {

        long created() {
            return automatic.map(AutomaticCgus::created).orElse(0L);
        }

        void end() {
            automatic.ifPresent(AutomaticCgus::close);
            mirror.close();
            client.close();
        }
    }

    /**
     * Nothing is asked of the hub before {@link #start()}.
     *
     * @param automaticCgus whether newly installed clusters get their ClusterGroupUpgrade
     */
    HubSide(
            CguApi api,
            Config hub,
            Leadership leadership,
            boolean automaticCgus,
            Duration statusInterval,
            MeterRegistry metrics,
            Clock clock) {
        this.api = api;
        this.hub = hub;
        this.leadership = leadership;
        this.automaticCgus = automaticCgus;
        this.statusInterval = statusInterval;
        this.metrics = metrics;
        this.clock = clock;
        if (automaticCgus) {
            FunctionCounter.builder("echelon.ztp.created", this, HubSide::created)
                    .description("ClusterGroupUpgrades created for new clusters")
                    .register(metrics);
            Gauge.builder("echelon.ztp.failing", this, HubSide::failing)
                    .description("New clusters without their ClusterGroupUpgrade because of an error")
                    .register(metrics);
        }
    }

    /** Contends once the log has been read: a replica that cannot read it must not keep the others from leading. */
    void start() {
        api.table().whenLoaded().thenRun(this::contend);
    }

    private synchronized void contend() {
        if (closed) {
            return;
        }
        leadership.start(this::look);
        // Leadership that lapsed is not announced.
        looks.scheduleWithFixedDelay(
                this::followLeadership, BETWEEN_LOOKS.toMillis(), BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            looks.execute(this::followLeadership);
        } catch (java.util.concurrent.RejectedExecutionException e) {
            LOG.debug("leadership changed while the service closes");
        }
    }

    private synchronized void followLeadership() {
        try {
            if (leadership.isLeader() && term.isEmpty() && !closed) {
                term = Optional.of(begin());
            } else if (!leadership.isLeader()) {
                endTerm();
            }
        } catch (RuntimeException e) {
            LOG.error("leading on the hub did not begin or end as it should; tried again", e);
        }
    }

    private Term begin() {
        KubernetesClient client = HubClients.counted(hub, CguApi.SERVICE, metrics, _ -> {});
        HubMirror mirror =
                new HubMirror(api.table(), api.desk(), client, leadership::isLeader, statusInterval, clock);
        // A ClusterGroupUpgrade that nobody takes in would only lie there: no mirror, no automatic ones.
        Optional<AutomaticCgus> automatic = automaticCgus
                ? Optional.of(new AutomaticCgus(hub, metrics, leadership::isLeader))
                : Optional.empty();
        mirror.start();
        automatic.ifPresent(AutomaticCgus::start);
        return new Term(client, mirror, automatic);
    }

    private void endTerm() {
        term.ifPresent(ending -> {
            createdBefore += ending.created();
            ending.end();
        });
        term = Optional.empty();
    }

    /** Whether this replica leads, in words. */
    String leadership() {
        return leadership.describe();
    }

    /** Why the hub is not mirrored at present; empty when it is, or when that is another replica's to do. */
    synchronized Optional<String> mirrorProblem() {
        return term.flatMap(running -> running.mirror().problem());
    }

    /** What keeps new clusters from their ClusterGroupUpgrade; empty when nothing does. */
    synchronized Optional<String> automaticCguProblem() {
        return term.flatMap(Term::automatic).flatMap(AutomaticCgus::problem);
    }

    private synchronized long created() {
        return createdBefore + term.map(Term::created).orElse(0L);
    }

    private synchronized int failing() {
        return term.flatMap(Term::automatic).map(AutomaticCgus::failing).orElse(0);
    }

    /** Stops to lead, then lets another replica. */
    @Override
    public void close() {
        leadership.resign();
        looks.shutdown();
        synchronized (this) {
            closed = true;
            endTerm();
        }
        leadership.close();
    }
}
