package dev.echelon.watcher;

import static dev.echelon.watcher.HubObjects.cluster;
import static dev.echelon.watcher.HubObjects.rootPolicy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.observation.Compliance;
import dev.echelon.contract.observation.Observation.FleetSnapshot;
import dev.echelon.contract.resource.CguSpec.ConfigRef;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.hubclient.Leadership;
import dev.echelon.hubfixture.RealHub;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What the watcher depends on goes away and comes back. Each test has a hub and a broker of its own. */
@EnabledIf(value = "hubCanRun", disabledReason = "there is no hub; the reason is printed")
class OutageIT {

    private static final CguId CGU = new CguId("ztp-policies", "cu");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private EmbeddedKafka broker;
    private RealHub hub;
    private Cable cable;
    private KubernetesClient client;
    private Upstairs scheduler;
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private Watcher watcher;

    static boolean hubCanRun() {
        RealHub.ownMissing().ifPresent(reason -> System.out.println("OutageIT is skipped: it " + reason));
        return RealHub.ownMissing().isEmpty();
    }

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(directory.resolve("hub"));
        broker = EmbeddedKafka.builder().directory(directory.resolve("broker")).start();
        hub = RealHub.start(directory.resolve("hub"));
        cable = new Cable(URI.create(hub.client().getConfiguration().getMasterUrl()).getPort());
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(hub.client().getConfiguration())
                        .withMasterUrl("https://127.0.0.1:" + cable.port())
                        .build())
                .build();
    }

    @AfterEach
    void stop() {
        if (watcher != null) {
            watcher.close();
        }
        if (scheduler != null) {
            scheduler.close();
        }
        client.close();
        cable.close();
        hub.close();
        broker.close();
    }

    @Test
    void aWatchWhoseVersionHasExpiredIsListedAnewAndEverybodyIsTold() throws Exception {
        hub.withHubCrds();
        hub.apply(cluster("sno1", Map.of()) + cluster("sno2", Map.of()));
        hub.apply(rootPolicy("ztp-policies", "p", "inform", Map.of("sno1", "NonCompliant", "sno2", "NonCompliant")));
        startWatcher();
        CguId running = new CguId("ztp-policies", "running");
        scheduler.publish(Upgrades.beforeStart(
                "ztp-policies", "cu", 1, Upgrades.spec(List.of("sno1", "sno2", "sno3"), List.of())));
        scheduler.publish(Upgrades.inProgress(
                "ztp-policies",
                "running",
                Upgrades.spec(List.of("sno1", "sno2"), List.of("p")),
                List.of(List.of("sno1", "sno2")),
                List.of(new PolicyRef("p", "ztp-policies"))));
        scheduler.awaitFleet(CGU, "sno3 missing", f -> f.selection().missing().equals(List.of("sno3")));
        scheduler.awaitCompliance(running, "both", s -> s.clusters().size() == 2);

        cable.cut();
        await("the watcher knows").atMost(PATIENCE).until(() -> !watcher.isReady());
        hub.apply(cluster("sno3", Map.of()));
        hub.delete(cluster("sno2", Map.of()));
        hub.apply(rootPolicy("ztp-policies", "p", "inform", Map.of("sno1", "Compliant", "sno2", "NonCompliant")));
        scheduler.forgetWhatWasObserved();
        // A server that starts remembers no older version: a watch from one is answered with 410.
        hub.kill();
        hub.runAgain();
        cable.mend();

        scheduler.awaitFleet(CGU, "sno2 missing", f -> f.selection().missing().equals(List.of("sno2")));
        scheduler.awaitCompliance(
                running,
                "the whole level, sno1 compliant",
                s -> s.clusters().size() == 2
                        && s.clusters().get("sno1").get("p") == Compliance.COMPLIANT);
        await("the watcher is ready").atMost(PATIENCE).until(watcher::isReady);
        assertThat(listsOf("managedclusters")).as("lists of clusters").isEqualTo(2);
    }

    @Test
    void aKindThatTheHubLacksIsReportedAndFoundOnceItIsThere() {
        hub.withHubCrds(file -> file.contains("managedclusters.yaml"));
        hub.apply(cluster("sno1", Map.of()));

        startWatcher();

        assertThat(watcher.describe().get("policies")).startsWith("not installed on the hub");
        assertThat(watcher.describe().get("managedclusters")).isEqualTo("watching");
        scheduler.publish(Upgrades.beforeStart(
                "ztp-policies", "cu", 1, Upgrades.spec(List.of("sno1"), List.of("p"))));
        scheduler.awaitFleet(CGU, "no such policy", f -> f.policies().getFirst().namespaces().isEmpty());

        hub.withHubCrds(file -> file.contains("policies") || file.contains("placementbindings"));
        hub.apply(rootPolicy("ztp-policies", "p", "inform", Map.of("sno1", "NonCompliant")));
        hub.apply(HubObjects.replica("sno1", "ztp-policies", "p", "inform"));

        scheduler.awaitFleet(CGU, "the policy", f -> f.policies().getFirst().root() != null);
        assertThat(watcher.describe().get("policies")).isEqualTo("watching");
    }

    @Test
    void aConfigOfAKindThatIsInstalledLaterIsMissingAndThenFound() {
        hub.withHubCrds(file -> file.contains("managedclusters.yaml"));
        startWatcher();
        scheduler.publish(Upgrades.beforeStart(
                "default",
                "cu",
                1,
                Upgrades.precaching(Upgrades.spec(List.of(), List.of()), new ConfigRef("x", ""))));
        CguId waiting = new CguId("default", "cu");
        scheduler.awaitFleet(waiting, "no such config", f -> f.precacheInputs()
                .error()
                .equals("PreCachingConfig.ran.openshift.io \"x\" not found"));

        hub.withEchelonCrds();
        hub.apply(HubObjects.precachingConfig("default", "x", "30 GB"));

        scheduler.awaitFleet(waiting, "the config", f -> f.precacheInputs().config() != null);
        assertThat(watcher.describe().get("precachingconfigs")).isEqualTo("watching");
    }

    @Test
    void aWatcherThatStartsWithoutAHubSaysNothingUntilItKnowsTheWholeHub() {
        hub.withHubCrds();
        hub.apply(cluster("sno1", Map.of()));
        cable.cut();
        beginToWatch();
        scheduler.publish(Upgrades.beforeStart(
                "ztp-policies", "cu", 1, Upgrades.spec(List.of("sno1"), List.of())));
        await("the watcher says why it waits")
                .atMost(PATIENCE)
                .until(() -> watcher.describe().get("managedclusters").startsWith("connecting: "));
        assertThat(watcher.isReady()).isFalse();

        cable.mend();

        scheduler.awaitFleet(CGU, "sno1", f -> f.selection().missing().isEmpty());
        assertThat(scheduler.observations(CGU))
                .as("never told that sno1 is missing")
                .allMatch(o -> ((FleetSnapshot) o).selection().missing().isEmpty());
    }

    @Test
    void whatHappensWhileKafkaIsAwayIsToldWhenItIsBack() {
        hub.withHubCrds();
        hub.apply(cluster("sno1", Map.of()));
        startWatcher();
        scheduler.publish(Upgrades.beforeStart(
                "ztp-policies", "cu", 1, Upgrades.spec(List.of("sno1", "sno2", "sno3"), List.of())));
        scheduler.awaitFleet(CGU, "two missing", f -> f.selection().missing().equals(List.of("sno2", "sno3")));

        int port = broker.port();
        broker.close();
        hub.apply(cluster("sno2", Map.of()));
        hub.apply(cluster("sno3", Map.of()));
        broker = EmbeddedKafka.builder().directory(directory.resolve("broker")).port(port).start();

        scheduler.awaitFleet(CGU, "nothing missing", f -> f.selection().missing().isEmpty());
    }

    private void startWatcher() {
        beginToWatch();
        await("the watcher is ready").atMost(PATIENCE).until(watcher::isReady);
    }

    private void beginToWatch() {
        KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
        watcher = Watcher.start(
                kafka,
                client,
                Leadership.alone(Watcher.SERVICE, metrics),
                metrics,
                Duration.ofMillis(20),
                Graphs.quick(),
                InstantSource.system());
        scheduler = new Upstairs(kafka);
    }

    private double listsOf(String resource) {
        return metrics.get("echelon.hub.requests")
                .tags("verb", "list", "resource", resource)
                .counter()
                .count();
    }
}
