package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.WatchEvent;
import dev.echelon.simulator.scenario.Scenario.SpokeSpec;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;

/**
 * One spoke: its objects, its agents, its switches. All its agents run in one mailbox, one thing at a time. While it is
 * offline, its agents hear and say nothing; what runs on the spoke itself goes on.
 */
final class Spoke {
    private final World world;
    private final SpokeSpec spec;
    private final Mailbox mailbox;
    private final Random random;
    private final Troubles troubles = new Troubles();
    private final SpokeObjects objects;
    private final JobController jobs;
    private final ClusterVersionOperator clusterVersion;
    private final PolicyAgent policies;
    private final ViewAgent views;
    private final ActionAgent actions;
    private final ManifestWorkAgent works;
    private final OperatorManager operators;
    private final Availability availability;
    private volatile boolean online = true;

    Spoke(World world, SpokeSpec spec) {
        this.world = world;
        this.spec = spec;
        mailbox = new Mailbox("spoke " + spec.name());
        random = new Random(world.scenario().seed() ^ spec.name().hashCode());
        objects = new SpokeObjects(java.time.Clock.systemUTC(), world.kinds(), this::changed);
        jobs = new JobController(this);
        clusterVersion = new ClusterVersionOperator(this);
        policies = new PolicyAgent(this);
        views = new ViewAgent(this);
        actions = new ActionAgent(this);
        works = new ManifestWorkAgent(this);
        operators = new OperatorManager(this);
        availability = new Availability(this);
    }

    World world() {
        return world;
    }

    SpokeSpec spec() {
        return spec;
    }

    String name() {
        return spec.name();
    }

    SpokeObjects objects() {
        return objects;
    }

    Troubles troubles() {
        return troubles;
    }

    JobController jobs() {
        return jobs;
    }

    ClusterVersionOperator clusterVersion() {
        return clusterVersion;
    }

    PolicyAgent policies() {
        return policies;
    }

    ViewAgent views() {
        return views;
    }

    ActionAgent actions() {
        return actions;
    }

    ManifestWorkAgent works() {
        return works;
    }

    Availability availability() {
        return availability;
    }

    /** Where its agents run. */
    Executor mailbox() {
        return mailbox;
    }

    boolean online() {
        return online;
    }

    /** Puts there what a spoke has from its installation. */
    void install() {
        objects.ensureNamespace("default");
        for (ObjectNode object : Installation.objects(spec, world.scenario(), world.timeline().now())) {
            objects.create(object);
            objects.merge(objects.kindOf(object), "", object.at("/metadata/name").asText(), object);
        }
    }

    /** Loses the hub, or finds it again and catches up with what has changed there. */
    void setOnline(boolean now) {
        mailbox.execute(() -> {
            if (online != now) {
                online = now;
                availability.changed();
                if (now) {
                    policies.catchUp();
                    views.catchUp();
                    actions.catchUp();
                    works.catchUp();
                }
            }
        });
    }

    /** Does something on this spoke after a simulated while, with its slowness and the scenario's jitter. */
    ScheduledFuture<?> after(Duration usual, Runnable task) {
        return world.timeline().after(world.scenario().instant() ? Duration.ZERO : taking(usual), mailbox, task);
    }

    /** How long something takes on this spoke that takes {@code usual} elsewhere. */
    Duration taking(Duration usual) {
        double jitter = world.scenario().durations().jitter();
        double factor = troubles.slowness() * (1 + jitter * (2 * random.nextDouble() - 1));
        return Duration.ofNanos(Math.round(usual.toNanos() * factor));
    }

    private void changed(ResourceKind kind, WatchEvent event) {
        mailbox.execute(() -> {
            jobs.changed(kind, event);
            clusterVersion.changed(kind, event);
            policies.changed(kind);
            views.changed(kind, event);
            works.changed(kind);
            operators.changed(kind, event);
        });
    }

    void close() {
        mailbox.close();
    }
}
