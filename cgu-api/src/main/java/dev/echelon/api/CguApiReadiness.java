package dev.echelon.api;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready when everything that was in Kafka at the start has been read, and the broker answers. The hub is told of but does
 * not count: the API serves without one.
 */
@Readiness
@ApplicationScoped
class CguApiReadiness implements HealthCheck {

    private final CguApiService service;

    @Inject
    CguApiReadiness(CguApiService service) {
        this.service = service;
    }

    @Override
    public HealthCheckResponse call() {
        CguApi api = service.api();
        HealthCheckResponseBuilder response = HealthCheckResponse.named(CguApi.SERVICE)
                .status(api.problem().isEmpty())
                .withData("lag", api.lag())
                .withData("deadLetters", api.deadLetters().count());
        api.problem().ifPresent(problem -> response.withData("problem", problem));
        service.authProblem().ifPresent(problem -> response.withData("auth", problem));
        service.hubProblem().ifPresent(problem -> response.withData("hub", problem));
        service.automaticCguProblem().ifPresent(problem -> response.withData("ztp", problem));
        return response.build();
    }
}
