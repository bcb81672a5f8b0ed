package dev.echelon.executor;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.echelon.contract.CguId;
import dev.echelon.contract.Topic;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.Topics;
import dev.echelon.contract.resource.PrecacheSpec;
import dev.echelon.embeddedkafka.EmbeddedKafka;
import dev.echelon.hubclient.HubRequestCounter;
import dev.echelon.hubfixture.TestFolder;
import io.fabric8.kubernetes.client.Config;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A broker, a hub, the scheduler's end of the topics, and an executor that can be stopped and started again. */
final class ExecutorFixture implements AutoCloseable {

    private final TestFolder folder;
    private final EmbeddedKafka broker;
    private final KafkaSettings kafka;
    private final TestHub hub;
    private final TestScheduler scheduler;
    private volatile Duration ahead = Duration.ZERO;
    private SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private Executor executor;

    private ExecutorFixture(TestFolder folder, EmbeddedKafka broker, TestHub hub) {
        this.folder = folder;
        this.broker = broker;
        this.hub = hub;
        // A reader that closes waits for its last question to the broker.
        this.kafka = new KafkaSettings(
                broker.bootstrapServers(), Topic.DEFAULT_PREFIX, 1, Map.of("fetch.max.wait.ms", "50"));
        Topics.ensure(kafka, Set.of(Topic.INTENTS, Topic.RESULTS, Topic.AUDIT, Topic.DEAD_LETTERS),
                Duration.ofSeconds(30));
        this.scheduler = new TestScheduler(kafka);
    }

    /** Everything but the executor. Skips the test, and says why, where there can be no such hub. */
    static ExecutorFixture begin(TestHub.Kind hub) {
        assumeTrue(hub.missing().isEmpty(), () -> "skipped: " + hub.missing().orElseThrow());
        TestFolder folder = TestFolder.create("kafka");
        return new ExecutorFixture(
                folder, EmbeddedKafka.builder().directory(folder.path()).start(), TestHub.start(hub));
    }

    TestHub hub() {
        return hub;
    }

    TestScheduler scheduler() {
        return scheduler;
    }

    KafkaSettings kafka() {
        return kafka;
    }

    Executor executor() {
        return executor;
    }

    void startExecutor() {
        startExecutor(TestConfig.WITH_IMAGES);
    }

    void startExecutor(TestConfig config) {
        startExecutor(config, hub.config());
    }

    /** @param who the hub's address, and as whom the executor goes there */
    void startExecutor(TestConfig config, Config who) {
        metrics = new SimpleMeterRegistry();
        executor = Executor.start(kafka, who, metrics, config, () -> Instant.now().plus(ahead));
        await("the executor is ready: " + executor.describe())
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> executor.isReady());
    }

    /** By the executor's clock so much time has passed at once; it notices when it looks next. */
    void passTime(Duration time) {
        ahead = ahead.plus(time);
    }

    void stopExecutor() {
        if (executor != null) {
            executor.close();
            executor = null;
        }
    }

    /** The requests to the hub that changed or read single objects, by verb and resource. */
    Map<String, Integer> requests() {
        Map<String, Integer> counts = new TreeMap<>();
        metrics.find(HubRequestCounter.METER).counters().forEach(counter -> {
            String verb = counter.getId().getTag("verb");
            if (!Set.of("list", "watch").contains(verb)) {
                counts.merge(verb + " " + counter.getId().getTag("resource"), (int) counter.count(), Integer::sum);
            }
        });
        return counts;
    }

    static CguId cgu(String name) {
        return new CguId("upgrades", name);
    }

    static Intent.Precache precache(CguId cgu, String cluster, boolean enabled) {
        return new Intent.Precache(
                cgu, "uid-" + cgu.name() + "/precache/1/" + cluster, cluster,
                new PrecacheSpec(List.of(), List.of("aws", "azure"), List.of("registry.example/index:v1"),
                        List.of("ptp-operator:stable", "sriov-network-operator:stable"),
                        "quay.io/example/release@sha256:aaaa", "35"),
                240, enabled, 2);
    }

    static Intent.Backup backup(CguId cgu, String cluster) {
        return new Intent.Backup(cgu, "uid-" + cgu.name() + "/backup/1/" + cluster, cluster, Instant.now());
    }

    static Intent.CleanSpoke clean(CguId cgu, String cluster, boolean precache, boolean backup) {
        return new Intent.CleanSpoke(
                cgu, "uid-" + cgu.name() + "/clean/1/" + cluster, cluster, precache, backup);
    }

    @Override
    public void close() {
        stopExecutor();
        scheduler.close();
        hub.close();
        broker.close();
        folder.close();
    }
}
