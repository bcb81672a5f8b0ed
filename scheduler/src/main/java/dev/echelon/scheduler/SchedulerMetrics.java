package dev.echelon.scheduler;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/**
 * What is measured of the scheduler:
 *
 * <ul>
 *   <li>{@code echelon_scheduler_cgus{state}}: ClusterGroupUpgrades of this process's share, by state;
 *   <li>{@code echelon_scheduler_batch_step_seconds}: from the record that completed a batch to the next batch's start;
 *   <li>{@code echelon_scheduler_decisions_total}, {@code echelon_dead_letters_total{service="scheduler"}};
 *   <li>{@code echelon_scheduler_failed_gates_total}: pre-caching or backup failed on all clusters of a CGU;
 *   <li>{@code echelon_scheduler_lag}: records waiting in the partition that is furthest behind.
 * </ul>
 */
@ApplicationScoped
public class SchedulerMetrics {

    private static final List<String> STATES = List.of(
            "Preparing",
            "Precaching",
            "NotEnabled",
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
        Gauge.builder("echelon.scheduler.lag", scheduler, Scheduler::lag)
                .description("Records waiting in the partition that is furthest behind")
                .register(registry);
        FunctionCounter.builder("echelon.scheduler.decisions", scheduler, running ->
                        running.telemetry().decisions())
                .description("Inputs that were decided on, time included")
                .register(registry);
        FunctionCounter.builder("echelon.scheduler.failed.gates", scheduler, running ->
                        running.telemetry().failedGates())
                .description("Pre-caching or backup failed on all clusters of a ClusterGroupUpgrade")
                .register(registry);
        FunctionCounter.builder("echelon.dead.letters", scheduler, running ->
                        running.telemetry().deadLetters())
                .description("Records that could not be processed")
                .tag("service", "scheduler")
                .register(registry);
        Timer steps = Timer.builder("echelon.scheduler.batch.step")
                .description("From the record that completed a batch to the start of the next batch")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
        scheduler.telemetry().onBatchStep((Duration took) -> steps.record(took));
    }
}
