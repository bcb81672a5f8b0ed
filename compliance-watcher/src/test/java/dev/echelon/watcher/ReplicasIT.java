package dev.echelon.watcher;

import static dev.echelon.watcher.HubObjects.cluster;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.contract.CguId;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.hubclient.Leadership;
import dev.echelon.hubclient.QuickLease;
import dev.echelon.simulator.SimulatedHub;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two watchers on one hub and one broker: one speaks, the other knows. */
class ReplicasIT {

    private static final CguId CGU = new CguId("ztp-policies", "cu");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private EmbeddedKafka broker;
    private KafkaSettings kafka;
    private SimulatedHub server;
    private Hub hub;
    private Cable cable;
    private KubernetesClient cabled;
    private Upstairs scheduler;
    private Watcher first;
    private Watcher second;

    @BeforeEach
    void start() {
        broker = EmbeddedKafka.builder().directory(directory.resolve("broker")).start();
        kafka = KafkaSettings.of(broker.bootstrapServers());
        server = SimulatedHub.start();
        KubernetesClient client = server.client();
        hub = new Hub(client, () -> {
            client.close();
            server.close();
        });
        URI master = URI.create(client.getConfiguration().getMasterUrl());
        cable = new Cable(master.getPort());
        cabled = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(client.getConfiguration())
                        .withMasterUrl(master.getScheme() + "://127.0.0.1:" + cable.port())
                        .build())
                .build();
        first = watcher("first", cabled);
        await("the first leads").atMost(PATIENCE).until(() -> first.isReady() && leads(first));
        second = watcher("second", client);
        await("the second is warm").atMost(PATIENCE).until(() -> second.isReady()
                && second.describe().get("leadership").equals("follows first"));
        scheduler = new Upstairs(kafka);
        hub.apply(cluster("sno1", Map.of()));
        scheduler.publish(Upgrades.beforeStart(
                "ztp-policies", "cu", 1, Upgrades.spec(List.of("sno1", "sno2"), List.of())));
        scheduler.awaitFleet(CGU, "sno2 missing", fleet -> fleet.selection().missing().equals(List.of("sno2")));
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        scheduler.close();
        cabled.close();
        cable.close();
        hub.close();
        broker.close();
    }

    @Test
    void onlyTheLeaderSpeaksAndWhoTakesOverTellsEverything() {
        assertThat(scheduler.observations(CGU)).as("told by one").hasSize(1);

        first.close();
        scheduler.forgetWhatWasObserved();

        scheduler.awaitFleet(CGU, "the level again", fleet -> fleet.selection().missing().equals(List.of("sno2")));
        assertThat(leads(second)).isTrue();
    }

    @Test
    void aLeaderThatLosesItsHubIsSilentBeforeAnotherOneSpeaks() {
        cable.cut();
        await("the second leads").atMost(PATIENCE).until(() -> {
            assertThat(leads(first) && leads(second)).as("two lead").isFalse();
            return leads(second);
        });
        scheduler.forgetWhatWasObserved();
        hub.apply(cluster("sno2", Map.of()));

        scheduler.awaitFleet(CGU, "nothing missing", fleet -> fleet.selection().missing().isEmpty());

        cable.mend();
        await("the first follows").atMost(PATIENCE)
                .until(() -> first.isReady() && first.describe().get("leadership").equals("follows second"));
        scheduler.forgetWhatWasObserved();
        hub.delete(cluster("sno2", Map.of()));
        scheduler.awaitFleet(CGU, "sno2 missing", fleet -> fleet.selection().missing().equals(List.of("sno2")));
        assertThat(scheduler.observations(CGU)).as("told by one").hasSize(1);
    }

    private static boolean leads(Watcher watcher) {
        return watcher.describe().get("leadership").equals("leads");
    }

    private Watcher watcher(String name, KubernetesClient client) {
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        return Watcher.start(
                kafka,
                client,
                Leadership.of(Watcher.SERVICE, client.getConfiguration(), new QuickLease(name), metrics),
                metrics,
                Duration.ofMillis(20),
                Graphs.quick(),
                InstantSource.system());
    }
}
