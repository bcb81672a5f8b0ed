package dev.echelon.scheduler;

import dev.echelon.contract.kafka.Traces;
import dev.echelon.scheduler.config.KafkaConfig;
import dev.echelon.scheduler.config.SchedulerConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Starts and stops the scheduler with the application. Kafka need not be there yet: it is waited for. */
@ApplicationScoped
public class SchedulerService {

    private static final Logger LOG = System.getLogger(SchedulerService.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KafkaConfig kafka;
    private final SchedulerConfig config;
    private final SchedulerMetrics metrics;
    private final Path dataDirectory;

    private Thread starter;
    private volatile Scheduler scheduler;
    private volatile String waitingFor = "not started";

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
    }

    void start(
            @Observes StartupEvent event,
            @ConfigProperty(name = "quarkus.otel.sdk.disabled", defaultValue = "true") boolean untraced) {
        Traces.use(!untraced);
        starter = Thread.ofVirtual().name("scheduler-start").start(this::startUntilStarted);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        if (starter != null) {
            starter.interrupt();
            starter.join();
        }
        if (scheduler != null) {
            scheduler.close();
        }
    }

    /** The running scheduler; empty while Kafka is waited for. */
    public Optional<Scheduler> scheduler() {
        return Optional.ofNullable(scheduler);
    }

    /** How it stands, in words. */
    public String describe() {
        return scheduler()
                .map(running -> running.failure().map(Throwable::getMessage).orElseGet(running::state))
                .orElse(waitingFor);
    }

    private void startUntilStarted() {
        while (scheduler == null) {
            try {
                waitingFor = "connecting to " + kafka.bootstrapServers();
                Scheduler started = Scheduler.start(kafka.settings(), config, dataDirectory);
                metrics.of(started);
                scheduler = started;
            } catch (RuntimeException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                waitingFor = e.getMessage();
                LOG.log(Level.WARNING, "the scheduler cannot start yet and tries again: {0}", e.getMessage());
                try {
                    Thread.sleep(PAUSE);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }
}
