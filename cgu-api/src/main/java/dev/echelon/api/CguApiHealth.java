package dev.echelon.api;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * Live: always, because what is away comes back without a restart. Started: all that was in Kafka at the start has been
 * read once. Ready: that, and the broker answers. The hub is told of but does not count: the API serves without one.
 */
@ApplicationScoped
class CguApiHealth {

    private final CguApiService service;

    CguApiHealth(CguApiService service) {
        this.service = service;
    }

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.up(CguApi.SERVICE);
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> respond(service.api().hasStarted());
    }

    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> respond(service.api().problem().isEmpty());
    }

    private HealthCheckResponse respond(boolean up) {
        CguApi api = service.api();
        HealthCheckResponseBuilder response = HealthCheckResponse.named(CguApi.SERVICE)
                .status(up)
                .withData("kafka", api.problem().orElse("connected"))
                .withData("lag", api.lag())
                .withData("dead-letters", api.deadLetters().count());
        service.authProblem().ifPresent(problem -> response.withData("auth", problem));
        service.leadership().ifPresent(leadership -> response.withData("leadership", leadership));
        service.hubProblem().ifPresent(problem -> response.withData("hub", problem));
        service.automaticCguProblem().ifPresent(problem -> response.withData("ztp", problem));
        return response.build();
    }
}
