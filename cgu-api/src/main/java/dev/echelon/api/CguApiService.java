package dev.echelon.api;

import dev.echelon.api.auth.Guard;
import dev.echelon.api.config.ApiConfig;
import dev.echelon.api.config.AuthConfig;
import dev.echelon.api.config.LimitsConfig;
import dev.echelon.api.config.ZtpConfig;
import dev.echelon.contract.telemetry.Traces;
import dev.echelon.hubclient.LeaderElectionConfig;
import dev.echelon.hubclient.Leadership;
import dev.echelon.service.KafkaConfig;
import dev.echelon.service.ServiceMeters;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * {@link CguApi}, its mirror and the automatic ClusterGroupUpgrades as part of a Quarkus application: configured,
 * mounted, started, measured.
 */
@ApplicationScoped
public class CguApiService {

    private final CguApi api;
    private final Guard guard;
    private final Optional<HubSide> hubSide;

    @Inject
    CguApiService(
            ApiConfig config,
            KafkaConfig kafka,
            ZtpConfig ztp,
            AuthConfig auth,
            LimitsConfig limits,
            LeaderElectionConfig leaderElection,
            Instance<KubernetesClient> hub,
            MeterRegistry metrics) {
        Clock clock = Clock.systemUTC();
        guard = Guard.of(auth, limits, () -> hub.get().getConfiguration(), clock, System::nanoTime);
        api = new CguApi(kafka.settings(), config, guard, clock);
        hubSide = config.mirror().enabled()
                ? Optional.of(new HubSide(
                        api,
                        hub.get().getConfiguration(),
                        Leadership.of(CguApi.SERVICE, hub.get().getConfiguration(), leaderElection, metrics),
                        ztp.enabled(),
                        config.mirror().statusInterval(),
                        metrics,
                        clock))
                : Optional.empty();
        ServiceMeters.lag(metrics, CguApi.SERVICE, api, CguApi::lag);
        Gauge.builder("echelon.api.cgus", api, one -> one.table().ids().size())
                .description("ClusterGroupUpgrades that there are")
                .register(metrics);
        ServiceMeters.deadLetters(metrics, CguApi.SERVICE, api, one -> one.deadLetters().count());
    }

    void mount(@Observes Router router) {
        api.mount(router);
    }

    void start(
            @Observes StartupEvent started,
            @ConfigProperty(name = "quarkus.otel.sdk.disabled", defaultValue = "true") boolean untraced) {
        Traces.use(!untraced);
        hubSide.ifPresent(HubSide::start);
        api.start();
    }

    void stop(@Observes ShutdownEvent stopped) {
        hubSide.ifPresent(HubSide::close);
        api.close();
        guard.close();
    }

    CguApi api() {
        return api;
    }

    Optional<String> authProblem() {
        return guard.problem();
    }

    Optional<String> leadership() {
        return hubSide.map(HubSide::leadership);
    }

    Optional<String> hubProblem() {
        return hubSide.flatMap(HubSide::mirrorProblem);
    }

    Optional<String> automaticCguProblem() {
        return hubSide.flatMap(HubSide::automaticCguProblem);
    }
}
