package dev.echelon.watcher.health;

import dev.echelon.watcher.WatcherService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * Live: always, because what is away comes back without a restart. Started: all upgrades and the whole hub were known
 * once. Ready: what the watcher says, or would say if it led, is the whole truth. A kind that the hub does not have is
 * reported and does not make it unready: there is nothing of it to see.
 */
@ApplicationScoped
public class WatcherHealth {

    private final WatcherService watcher;

    WatcherHealth(WatcherService watcher) {
        this.watcher = watcher;
    }

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.up("compliance-watcher");
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> respond(watcher.hasStarted());
    }

    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> respond(watcher.isReady());
    }

    private HealthCheckResponse respond(boolean up) {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("compliance-watcher").status(up);
        watcher.describe().forEach(response::withData);
        return response.build();
    }
}
