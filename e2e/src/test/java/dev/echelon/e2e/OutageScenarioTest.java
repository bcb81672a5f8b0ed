package dev.echelon.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.hubfixture.FreePort;
import dev.echelon.simulator.HubTarget;
import dev.echelon.simulator.Simulator;
import dev.echelon.simulator.scenario.ScenarioReader;
import dev.echelon.standalone.client.KubeHttp;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub or a Kafka that is away is one line for whoever reads, which says why and what happens next. */
@FirstLane
class OutageScenarioTest {

    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** Lines of a start, of what the hub had not yet when it was back, and of the outages. */
    private static final int SHORT = 40;

    @TempDir
    private Path folder;

    @Test
    void aHubThatIsAwayIsALineOnTheConsoleAndInTheLogAndAnotherWhenItIsBack() throws Exception {
        int port = FreePort.take();
        Path kubeconfig = Files.writeString(folder.resolve("hub.kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: hub, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: hub, context: {cluster: hub, user: hub}}]
                users: [{name: hub, user: {}}]
                current-context: hub
                """.formatted(port));
        String away = "the hub http://127.0.0.1:" + port + " is away: Connection refused;"
                + " it is asked again, at least every 7 s";
        String back = "the hub http://127.0.0.1:" + port + " is back after ";
        try (EchelonProcess echelon = EchelonProcess.launch(
                folder.resolve("data"), Map.of(), "--hub-kubeconfig", kubeconfig.toString())) {
            await("the first line").atMost(PATIENCE).until(() -> echelon.console().contains("echelon: " + away));

            try (Simulator hub = Simulator.start(
                    ScenarioReader.shipped("walkthrough").atSpeed(20), new HubTarget.Own(HubTarget.LOOPBACK, port))) {
                await("the return").atMost(PATIENCE).until(() -> echelon.console().contains("echelon: " + back));
                echelon.awaitReady();
            }

            await("the second outage").atMost(PATIENCE).until(() -> count(away, echelon.console()) == 2);
            assertThat(echelon.readiness()).contains("the hub http://127.0.0.1:" + port + " is away");
            try (Simulator hub = Simulator.start(
                    ScenarioReader.shipped("walkthrough").atSpeed(20), new HubTarget.Own(HubTarget.LOOPBACK, port))) {
                await("the second return").atMost(PATIENCE).until(() -> count(back, echelon.console()) == 2);
                echelon.awaitReady();
            }
            assertThat(echelon.console()).doesNotContain("{").doesNotContain("Exception");
            assertShort(Files.readString(folder.resolve("data/echelon.log")), away, 2);
        }
    }

    @Test
    void aKafkaThatIsAwayIsALineOfEachService() throws Exception {
        int port = FreePort.take();
        String away = "Kafka at 127.0.0.1:" + port + " is away: Connection refused;"
                + " it is asked again, at least every 10 s";
        String back = "Kafka at 127.0.0.1:" + port + " is back after ";
        List<ServiceProcess> services = new ArrayList<>();
        try (Simulator hub = Simulator.start(ScenarioReader.shipped("walkthrough").atSpeed(20), HubTarget.own())) {
            Path kubeconfig = folder.resolve("hub.kubeconfig");
            hub.writeKubeconfig(kubeconfig);
            Map<String, String> environment = Map.of(
                    "ECHELON_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + port,
                    "ECHELON_DATA_DIR", folder.resolve("data").toString(),
                    "ECHELON_API_AUTH_MODE", "none",
                    "ECHELON_LEADER_ELECTION_NAMESPACE", "default",
                    "KUBECONFIG", kubeconfig.toString());
            for (String name : List.of("cgu-api", "scheduler", "compliance-watcher", "spoke-executor")) {
                services.add(ServiceProcess.start(name, folder, environment));
            }
            for (ServiceProcess service : services) {
                await("the line").atMost(PATIENCE).until(() -> service.output().contains(away));
                assertThat(service.isReady()).isFalse();
            }
            KubeHttp leases = new KubeHttp(URI.create(hub.hubUrl()));
            assertThat(leases.get(LEASES).path("items")).as("leads without Kafka, and keeps another from it").isEmpty();
            try (EmbeddedKafka kafka = start(port)) {
                for (ServiceProcess service : services) {
                    service.awaitReady();
                    await("the return").atMost(PATIENCE).until(() -> service.output().contains(back));
                }
                await("the leaders").atMost(PATIENCE).until(() -> leases.get(LEASES).path("items").size() == 2);
            }
            for (ServiceProcess service : services) {
                await("the second line").atMost(PATIENCE).until(() -> count(away, service.output()) == 2);
                assertThat(service.isReady()).as("ready without Kafka").isFalse();
            }
            try (EmbeddedKafka kafka = start(port)) {
                for (ServiceProcess service : services) {
                    service.awaitReady();
                    await("the second return").atMost(PATIENCE).until(() -> count(back, service.output()) == 2);
                    assertShort(service.output(), away, 2);
                }
            }
        } finally {
            for (ServiceProcess service : services) {
                service.close();
            }
        }
    }

    private EmbeddedKafka start(int port) {
        return EmbeddedKafka.builder().directory(folder.resolve("kafka")).port(port).start();
    }

    private static void assertShort(String log, String away, int times) {
        assertThat(log).doesNotContain("\tat ").doesNotContain("{\"");
        assertThat(log.lines()).hasSizeLessThan(SHORT);
        assertThat(count(away, log)).isEqualTo(times);
    }

    private static int count(String part, String text) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
