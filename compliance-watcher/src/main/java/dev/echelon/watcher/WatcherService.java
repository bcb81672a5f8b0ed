package dev.echelon.watcher;

import dev.echelon.contract.telemetry.Traces;
import dev.echelon.hubclient.LeaderElectionConfig;
import dev.echelon.hubclient.Leadership;
import dev.echelon.service.KafkaConfig;
import dev.echelon.service.Starter;
import dev.echelon.watcher.config.WatcherConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.InstantSource;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts and stops the watcher with the application. Kafka need not be there yet: it is waited for. */
@ApplicationScoped
public class WatcherService {

    private final KafkaConfig kafka;
    private final WatcherConfig config;
    private final LeaderElectionConfig leaderElection;
    private final KubernetesClient client;
    private final MeterRegistry metrics;

    private final Starter<Watcher> starter = new Starter<>(Watcher.SERVICE, "connecting", this::watcher);

    private Leadership leadership;

    WatcherService(
            KafkaConfig kafka,
            WatcherConfig config,
            LeaderElectionConfig leaderElection,
            KubernetesClient client,
            MeterRegistry metrics) {
        this.kafka = kafka;
        this.config = config;
        this.leaderElection = leaderElection;
        this.client = client;
        this.metrics = metrics;
    }

    void start(
            @Observes StartupEvent event,
            @ConfigProperty(name = "quarkus.otel.sdk.disabled", defaultValue = "true") boolean untraced) {
        Traces.use(!untraced);
        leadership = Leadership.of(Watcher.SERVICE, client.getConfiguration(), leaderElection, metrics);
        starter.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        starter.stop();
        starter.started().ifPresentOrElse(Watcher::close, () -> {
            if (leadership != null) {
                leadership.close();
            }
        });
    }

    /** Whether the watcher has read once all that there is. */
    public boolean hasStarted() {
        return starter.started().filter(Watcher::hasStarted).isPresent();
    }

    /** Whether the watcher has started, knows everything and gets through. */
    public boolean isReady() {
        return starter.started().filter(Watcher::isReady).isPresent();
    }

    /** How it stands with everything that the watcher depends on, in words. */
    public Map<String, String> describe() {
        return starter.started().map(Watcher::describe).orElseGet(() -> Map.of("kafka", starter.waitingFor()));
    }

    private Watcher watcher() {
        return Watcher.start(
                kafka.settings(),
                client,
                leadership,
                metrics,
                config.window(),
                config.graph().settings(System.getenv()),
                InstantSource.system());
    }
}
