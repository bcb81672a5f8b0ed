package dev.echelon.watcher;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.watcher.domain.FleetView;
import dev.echelon.watcher.domain.HubChange;
import dev.echelon.watcher.domain.UpdateGraph;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * One thread that owns the {@link FleetView}: it takes changes in from any thread, in the order in which they were
 * given, and sends observations out.
 *
 * <p>How it sends:
 * <ol>
 *   <li>The first change that concerns an upgrade opens a window; what comes within it goes into the same observation.
 *   <li>An upgrade has at most one observation of each type under way. What changes meanwhile is told by the next one,
 *       when all have arrived. So a slow or absent broker makes observations fewer and later, and neither memory nor
 *       the topic grows.
 *   <li>What could not be sent is told again, whole, until it could.
 * </ol>
 * Nothing is sent before {@link #open}: half a hub would look like missing clusters and policies. Nothing is sent while
 * another replica leads either; who leads again tells everything once.
 */
public final class ObservationLoop implements AutoCloseable {

    private static final Logger LOG = System.getLogger(ObservationLoop.class.getName());
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final int STEPS_BETWEEN_SENDS = 1_000;
    private static final Duration LOOK_WHETHER_LEADING = Duration.ofSeconds(1);

    /** Where observations go. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Completes when the observation is safe, or fails. Not called for an upgrade while it has one of the same type
         * under way.
         */
        CompletionStage<?> publish(Observation observation);
    }

    private final Sink sink;
    private final long windowNanos;
    private final InstantSource clock;
    private final BooleanSupplier leader;
    private final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
    private final Thread thread;

    // Of the thread alone.
    private final FleetView view;
    private final Map<CguId, Long> due = new LinkedHashMap<>();
    private final Set<CguId> underWay = new HashSet<>();
    private boolean open;
    private boolean speaking;

    private volatile boolean closed;
    private volatile int upgrades;
    private volatile Optional<String> problem = Optional.empty();

    /**
     * @param window for how long changes that concern an upgrade are gathered
     * @param clock for {@code observedAt}
     * @param graph asked by the loop's thread; its answers come back through {@link #answered}
     * @param leader whether this replica speaks; asked before each observation
     */
    public ObservationLoop(
            Sink sink, Duration window, InstantSource clock, UpdateGraph graph, BooleanSupplier leader) {
        this.sink = sink;
        this.view = new FleetView(this::concerns, graph);
        this.windowNanos = window.toNanos();
        this.clock = clock;
        this.leader = leader;
        this.thread = Thread.ofPlatform().name("compliance-watcher").daemon().unstarted(this::run);
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    /** Takes in what the hub shows. */
    public void hub(HubChange change) {
        steps.add(() -> view.apply(change));
    }

    /** Takes in an upgrade. */
    public void upgrade(ClusterGroupUpgrade cgu) {
        steps.add(() -> view.apply(cgu));
    }

    /** An upgrade is there no more. */
    public void forget(CguId cgu) {
        steps.add(() -> view.forget(cgu));
    }

    /** Takes in what an update graph answered. */
    public void answered(GraphAnswer answer) {
        steps.add(() -> view.answered(answer));
    }

    /** From here on the hub and the upgrades are known whole, and everybody is told. Later calls change nothing. */
    public void open() {
        steps.add(() -> open = true);
    }

    /** Leadership may have changed: looks at once. */
    public void leadershipChanged() {
        steps.add(() -> {});
    }

    /** Tells everybody everything again, after a time in which something may have been missed. */
    public void restate() {
        steps.add(() -> {
            if (speaking) {
                view.restateAll();
            }
        });
    }

    /** How many upgrades are looked after. */
    public int upgrades() {
        return upgrades;
    }

    /** How many changes wait to be taken in. */
    public int backlog() {
        return steps.size();
    }

    /** Why observations do not get through at present; empty when they do. */
    public Optional<String> problem() {
        if (!thread.isAlive() && !closed) {
            return Optional.of("the observation loop does not run");
        }
        return problem;
    }

    /** Stops; what is due is not sent any more: it will be told after the next start. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try {
                takeIn();
                sendDue();
            } catch (InterruptedException e) {
                if (!closed) {
                    LOG.log(Level.WARNING, "the observation loop was interrupted and goes on", e);
                }
            }
        }
    }

    private void takeIn() throws InterruptedException {
        long wait = nanosUntilNextSend();
        Runnable step = wait == Long.MAX_VALUE ? steps.take() : steps.poll(wait, TimeUnit.NANOSECONDS);
        // A flood of changes must not keep what is due from being sent.
        for (int taken = 1; step != null; taken++) {
            try {
                step.run();
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "a change could not be taken in; upgrades may be told too little", e);
            }
            step = taken < STEPS_BETWEEN_SENDS ? steps.poll() : null;
        }
        upgrades = view.upgrades();
    }

    private long nanosUntilNextSend() {
        if (!open) {
            return Long.MAX_VALUE;
        }
        if (!speaking) {
            return LOOK_WHETHER_LEADING.toNanos();
        }
        long now = System.nanoTime();
        long soonest = Long.MAX_VALUE;
        for (Map.Entry<CguId, Long> entry : due.entrySet()) {
            if (!underWay.contains(entry.getKey())) {
                soonest = Math.min(soonest, Math.max(0, entry.getValue() - now));
            }
        }
        return soonest;
    }

    /** Whether this replica is the one that speaks. Who begins to, tells everything. */
    private boolean speaks() {
        boolean leads = open && leader.getAsBoolean();
        if (leads && !speaking) {
            view.restateAll();
        } else if (!leads) {
            due.clear();
        }
        speaking = leads;
        return leads;
    }

    private void sendDue() {
        if (!speaks()) {
            return;
        }
        long now = System.nanoTime();
        Set<CguId> ready = new HashSet<>();
        for (Iterator<Map.Entry<CguId, Long>> entries = due.entrySet().iterator(); entries.hasNext(); ) {
            Map.Entry<CguId, Long> entry = entries.next();
            if (entry.getValue() - now <= 0 && !underWay.contains(entry.getKey())) {
                ready.add(entry.getKey());
                entries.remove();
            }
        }
        for (CguId cgu : ready) {
            // Publishing may block; what is left is told by whoever leads then.
            if (leader.getAsBoolean()) {
                send(cgu);
            }
        }
    }

    private void send(CguId cgu) {
        try {
            List<Observation> observations = view.observe(cgu, clock.instant());
            if (!observations.isEmpty()) {
                underWay.add(cgu);
                CompletableFuture.allOf(observations.stream()
                                .map(observation -> sink.publish(observation).toCompletableFuture())
                                .toArray(CompletableFuture[]::new))
                        .whenComplete((written, failure) -> steps.add(() -> settled(cgu, cause(failure))));
            }
        } catch (RuntimeException e) {
            settled(cgu, e);
        }
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
    }

    private void settled(CguId cgu, Throwable failure) {
        underWay.remove(cgu);
        if (failure == null) {
            problem = Optional.empty();
            return;
        }
        problem = Optional.of("an observation for " + cgu + " could not be written: " + failure.getMessage());
        // Of a Kafka that is away one line tells for all.
        LOG.log(
                failure instanceof TimeoutException ? Level.DEBUG : Level.WARNING,
                "observation not written, it is told again: cgu={0} reason={1}",
                cgu,
                failure.toString());
        view.restate(cgu);
        due.computeIfPresent(cgu, (id, deadline) -> System.nanoTime() + PAUSE_AFTER_FAILURE.toNanos());
    }

    private void concerns(CguId cgu) {
        due.putIfAbsent(cgu, System.nanoTime() + windowNanos);
    }
}
