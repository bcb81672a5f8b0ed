package dev.echelon.api;

import dev.echelon.api.auth.Guard;
import dev.echelon.api.config.ApiConfig;
import dev.echelon.api.http.CguKind;
import dev.echelon.api.http.EventsSubresource;
import dev.echelon.api.http.PlanSubresource;
import dev.echelon.api.kafka.AuditIndex;
import dev.echelon.api.kafka.AuditReplay;
import dev.echelon.api.kafka.CguTable;
import dev.echelon.api.kafka.CommandDesk;
import dev.echelon.api.kafka.KafkaCguStore;
import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.DeadLetters;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.RecordPublisher;
import dev.echelon.contract.kafka.TableReader;
import dev.echelon.contract.kafka.Topics;
import dev.echelon.kubeapi.KubeApi;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.json.Json;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The service, put together: tables read from Kafka, commands written to it, served over HTTP. It starts without a
 * broker and waits for one; until it has read what is there, requests wait and are then told so.
 */
public final class CguApi implements AutoCloseable {

    /** The name under which this service writes, reads and reports. */
    public static final String SERVICE = "cgu-api";

    private static final Logger LOG = Logger.getLogger(CguApi.class);
    private static final Duration TOPICS_PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final KafkaSettings kafka;
    private final RecordPublisher publisher;
    private final DeadLetters deadLetters;
    private final CguTable table;
    private final AuditIndex audit;
    private final CommandDesk desk;
    private final KubeApi api;
    private final List<TableReader> readers = new ArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Optional<String> startProblem;

    /** Nothing is read or written before {@link #start()}. */
    public CguApi(KafkaSettings kafka, ApiConfig config, Guard guard, Clock clock) {
        this.kafka = kafka;
        this.startProblem = Optional.of("no answer from Kafka at " + kafka.bootstrapServers() + " yet");
        this.publisher = new RecordPublisher(kafka, SERVICE);
        this.deadLetters = new DeadLetters(publisher, SERVICE, clock);
        this.table = new CguTable(clock, config.historyBytes());
        this.audit = new AuditIndex(
                config.audit().eventsPerCgu(), config.audit().commands(), config.audit().cgus());
        this.desk = new CommandDesk(publisher, audit, config.patience());
        ResourceKind kind = CguKind.load();
        KubeApi.Builder builder = KubeApi.builder()
                .kinds(new KafkaCguStore(table, audit, desk, clock), kind)
                .subresource(kind, "events", new EventsSubresource(audit, new AuditReplay(kafka)::read))
                .subresource(kind, "plan", new PlanSubresource(table))
                .maxBodyBytes(config.maxBodyBytes())
                .bookmarkInterval(config.bookmarkInterval())
                .bareNamespaces()
                .clock(clock);
        guard.protect(builder);
        this.api = builder.build();
    }

    /** Serves on this router; other paths stay the router's own. */
    public void mount(Router router) {
        api.mount(router, "");
        byte[] index = Json.encode(index());
        router.get("/").handler(context -> context.response()
                .putHeader("Content-Type", "application/json")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(io.vertx.core.buffer.Buffer.buffer(index)));
    }

    private static com.fasterxml.jackson.databind.JsonNode index() {
        var index = Json.object().put("name", "Echelon").put("what", "rollouts over fleets of clusters, as resources");
        index.putObject("links")
                .put("clusterGroupUpgrades", "/apis/ran.openshift.io/v1alpha1/clustergroupupgrades")
                .put("openapi", "/openapi/v3")
                .put("health", "/q/health")
                .put("metrics", "/q/metrics");
        return index;
    }

    /** Begins to read, in the background: the broker need not be there yet. */
    public void start() {
        Thread.ofVirtual().name(SERVICE + "-starts").start(this::read);
    }

    private void read() {
        while (closing.getCount() > 0) {
            try {
                Topics.ensure(kafka, Set.of(Topic.COMMANDS, Topic.CGUS, Topic.AUDIT, Topic.DEAD_LETTERS),
                        TOPICS_PATIENCE);
                open();
                return;
            } catch (RuntimeException e) {
                if (!startProblem.equals(Optional.of(String.valueOf(e.getMessage())))) {
                    LOG.warnf("waiting for Kafka's topics, looked for again until they are there: %s", e.getMessage());
                }
                startProblem = Optional.of(String.valueOf(e.getMessage()));
                pause();
            }
        }
    }

    private synchronized void open() {
        if (closing.getCount() == 0) {
            return;
        }
        TableReader cgus = TableReader.start(kafka, Topic.CGUS, SERVICE, table::accept, deadLetters);
        TableReader events = TableReader.start(kafka, Topic.AUDIT, SERVICE, audit::accept, deadLetters);
        readers.add(cgus);
        readers.add(events);
        startProblem = Optional.empty();
        cgus.caughtUp().thenRun(table::loaded);
        events.caughtUp().thenRun(audit::loaded);
    }

    private void pause() {
        try {
            if (closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("closed while waiting for Kafka");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Why this service cannot do its work at present; empty when it can. */
    public synchronized Optional<String> problem() {
        return startProblem
                .or(() -> readers.stream()
                        .flatMap(reader -> reader.problem().stream())
                        .findFirst())
                .or(() -> readers.stream().allMatch(TableReader::isCaughtUp)
                        ? Optional.empty()
                        : Optional.of("the state is still being read from Kafka"));
    }

    /** Whether all that was in Kafka at the start has been read. */
    public synchronized boolean hasStarted() {
        return !readers.isEmpty() && readers.stream().allMatch(TableReader::isCaughtUp);
    }

    /** How many records are there that have not been taken in yet. */
    public synchronized long lag() {
        return readers.stream().mapToLong(TableReader::lag).sum();
    }

    /** Records that could not be processed. */
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    /** What every ClusterGroupUpgrade is now. */
    public CguTable table() {
        return table;
    }

    /** Hands commands in; for the mirror. */
    public CommandDesk desk() {
        return desk;
    }

    /** Stops reading and writing. */
    @Override
    public void close() {
        closing.countDown();
        synchronized (this) {
            readers.forEach(TableReader::close);
        }
        publisher.close();
    }
}
