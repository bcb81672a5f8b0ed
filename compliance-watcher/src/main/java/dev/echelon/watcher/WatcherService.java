package dev.echelon.watcher;

import dev.echelon.contract.kafka.Traces;
import dev.echelon.hubclient.LeaderElectionConfig;
import dev.echelon.hubclient.Leadership;
import dev.echelon.watcher.config.KafkaConfig;
import dev.echelon.watcher.config.WatcherConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts and stops the watcher with the application. Kafka need not be there yet: it is waited for. */
@ApplicationScoped
public class WatcherService {

    private static final Logger LOG = System.getLogger(WatcherService.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KafkaConfig kafka;
    private final WatcherConfig config;
    private final LeaderElectionConfig leaderElection;
    private final KubernetesClient client;
    private final MeterRegistry metrics;

    private Leadership leadership;
    private Thread starter;
    private volatile Watcher watcher;
    private volatile String waitingFor = "not started";

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
        starter = Thread.ofVirtual().name("compliance-watcher-start").start(this::startUntilStarted);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (starter != null) {
            starter.interrupt();
            starter.join();
        }
        if (watcher != null) {
            watcher.close();
        } else if (leadership != null) {
            leadership.close();
        }
    }

    /** Whether the watcher has read once all that there is. */
    public boolean hasStarted() {
        return watcher != null && watcher.hasStarted();
    }

    /** Whether the watcher has started, knows everything and gets through. */
    public boolean isReady() {
        return watcher != null && watcher.isReady();
    }

    /** How it stands with everything that the watcher depends on, in words. */
    public Map<String, String> describe() {
        return watcher == null ? Map.of("kafka", waitingFor) : watcher.describe();
    }

    private void startUntilStarted() {
        while (watcher == null) {
            try {
                waitingFor = "connecting";
                watcher = Watcher.start(
                        kafka.settings(),
                        client,
                        leadership,
                        metrics,
                        config.window(),
                        config.graph().settings(System.getenv()),
                        InstantSource.system());
            } catch (RuntimeException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                waitingFor = e.getMessage();
                LOG.log(Level.WARNING, "the compliance-watcher cannot start yet and tries again: {0}", e.getMessage());
                try {
                    Thread.sleep(PAUSE);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }
}
