package dev.echelon.simulator;

import dev.echelon.kubeapi.ResourceStore;
import dev.echelon.simulator.fleet.Fleet;
import dev.echelon.simulator.scenario.Failure;
import java.time.Duration;
import java.util.Optional;

/** The switches of one spoke, for tests and for somebody who plays along. Durations are simulated time. */
public final class SpokeControls {
    private final Fleet fleet;
    private final String name;

    SpokeControls(Fleet fleet, String name) {
        this.fleet = fleet;
        this.name = name;
    }

    /** Loses the hub: views, actions, policies and statuses stand still until {@link #comeBack}. */
    public void goOffline() {
        fleet.setOnline(name, false);
    }

    /** Finds the hub again and catches up. */
    public void comeBack() {
        fleet.setOnline(name, true);
    }

    /** Whatever is enforced, no policy becomes Compliant. */
    public void neverComply() {
        fleet.inflict(name, new Failure.NeverComplies(Optional.empty()));
    }

    /** Whatever is enforced, this root policy does not become Compliant. */
    public void neverComply(String policy) {
        fleet.inflict(name, new Failure.NeverComplies(Optional.of(policy)));
    }

    /** Once Compliant, a root policy turns NonCompliant and back, again and again. */
    public void flap(String policy, Duration every) {
        fleet.inflict(name, new Failure.Flaps(Optional.of(policy), every));
    }

    /** The next runs of a job fail after a while with reason BackoffLimitExceeded. */
    public void failJob(String job, Duration after) {
        fleet.inflict(name, new Failure.JobFails(job, after));
    }

    /** The next runs of a job fail after a while with reason DeadlineExceeded, whatever their deadline says. */
    public void exceedDeadline(String job, Duration after) {
        fleet.inflict(name, new Failure.JobExceedsDeadline(job, after));
    }

    /** Everything takes so many times as long. */
    public void slowDown(double factor) {
        fleet.inflict(name, new Failure.Slow(factor));
    }

    /** Nothing goes wrong any more; a spoke that was offline comes back. */
    public void heal() {
        fleet.heal(name);
    }

    /** The OpenShift version that it runs. */
    public String version() {
        return fleet.version(name);
    }

    /** Its objects. */
    public ResourceStore objects() {
        return fleet.objects(name).orElseThrow();
    }
}
