package dev.echelon.scheduler;

import dev.echelon.contract.telemetry.Traces;
import dev.echelon.scheduler.config.SchedulerConfig;
import dev.echelon.service.KafkaConfig;
import dev.echelon.service.Starter;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts and stops the scheduler with the application. Kafka need not be there yet: it is waited for. */
@ApplicationScoped
public class SchedulerService {

    private final KafkaConfig kafka;
    private final SchedulerConfig config;
    private final SchedulerMetrics metrics;
    private final Path dataDirectory;
    private final Starter<Scheduler> starter;

    SchedulerService(
            KafkaConfig kafka,
            SchedulerConfig config,
            SchedulerMetrics metrics,
            @ConfigProperty(name = "echelon.data-dir") Optional<String> dataDirectory) {
        this.kafka = kafka;
        this.config = config;
        this.metrics = metrics;
        this.dataDirectory = Path.of(dataDirectory.orElse(System.getProperty("java.io.tmpdir") + "/echelon"))
                .resolve("scheduler");
        starter = new Starter<>("scheduler", "connecting to " + kafka.bootstrapServers(), this::startOnce);
    }

    void start(
            @Observes StartupEvent event,
            @ConfigProperty(name = "quarkus.otel.sdk.disabled", defaultValue = "true") boolean untraced) {
        Traces.use(!untraced);
        starter.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        starter.stop();
        starter.started().ifPresent(Scheduler::close);
    }

    /** The running scheduler; empty while Kafka is waited for. */
    public Optional<Scheduler> scheduler() {
        return starter.started();
    }

    /** How it stands, in words. */
    public String describe() {
        return scheduler()
                .map(running -> running.failure().map(Throwable::getMessage).orElseGet(running::state))
                .orElseGet(starter::waitingFor);
    }

    private Scheduler startOnce() {
        Scheduler scheduler = Scheduler.start(kafka.settings(), config, dataDirectory);
        metrics.of(scheduler);
        return scheduler;
    }
}
