package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.CguId;
import dev.echelon.simulator.scenario.GeneratedFleet;
import dev.echelon.standalone.demo.Walkthrough;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.containers.GenericContainer;

/** The system through its images, on a Kafka of its own image: {@code mvn verify -Pcontainers}. */
@Tag("containers")
class ImagesScenarioTest {

    private static final int CLUSTERS = 24;
    private static final int MAX_CONCURRENCY = 2;
    private static final UnbrokenRollout EXPECTED = new UnbrokenRollout(CLUSTERS, MAX_CONCURRENCY);
    private static final GeneratedFleet FLEET = new GeneratedFleet("fleet", CLUSTERS);
    private static final List<String> POLICIES = FLEET.policies("policy", 1);
    private static final CguId CGU = new CguId("fleet", "contained");
    private static final String CGUS = "/apis/ran.openshift.io/v1alpha1/namespaces/fleet/clustergroupupgrades";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    private Path folder;

    @Test
    void theWalkthroughComesTrueInContainersThatMayWriteNothing() throws Exception {
        try (ContainerInstallation echelon = ContainerInstallation.start(shippedWalkthrough(), 10, 1)) {
            new Walkthrough(
                            new PrintStream(Files.newOutputStream(folder.resolve("walkthrough.txt")), true),
                            false,
                            echelon.api(1),
                            echelon.hub(),
                            Map.of("sno1", echelon.spoke("sno1"), "sno2", echelon.spoke("sno2")),
                            echelon.bootstrapServers(),
                            Duration.ofSeconds(120))
                    .run();

            for (String service : ContainerInstallation.SERVICES) {
                assertIsAsDocumented(service, echelon.container(service, 1));
            }
        }
    }

    @Test
    void aRolloutSurvivesTheLossOfAContainerOfEachServiceWithNothingLostAndNothingDoneTwice() throws Exception {
        Path scenario = Files.writeString(
                folder.resolve("fleet.yaml"), FLEET.yaml(POLICIES).replace("instant: true", "instant: false"));
        try (ContainerInstallation echelon = ContainerInstallation.start(scenario, 1, 2)) {
            await("the hub to have evaluated the policy").atMost(PATIENCE).until(() -> echelon.hub()
                    .get("/apis/policy.open-cluster-management.io/v1/namespaces/fleet/policies/policy-1")
                    .path("status").path("status").size() == CLUSTERS);
            echelon.api(2).create(CGUS, FLEET.cgu(CGU.name(), POLICIES, MAX_CONCURRENCY));
            await("the rollout to have begun").atMost(PATIENCE)
                    .until(() -> rollout(echelon).has("startedAt"));
            for (String service : ContainerInstallation.SERVICES) {
                echelon.kill(service, 1);
                assertThat(rollout(echelon).has("completedAt")).as("the rollout outlasts the losses").isFalse();
                echelon.startService(service, 3);
            }
            await("the rollout to end").atMost(PATIENCE).until(() -> rollout(echelon).has("completedAt"));

            EXPECTED.assertEndedWell(echelon.api(3).get(CGUS + "/" + CGU.name()));
            EXPECTED.assertStory(AuditLog.of(echelon.bootstrapServers(), CGU));
        }
    }

    private static JsonNode rollout(ContainerInstallation echelon) throws Exception {
        return echelon.api(2).get(CGUS + "/" + CGU.name()).path("status").path("status");
    }

    private static void assertIsAsDocumented(String service, GenericContainer<?> container) throws Exception {
        assertThat(output(container, "id", "-u")).as("%s's user", service).isEqualTo("10001");
        assertThat(container.execInContainer("touch", "/deployments/x").getExitCode())
                .as("%s writes to its own file system", service)
                .isNotZero();
        assertThat(output(container, "head", "-c", "200", "/deployments/sbom.cdx.json")).contains("CycloneDX");
        assertThat(output(container, "cat", "/proc/1/maps"))
                .as("%s runs from the AOT cache that was made with its image", service)
                .contains("/deployments/app.aot");
        var labels = container.getCurrentContainerInfo().getConfig().getLabels();
        assertThat(labels)
                .containsEntry("org.opencontainers.image.title", "echelon-" + service)
                .containsEntry("org.opencontainers.image.licenses", "Apache-2.0");
        assertThat(labels.get("org.opencontainers.image.revision")).as("%s's revision", service).isNotBlank();
    }

    private static String output(GenericContainer<?> container, String... command) throws Exception {
        return container.execInContainer(command).getStdout().strip();
    }

    private Path shippedWalkthrough() throws Exception {
        Path file = folder.resolve("walkthrough.yaml");
        try (InputStream shipped = GeneratedFleet.class.getResourceAsStream("/scenarios/walkthrough.yaml")) {
            Files.copy(shipped, file);
        }
        return file;
    }
}
