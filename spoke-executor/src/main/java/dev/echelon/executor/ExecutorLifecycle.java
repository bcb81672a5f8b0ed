package dev.echelon.executor;

import dev.echelon.contract.telemetry.Traces;
import dev.echelon.executor.config.ExecutorConfig;
import dev.echelon.service.KafkaConfig;
import dev.echelon.service.Starter;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.InstantSource;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts and stops the executor with the application. Kafka and the hub need not be there yet: they are waited for. */
@ApplicationScoped
public class ExecutorLifecycle {

    private final KafkaConfig kafka;
    private final ExecutorConfig config;
    private final KubernetesClient client;
    private final MeterRegistry metrics;
    private final Starter<Executor> starter = new Starter<>(Executor.SERVICE, "connecting", this::executor);

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
        starter.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        starter.stop();
        starter.started().ifPresent(Executor::close);
    }

    /** Whether the executor has taken its share up once. */
    public boolean hasStarted() {
        return starter.started().filter(Executor::hasStarted).isPresent();
    }

    /** Whether all that was asked of the executor is being done. */
    public boolean isReady() {
        return starter.started().filter(Executor::isReady).isPresent();
    }

    /** How it stands with what the executor depends on, in words. */
    public Map<String, String> describe() {
        return starter.started().map(Executor::describe).orElseGet(() -> Map.of("kafka", starter.waitingFor()));
    }

    private Executor executor() {
        return Executor.start(kafka.settings(), client.getConfiguration(), metrics, config, InstantSource.system());
    }
}
