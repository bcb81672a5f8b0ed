package dev.echelon.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.simulator.api.HubKinds;
import dev.echelon.simulator.scenario.Scenario;
import dev.echelon.simulator.scenario.ScenarioReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One process holds five thousand spokes, and a rollout over some of them goes its way. */
class LargeFleetIT {
    private static final int SPOKES = 5_000;
    private static final int ENFORCED = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(8);

    @Test
    void fiveThousandSpokesAreHeldAndComplyWhenEnforced() {
        Scenario scenario = fleet();
        long begun = System.nanoTime();
        try (Simulator simulator = Simulator.start(scenario, HubTarget.own());
                HubUser hub = new HubUser(simulator.client())) {
            System.out.printf("LargeFleetIT: %d spokes joined after %.1f s, %d s of CPU%n", SPOKES, since(begun),
                    cpu());
            await("all spokes have reported").atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() ->
                    count(hub, "NonCompliant") == SPOKES);
            System.out.printf("LargeFleetIT: all NonCompliant after %.1f s, %d s of CPU, %d hub requests%n",
                    since(begun), cpu(), simulator.fleet().hubRequests());
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).as("platform threads").isLessThan(100);

            long enforced = System.nanoTime();
            hub.create(Enforcement.of("fleet-upgrade-version-412-5", IntStream.rangeClosed(1, ENFORCED)
                    .mapToObj("spoke-%05d"::formatted).toArray(String[]::new)));

            await("the enforced spokes comply").atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() ->
                    count(hub, "Compliant") == ENFORCED);
            System.out.printf("LargeFleetIT: %d enforced spokes comply after %.1f s, %d s of CPU%n", ENFORCED,
                    since(enforced), cpu());
            assertThat(simulator.spoke("spoke-00500").version()).isEqualTo("4.12.5");
            assertThat(simulator.spoke("spoke-00501").version()).isEqualTo("4.12.3");
            System.gc();
            System.out.printf("LargeFleetIT: %d MiB of heap in use%n",
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20);
        }
    }

    private static long count(HubUser hub, String compliance) {
        JsonNode root = hub.get(HubKinds.POLICY, "ztp-policies", "fleet-upgrade-version-412-5");
        return root.at("/status/status").valueStream()
                .filter(entry -> entry.path("compliant").asText().equals(compliance)).count();
    }

    private static Scenario fleet() {
        Scenario shipped = ScenarioReader.shipped("fleet");
        Scenario clusters = ScenarioReader.parse("large", """
                name: large
                clusters: [{count: %d, name: 'spoke-%%05d', labels: {logicalGroup: active}}]
                """.formatted(SPOKES).getBytes(StandardCharsets.UTF_8));
        return new Scenario("large", 1, 1, true, clusters.clusters(), shipped.manifests(), shipped.releases(),
                shipped.durations(), clusters.failures());
    }

    private static long cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toSeconds();
    }

    private static double since(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }
}
