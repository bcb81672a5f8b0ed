package dev.echelon.executor.aztp;

import dev.echelon.executor.aztp.domain.AztpSettings;
import dev.echelon.executor.config.AztpConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Starts and stops {@link AcceleratedZtp} with the application, where it is switched on. */
@ApplicationScoped
public class AztpService {

    private final Optional<AcceleratedZtp> aztp;

    AztpService(AztpConfig config, KubernetesClient hub, MeterRegistry metrics) {
        AztpSettings settings = new AztpSettings(
                config.image().orElse(""),
                config.innerConfigmapName().orElse(AztpSettings.DEFAULT_NAME),
                config.innerConfigmapNamespace().orElse(AztpSettings.DEFAULT_NAMESPACE));
        aztp = config.enabled()
                ? Optional.of(new AcceleratedZtp(hub.getConfiguration(), settings, metrics, InstantSource.system()))
                : Optional.empty();
    }

    void start(@Observes StartupEvent event) {
        aztp.ifPresent(AcceleratedZtp::start);
    }

    void stop(@Observes ShutdownEvent event) {
        aztp.ifPresent(AcceleratedZtp::close);
    }

    /** What is wrong at present, in words, by what it concerns. */
    public Map<String, String> problems() {
        return aztp.map(AcceleratedZtp::problems).orElse(Map.of());
    }
}
