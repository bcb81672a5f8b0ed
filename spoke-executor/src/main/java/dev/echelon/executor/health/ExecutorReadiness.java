package dev.echelon.executor.health;

import dev.echelon.executor.ExecutorLifecycle;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready means that intents are read, the hub is watched, and nothing of this process's share waits to be taken up. */
@Readiness
@ApplicationScoped
public class ExecutorReadiness implements HealthCheck {

    private final ExecutorLifecycle executor;

    ExecutorReadiness(ExecutorLifecycle executor) {
        this.executor = executor;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("spoke-executor").status(executor.isReady());
        executor.describe().forEach(response::withData);
        return response.build();
    }
}
