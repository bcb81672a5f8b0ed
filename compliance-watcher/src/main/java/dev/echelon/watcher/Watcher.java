package dev.echelon.watcher;

import dev.echelon.contract.CguId;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.DeadLetters;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.RecordPublisher;
import dev.echelon.contract.kafka.TableReader;
import dev.echelon.contract.kafka.TopicRecord;
import dev.echelon.contract.kafka.Topics;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.Observation;
import dev.echelon.contract.observation.ObservationRecord;
import dev.echelon.contract.telemetry.Traces;
import dev.echelon.hubclient.Leadership;
import dev.echelon.service.ServiceMeters;
import dev.echelon.watcher.graph.GraphLookups;
import dev.echelon.watcher.graph.GraphSettings;
import dev.echelon.watcher.kafka.UpgradeTable;
import dev.echelon.watcher.kube.HubWatch;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The service without its container: reads {@code cgus}, watches the hub, asks update graphs and writes
 * {@code observations}. It says nothing before it knows all upgrades and the whole hub, and then says everything once.
 */
public final class Watcher implements AutoCloseable {

    public static final String SERVICE = "compliance-watcher";

    private static final List<Topic> TOPICS = List.of(Topic.CGUS, Topic.OBSERVATIONS, Topic.DEAD_LETTERS);

    private final Leadership leadership;
    private final RecordPublisher publisher;
    private final DeadLetters deadLetters;
    private final GraphLookups graph;
    private final ObservationLoop loop;
    private final HubWatch hub;
    private final UpgradeTable table;
    private final Map<CguId, Context> traces = new ConcurrentHashMap<>();
    private final TableReader upgrades;
    private final CompletableFuture<Void> opened;

    private Watcher(
            KafkaSettings kafka,
            KubernetesClient client,
            Leadership leadership,
            MeterRegistry metrics,
            Duration window,
            GraphSettings graphs,
            InstantSource clock) {
        this.leadership = leadership;
        // What a leader has said arrives before another one may lead, or never: so nothing old comes after what is new.
        publisher = new RecordPublisher(kafka, SERVICE, leadership.timeToFinish());
        deadLetters = new DeadLetters(publisher, SERVICE, clock);
        graph = new GraphLookups(graphs, metrics, this::answered);
        loop = new ObservationLoop(this::publish, window, clock, graph, leadership::isLeader);
        table = new UpgradeTable(loop);
        hub = new HubWatch(client, metrics, loop::hub, loop::restate);
        loop.start();
        hub.start();
        leadership.start(loop::leadershipChanged);
        upgrades = TableReader.start(kafka, Topic.CGUS, SERVICE, this::takeIn, deadLetters);
        opened = upgrades.caughtUp().thenCombine(hub.known(), (cgus, kinds) -> kinds).toCompletableFuture()
                .thenRun(loop::open);
        metrics.gauge("echelon.watcher.upgrades", loop, ObservationLoop::upgrades);
        metrics.gauge("echelon.watcher.backlog", loop, ObservationLoop::backlog);
        ServiceMeters.lag(metrics, SERVICE, upgrades, TableReader::lag);
        ServiceMeters.deadLetters(metrics, SERVICE, deadLetters, DeadLetters::count);
    }

    /**
     * Makes the topics where they are missing and starts.
     *
     * @param leadership says whether this replica speaks; not started yet, and closed with the watcher
     * @throws IllegalStateException when Kafka cannot be reached within a minute, or its topics are not as expected
     */
    public static Watcher start(
            KafkaSettings kafka,
            KubernetesClient client,
            Leadership leadership,
            MeterRegistry metrics,
            Duration window,
            GraphSettings graphs,
            InstantSource clock) {
        Topics.ensure(kafka, TOPICS, Duration.ofMinutes(1));
        return new Watcher(kafka, client, leadership, metrics, window, graphs, clock);
    }

    /** Whether all that there is has been read once. */
    public boolean hasStarted() {
        return opened.isDone();
    }

    /** Whether everything is known and up to date, and observations get through, or would if this replica led. */
    public boolean isReady() {
        return opened.isDone() && hub.isCurrent() && problems().findAny().isEmpty();
    }

    /** How it stands with everything that this service depends on, in words. */
    public Map<String, String> describe() {
        Map<String, String> all = new TreeMap<>(hub.describe());
        hub.away().ifPresent(away -> all.put("hub", away));
        all.put("cgus", upgrades.problem().orElse(upgrades.isCaughtUp() ? "caught up" : "catching up"));
        all.put("observations", loop.problem().orElse("written"));
        all.put("leadership", leadership.describe());
        all.put("dead-letters", Long.toString(deadLetters.count()));
        return all;
    }

    /** Stops speaking, looking and reading; writes what was said; then another replica may lead. */
    @Override
    public void close() {
        leadership.resign();
        hub.close();
        upgrades.close();
        loop.close();
        graph.close();
        publisher.close();
        leadership.close();
    }

    private Stream<String> problems() {
        return Stream.of(upgrades.problem(), loop.problem()).flatMap(Optional::stream);
    }

    private void answered(GraphAnswer answer) {
        loop.answered(answer);
    }

    private void takeIn(TopicRecord received) throws Exception {
        table.handle(received);
        CguId cgu = CguId.parse(received.key());
        if (received.isTombstone()) {
            traces.remove(cgu);
        } else if (Traces.isPresent(Context.current())) {
            traces.put(cgu, Context.current());
        }
    }

    /** An observation is looked for because of the upgrade's last state, and belongs to its trace. */
    private CompletionStage<RecordPublisher.Written> publish(Observation observation) {
        return Traces.span(
                "observe " + observation.getClass().getSimpleName(),
                SpanKind.PRODUCER,
                traces.getOrDefault(observation.cgu(), Context.root()),
                observation.cgu(),
                () -> publisher.publish(
                        Topic.OBSERVATIONS, observation.cgu().key(), Json.write(new ObservationRecord(observation))));
    }
}
