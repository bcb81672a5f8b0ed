package dev.echelon.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.result.SpokeState;
import dev.echelon.contract.result.Workload;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two hundred spokes at once, which answer at once. */
class ManySpokesIT {

    private static final int SPOKES = 200;

    private static ExecutorFixture fixture;

    @BeforeAll
    static void begin() {
        // The real API server writes each object to the disk for good; this is not about its disk.
        fixture = ExecutorFixture.begin(TestHub.Kind.SIMULATED);
        fixture.startExecutor();
    }

    @AfterAll
    static void end() {
        if (fixture != null) {
            fixture.close();
        }
    }

    @Test
    void spokesArePrecachedInParallelAndNothingIsLeft() {
        CguId cgu = ExecutorFixture.cgu("many");
        List<Intent.Precache> intents = IntStream.range(0, SPOKES)
                .mapToObj(number -> ExecutorFixture.precache(cgu, "spoke-" + number, false))
                .toList();
        try (FakeFleet fleet = new FakeFleet(fixture.hub())) {
            intents.forEach(intent -> fixture.hub().cluster(intent.cluster(), true));
            long begun = System.nanoTime();

            intents.forEach(fixture.scheduler()::want);
            await("all " + SPOKES + " spokes are pre-cached").atMost(Duration.ofMinutes(8))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> intents.stream().allMatch(intent -> fixture.scheduler()
                            .states(intent.id(), intent.cluster(), Workload.PRECACHE)
                            .contains(SpokeState.SUCCEEDED)));

            System.out.printf("pre-cache of %d spokes in parallel: %.1f s, requests %s%n",
                    SPOKES, (System.nanoTime() - begun) / 1e9, fixture.requests());
            await("no view is left").atMost(Duration.ofSeconds(60)).until(() -> fixture.hub().client()
                    .genericKubernetesResources(TestHub.VIEWS).inAnyNamespace().list().getItems().isEmpty());
        }
        assertThat(intents).allSatisfy(intent -> {
            List<SpokeState> states = fixture.scheduler().states(intent.id(), intent.cluster(), Workload.PRECACHE);
            assertThat(states).startsWith(SpokeState.NOT_STARTED, SpokeState.PREPARING_TO_START, SpokeState.STARTING)
                    .endsWith(SpokeState.SUCCEEDED)
                    .doesNotHaveDuplicates();
        });
    }
}
