package dev.echelon.executor.health;

import dev.echelon.executor.aztp.AztpService;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Tells what keeps accelerated ZTP from its work. It does not count: rollouts go on without it. */
@Readiness
@ApplicationScoped
public class AztpHealth implements HealthCheck {

    private static final int TOLD = 5;

    private final AztpService aztp;

    AztpHealth(AztpService aztp) {
        this.aztp = aztp;
    }

    @Override
    public HealthCheckResponse call() {
        Map<String, String> problems = aztp.problems();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("accelerated-ztp").up().withData("problems", problems.size());
        problems.entrySet().stream()
                .limit(TOLD)
                .forEach(problem -> response.withData(problem.getKey(), problem.getValue()));
        return response.build();
    }
}
