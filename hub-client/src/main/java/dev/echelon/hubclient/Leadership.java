package dev.echelon.hubclient;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Whether this replica of a service leads, by a Lease on the hub.
 *
 * <p>What it promises: {@link #isLeader()} is true in at most one replica at a time, as long as clocks run at the same
 * pace and differ by less than the lease's duration less the renew deadline. It turns false by itself, with no thread
 * having to notice, when the Lease was last renewed longer ago than the renew deadline: a process that was stopped for
 * a while does not lead when it wakes. Whoever asks before each act, and whose acts arrive within the rest of the
 * lease's duration, therefore never acts beside another leader.
 */
public final class Leadership implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Leadership.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration ALONE_TO_FINISH = Duration.ofMinutes(2);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final String service;
    private final Duration renewDeadline;
    private final Duration rest;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Optional<Candidacy> candidacy;
    private Thread contending;
    private volatile Runnable changed = () -> {};
    private volatile boolean elected;
    private volatile long renewedNanos;
    private volatile String leader = "";
    private volatile String trouble = "";
    private volatile String troubleTold = "";

    /** What it takes to be elected. */
    private record Candidacy(KubernetesClient client, LeaseLock lock, LeaderElectionConfig config) {}

    private Leadership(
            String service,
            Duration renewDeadline,
            Duration rest,
            Optional<Candidacy> candidacy,
            MeterRegistry metrics) {
        this.service = service;
        this.renewDeadline = renewDeadline;
        this.rest = rest;
        this.candidacy = candidacy;
        Gauge.builder("echelon.leader", this, one -> one.isLeader() ? 1 : 0)
                .description("1 in the replica that leads, 0 in the others")
                .tag("service", service)
                .register(metrics);
    }

    /** Of the only replica: leads from its start on, and asks nothing of the hub. */
    public static Leadership alone(String service, MeterRegistry metrics) {
        return new Leadership(service, Duration.ZERO, ALONE_TO_FINISH, Optional.empty(), metrics);
    }

    /**
     * Nothing is asked of the hub before {@link #start}.
     *
     * @param service whose replicas choose one; the Lease has its name
     * @param hub where the hub is and who we are there
     * @throws IllegalArgumentException when the durations do not leave room for one another
     */
    public static Leadership of(String service, Config hub, LeaderElectionConfig config, MeterRegistry metrics) {
        if (!config.enabled()) {
            return alone(service, metrics);
        }
        if (config.leaseDuration().minus(config.renewDeadline()).compareTo(Duration.ofSeconds(1)) < 0
                || config.renewDeadline().compareTo(config.retryPeriod()) <= 0) {
            throw new IllegalArgumentException("echelon.leader-election: lease-duration (" + config.leaseDuration()
                    + ") has to be longer than renew-deadline (" + config.renewDeadline()
                    + ") by a second or more, and that longer than retry-period (" + config.retryPeriod() + ")");
        }
        return new Leadership(
                service,
                config.renewDeadline(),
                config.leaseDuration().minus(config.renewDeadline()),
                Optional.of(candidacy(service, hub, config, metrics)),
                metrics);
    }

    private static Candidacy candidacy(
            String service, Config hub, LeaderElectionConfig config, MeterRegistry metrics) {
        String namespace = config.namespace()
                .or(() -> Optional.ofNullable(System.getenv("POD_NAMESPACE")))
                .or(() -> Optional.ofNullable(hub.getNamespace()))
                .orElse("default");
        int timeout = Math.toIntExact(config.renewDeadline().toMillis() / 2);
        KubernetesClient client = HubClients.counted(
                hub, service, metrics, own -> own.withRequestTimeout(timeout).withConnectionTimeout(timeout));
        LeaseLock lock = new LeaseLock(
                namespace,
                config.namePrefix().orElse("") + service,
                config.identity().orElseGet(Leadership::identity));
        return new Candidacy(client, lock, config);
    }

    /**
     * Begins to contend, in the background and for ever; leads at once where there is no Lease.
     *
     * @param onChange called when leadership may have been won or lost, on a thread that it must not hold up
     */
    public void start(Runnable onChange) {
        changed = onChange;
        if (candidacy.isPresent()) {
            contending = Thread.ofPlatform().daemon().name(service + "-leadership").start(this::contend);
        } else {
            elected = true;
            onChange.run();
        }
    }

    /** Whether this replica leads now. To be asked before each act of a leader. */
    public boolean isLeader() {
        return elected && (candidacy.isEmpty() || System.nanoTime() - renewedNanos < renewDeadline.toNanos());
    }

    /** How long what a leader has begun may take to arrive: after that another replica may lead. */
    public Duration timeToFinish() {
        return rest;
    }

    /** How it stands, in words. */
    public String describe() {
        if (candidacy.isEmpty()) {
            return "the only replica";
        }
        if (isLeader()) {
            return "leads";
        }
        String follows = leader.isEmpty() ? "no leader is known yet" : "follows " + leader;
        return trouble.isEmpty() ? follows : follows + "; the Lease: " + trouble;
    }

    /** Stops to lead, then gives the Lease up, so that another replica leads at once. */
    @Override
    public void close() {
        resign();
        if (contending != null) {
            contending.interrupt();
            try {
                if (!contending.join(CLOSE_PATIENCE)) {
                    LOG.log(Level.WARNING, "{0} could not give its Lease up; it runs out by itself", service);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        candidacy.ifPresent(own -> own.client().close());
    }

    /** Stops to lead; the Lease is kept until {@link #close}, so that last words can be said under it. */
    public void resign() {
        closing.countDown();
        lost();
    }

    private void contend() {
        Candidacy own = candidacy.orElseThrow();
        try (ExecutorService tries = Executors.newVirtualThreadPerTaskExecutor()) {
            while (closing.getCount() > 0) {
                CompletableFuture<?> term = new LeaderElector(
                                own.client(),
                                new LeaderElectionConfigBuilder()
                                        .withName(service)
                                        .withLock(new RenewalClock(own.lock(), this::renewed, this::asked))
                                        .withLeaseDuration(own.config().leaseDuration())
                                        .withRenewDeadline(own.config().renewDeadline())
                                        .withRetryPeriod(own.config().retryPeriod())
                                        .withReleaseOnCancel(true)
                                        .withLeaderCallbacks(new LeaderCallbacks(this::won, this::lost, this::heard))
                                        .build(),
                                tries)
                        .start();
                await(term);
                lost();
            }
        }
    }

    /** Waits until the term is over; ends it when we close, which releases the Lease where we have it. */
    private void await(CompletableFuture<?> term) {
        try {
            term.exceptionally(_ -> null).get();
            if (closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(Level.DEBUG, "{0} closes while it waits to contend again", service);
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but close().
            term.cancel(true);
        } catch (java.util.concurrent.ExecutionException e) {
            LOG.log(Level.WARNING, service + " cannot contend for leadership, and tries again", e);
        }
    }

    private void renewed(long nanos) {
        renewedNanos = nanos;
        troubleTold = "";
    }

    /** The client tells of what fails with each attempt and a stack trace; one line is enough. */
    private void asked(Optional<KubernetesClientException> failure) {
        // In a conflict, another replica was quicker.
        trouble = failure.filter(e -> e.getCode() != HttpURLConnection.HTTP_CONFLICT)
                .map(HubFailures::inWords)
                .orElse("");
        boolean away = failure.filter(HubContact.of(candidacy.orElseThrow().client())::failed).isPresent();
        if (!away && !trouble.isEmpty() && !trouble.equals(troubleTold)) {
            troubleTold = trouble;
            LOG.log(Level.WARNING, "{0} cannot take or renew its Lease, and tries again until it works: lease={1}"
                    + " reason={2}", service, candidacy.orElseThrow().lock().describe(), trouble);
        }
    }

    private void won() {
        if (closing.getCount() == 0) {
            return;
        }
        elected = true;
        LOG.log(Level.INFO, "{0} leads: lease={1}", service, candidacy.orElseThrow().lock().describe());
        changed.run();
    }

    private void lost() {
        if (elected) {
            elected = false;
            LOG.log(Level.INFO, "{0} does not lead any more", service);
            changed.run();
        }
    }

    private void heard(String identity) {
        leader = identity == null ? "" : identity;
    }

    private static String identity() {
        String random = UUID.randomUUID().toString().substring(0, 8);
        try {
            return InetAddress.getLocalHost().getHostName() + "-" + random;
        } catch (UnknownHostException e) {
            return random;
        }
    }
}
