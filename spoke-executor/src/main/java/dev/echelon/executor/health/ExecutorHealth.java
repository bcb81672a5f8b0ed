package dev.echelon.executor.health;

import dev.echelon.executor.ExecutorLifecycle;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * Live: always, because what is away comes back without a restart. Started: its share of the intents was taken up once.
 * Ready: intents are read, the hub is watched, and nothing of this process's share waits to be taken up.
 */
@ApplicationScoped
public class ExecutorHealth {

    private final ExecutorLifecycle executor;

    ExecutorHealth(ExecutorLifecycle executor) {
        this.executor = executor;
    }

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.up("spoke-executor");
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> respond(executor.hasStarted());
    }

    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> respond(executor.isReady());
    }

    private HealthCheckResponse respond(boolean up) {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("spoke-executor").status(up);
        executor.describe().forEach(response::withData);
        return response.build();
    }
}
