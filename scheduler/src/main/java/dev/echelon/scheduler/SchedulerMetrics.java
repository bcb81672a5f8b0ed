package dev.echelon.scheduler;

import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import dev.echelon.scheduler.stream.Telemetry;
import dev.echelon.service.ServiceMeters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What is measured of the scheduler; {@code docs/metrics.md} says what each metric means. */
@ApplicationScoped
public class SchedulerMetrics {

    private static final List<String> STATES = List.of(
            "Preparing",
            "Precaching",
            "NotEnabled",
            "Blocked",
            "BackingUp",
            "BetweenBatches",
            "Remediating",
            "Settling",
            "Finished",
            "Deleting");

    private final MeterRegistry registry;

    SchedulerMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void of(Scheduler scheduler) {
        for (String state : STATES) {
            Gauge.builder("echelon.scheduler.cgus", scheduler, running -> running.telemetry()
                            .cgusByState()
                            .getOrDefault(state, 0L))
                    .description("ClusterGroupUpgrades in this state")
                    .tag("state", state)
                    .register(registry);
        }
        for (SpokeState state : SpokeState.values()) {
            for (Workload workload : Workload.values()) {
                Gauge.builder("echelon.scheduler.spokes", scheduler, running -> running.telemetry()
                                .spokesByState()
                                .getOrDefault(new Telemetry.JobState(workload, state), 0L))
                        .description("Clusters whose job of a ClusterGroupUpgrade is in this state")
                        .tag("workload", workload.name().toLowerCase(Locale.ROOT))
                        .tag("state", state.wire())
                        .register(registry);
            }
        }
        ServiceMeters.lag(registry, "scheduler", scheduler, Scheduler::lag);
        FunctionCounter.builder("echelon.scheduler.decisions", scheduler, running ->
                        running.telemetry().decisions())
                .description("Inputs that were decided on, time included")
                .register(registry);
        FunctionCounter.builder("echelon.scheduler.failed.gates", scheduler, running ->
                        running.telemetry().failedGates())
                .description("Pre-caching or backup failed on all clusters of a ClusterGroupUpgrade")
                .register(registry);
        ServiceMeters.deadLetters(registry, "scheduler", scheduler, running ->
                running.telemetry().deadLetters());
        Timer steps = Timer.builder("echelon.scheduler.batch.step")
                .description("From the record that completed a batch to the start of the next batch")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
        scheduler.telemetry().onBatchStep((Duration took) -> steps.record(took));
    }
}
