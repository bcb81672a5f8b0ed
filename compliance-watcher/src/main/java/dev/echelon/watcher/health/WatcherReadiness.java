package dev.echelon.watcher.health;

import dev.echelon.watcher.WatcherService;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.TreeMap;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready means that what the watcher says is the whole truth. A kind that the hub does not have is reported and does not
 * make it unready: there is nothing of it to see.
 */
@Readiness
@ApplicationScoped
public class WatcherReadiness implements HealthCheck {

    private final WatcherService watcher;

    WatcherReadiness(WatcherService watcher) {
        this.watcher = watcher;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("compliance-watcher").status(watcher.isReady());
        new TreeMap<>(watcher.describe()).forEach(response::withData);
        return response.build();
    }
}
