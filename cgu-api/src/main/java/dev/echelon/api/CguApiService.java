package dev.echelon.api;

import dev.echelon.api.auth.Guard;
import dev.echelon.api.config.ApiConfig;
import dev.echelon.api.config.AuthConfig;
import dev.echelon.api.config.KafkaConfig;
import dev.echelon.api.config.LimitsConfig;
import dev.echelon.api.config.ZtpConfig;
import dev.echelon.api.hub.HubMirror;
import dev.echelon.api.hub.HubRequests;
import dev.echelon.api.ztp.AutomaticCgus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.FunctionCounter;
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

/**
 * {@link CguApi}, its mirror and the automatic ClusterGroupUpgrades as part of a Quarkus application: configured,
 * mounted, started, measured.
 */
@ApplicationScoped
public class CguApiService {

    private final CguApi api;
    private final Guard guard;
    private final Optional<HubMirror> mirror;
    private final Optional<AutomaticCgus> automatic;

    @Inject
    CguApiService(
            ApiConfig config,
            KafkaConfig kafka,
            ZtpConfig ztp,
            AuthConfig auth,
            LimitsConfig limits,
            Instance<KubernetesClient> hub,
            MeterRegistry metrics) {
        Clock clock = Clock.systemUTC();
        HubRequests requests = (verb, resource) -> metrics.counter(
                        "echelon.hub.requests", "service", CguApi.SERVICE, "verb", verb, "resource", resource)
                .increment();
        guard = Guard.of(auth, limits, () -> hub.get().getConfiguration(), clock, System::nanoTime);
        api = new CguApi(kafka.settings(), config, guard, clock);
        mirror = config.mirror().enabled()
                ? Optional.of(new HubMirror(
                        api.table(),
                        api.desk(),
                        hub.get(),
                        requests,
                        config.mirror().statusInterval(),
                        clock))
                : Optional.empty();
        // A ClusterGroupUpgrade that nobody takes in would only lie there.
        automatic = config.mirror().enabled() && ztp.enabled()
                ? Optional.of(new AutomaticCgus(hub.get().getConfiguration(), requests))
                : Optional.empty();
        automatic.ifPresent(cgus -> {
            FunctionCounter.builder("echelon.ztp.created", cgus, AutomaticCgus::created)
                    .description("ClusterGroupUpgrades created for new clusters")
                    .register(metrics);
            metrics.gauge("echelon.ztp.failing", cgus, AutomaticCgus::failing);
        });
        metrics.gauge("echelon.api.lag.records", api, CguApi::lag);
        metrics.gauge("echelon.api.cgus", api, one -> one.table().ids().size());
        metrics.gauge("echelon.api.dead.letters", api, one -> one.deadLetters().count());
    }

    void mount(@Observes Router router) {
        api.mount(router);
    }

    void start(@Observes StartupEvent started) {
        mirror.ifPresent(HubMirror::start);
        automatic.ifPresent(AutomaticCgus::start);
        api.start();
    }

    void stop(@Observes ShutdownEvent stopped) {
        automatic.ifPresent(AutomaticCgus::close);
        mirror.ifPresent(HubMirror::close);
        api.close();
        guard.close();
    }

    CguApi api() {
        return api;
    }

    Optional<String> authProblem() {
        return guard.problem();
    }

    Optional<String> hubProblem() {
        return mirror.flatMap(HubMirror::problem);
    }

    Optional<String> automaticCguProblem() {
        return automatic.flatMap(AutomaticCgus::problem);
    }
}
