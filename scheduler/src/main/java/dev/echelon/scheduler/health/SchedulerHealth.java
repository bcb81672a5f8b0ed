package dev.echelon.scheduler.health;

import dev.echelon.scheduler.Scheduler;
import dev.echelon.scheduler.SchedulerService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * Live: its state is not broken. Started: it has read its state once. Ready: all of its share is being decided on; it is
 * not while Kafka is waited for, or while shares are given out anew.
 */
@ApplicationScoped
public class SchedulerHealth {

    private final SchedulerService service;

    SchedulerHealth(SchedulerService service) {
        this.service = service;
    }

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> respond(service.scheduler().flatMap(Scheduler::failure).isEmpty());
    }

    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> respond(service.scheduler().filter(Scheduler::isReady).isPresent());
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> respond(service.scheduler().filter(Scheduler::hasStarted).isPresent());
    }

    private HealthCheckResponse respond(boolean up) {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("scheduler").status(up).withData("state", service.describe());
        service.scheduler().ifPresent(running -> {
            response.withData("kafka", running.problem().orElse("connected"));
            response.withData("dead-letters", running.telemetry().deadLetters());
        });
        return response.build();
    }
}
