package dev.echelon.executor;

import dev.echelon.contract.kafka.Traces;
import dev.echelon.executor.config.ExecutorConfig;
import dev.echelon.executor.config.KafkaConfig;
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

/** Starts and stops the executor with the application. Kafka and the hub need not be there yet: they are waited for. */
@ApplicationScoped
public class ExecutorLifecycle {

    private static final Logger LOG = System.getLogger(ExecutorLifecycle.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KafkaConfig kafka;
    private final ExecutorConfig config;
    private final KubernetesClient client;
    private final MeterRegistry metrics;

    private Thread starter;
    private volatile Executor executor;
    private volatile String waitingFor = "not started";

    ExecutorLifecycle(KafkaConfig kafka, ExecutorConfig config, KubernetesClient client, MeterRegistry metrics) {
        this.kafka = kafka;
        this.config = config;
        this.client = client;
        this.metrics = metrics;
    }

    void start(
            @Observes StartupEvent event,
            @ConfigProperty(name = "quarkus.otel.sdk.disabled", defaultValue = "true") boolean untraced) {
        Traces.use(!untraced);
        starter = Thread.ofVirtual().name("spoke-executor-start").start(this::startUntilStarted);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (starter != null) {
            starter.interrupt();
            starter.join();
        }
        if (executor != null) {
            executor.close();
        }
    }

    /** Whether the executor has taken its share up once. */
    public boolean hasStarted() {
        return executor != null && executor.hasStarted();
    }

    /** Whether all that was asked of the executor is being done. */
    public boolean isReady() {
        return executor != null && executor.isReady();
    }

    /** How it stands with what the executor depends on, in words. */
    public Map<String, String> describe() {
        return executor == null ? Map.of("kafka", waitingFor) : executor.describe();
    }

    private void startUntilStarted() {
        while (executor == null) {
            try {
                waitingFor = "connecting";
                executor = Executor.start(
                        kafka.settings(), client.getConfiguration(), metrics, config, InstantSource.system());
            } catch (RuntimeException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                waitingFor = e.getMessage();
                LOG.log(Level.WARNING, "the spoke-executor cannot start yet and tries again: {0}", e.getMessage());
                try {
                    Thread.sleep(PAUSE);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }
}
