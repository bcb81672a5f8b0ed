package dev.echelon.scheduler.stream;

import dev.echelon.contract.CguId;
import dev.echelon.contract.Headers;
import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.command.CommandRecord;
import dev.echelon.contract.intent.IntentRecord;
import dev.echelon.contract.kafka.DeadLetter;
import dev.echelon.contract.kafka.TopicRecord;
import dev.echelon.contract.observation.ObservationRecord;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.result.ResultRecord;
import dev.echelon.contract.telemetry.Traces;
import dev.echelon.scheduler.domain.AuditTrail;
import dev.echelon.scheduler.domain.AuditTrail.Cause;
import dev.echelon.scheduler.domain.Decider;
import dev.echelon.scheduler.domain.Decision;
import dev.echelon.scheduler.domain.Fact;
import dev.echelon.scheduler.domain.Input;
import dev.echelon.scheduler.domain.Input.Asked;
import dev.echelon.scheduler.domain.Moment;
import dev.echelon.scheduler.domain.Progress;
import dev.echelon.scheduler.domain.Projection;
import dev.echelon.scheduler.domain.WorkingCopy;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Hosts the core in a stream: reads an input, lets it be decided on, folds the facts into the stores and writes what
 * follows from them.
 *
 * <p>What cannot be read or decided on goes to the dead letters, and nothing else has happened then. A fact that cannot
 * be folded, or a store that cannot be read, stops the stream: the log or the code is broken, and going on would make it
 * worse.
 */
final class SchedulerProcessor implements Processor<String, byte[], String, byte[]> {

    private static final Logger LOG = System.getLogger(SchedulerProcessor.class.getName());

    /** Other inputs get their turn after so many deadlines. */
    private static final int ALARMS_AT_ONCE = 200;
    /** A deadline that nothing follows from would be looked at in a loop; it is a mistake, and asked again so much later. */
    private static final Duration STUCK_PAUSE = Duration.ofSeconds(5);

    private final String prefix;
    private final Telemetry telemetry;
    private ProcessorContext<String, byte[]> context;
    private Stores stores;
    private Answers answers;
    private Alarms alarms;
    /** The last decision on each CGU, as far as this process has made one: what time decides belongs to it. */
    private final Map<CguId, Context> traces = new HashMap<>();
    private int partition;
    private long lastVersion;

    SchedulerProcessor(String prefix, Telemetry telemetry) {
        this.prefix = prefix;
        this.telemetry = telemetry;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> processorContext) {
        context = processorContext;
        partition = context.taskId().partition();
        stores = new Stores(context);
        answers = new Answers(stores);
        alarms = new Alarms(context, this::ring);
        stores.eachProgress((id, progress) -> {
            lastVersion = Math.max(lastVersion, progress.book().version());
            telemetry.cguIn(partition, id, stateName(progress));
            alarms.set(new Alarms.Owner(id.key(), ""), progress.deadline());
            stores.eachSpoke(id, (cluster, spoke) -> {
                alarms.set(new Alarms.Owner(id.key(), cluster), spoke.deadline());
                telemetry.spokeIn(partition, id, cluster, spoke);
            });
        });
        alarms.wind(now());
    }

    @Override
    public void process(Record<String, byte[]> record) {
        Optional<RecordMetadata> origin = context.recordMetadata();
        Optional<CguId> about = cgu(record);
        if (about.isEmpty()) {
            handle(record, origin);
            return;
        }
        String topic = origin.map(RecordMetadata::topic).orElse("");
        trace(
                "decide on " + (topic.startsWith(prefix) ? topic.substring(prefix.length()) : topic),
                about.get(),
                Traces.of(headers(record)),
                () -> handle(record, origin));
    }

    private static Optional<CguId> cgu(Record<String, byte[]> record) {
        try {
            return Optional.of(CguId.parse(record.key()));
        } catch (RuntimeException e) {
            // Whoever reads the record says what is wrong with it.
            return Optional.empty();
        }
    }

    /** A decision is a consequence of its input; where that tells of no trace, of the one before it. */
    private void trace(String what, CguId cgu, Context cause, Runnable decide) {
        var parent = Traces.isPresent(cause) ? cause : traces.getOrDefault(cgu, cause);
        Traces.span(what, SpanKind.CONSUMER, parent, cgu, () -> {
            decide.run();
            var now = Context.current();
            if (stores.progress(cgu) == null) {
                traces.remove(cgu);
            } else if (Traces.isPresent(now)) {
                traces.put(cgu, now);
            }
            return null;
        });
    }

    private void handle(Record<String, byte[]> record, Optional<RecordMetadata> origin) {
        Instant now = now();
        StoredState state;
        Input input;
        Decision decision;
        try {
            input = read(origin.map(RecordMetadata::topic).orElse(""), record);
            state = new StoredState(stores, input.cgu());
            decision = Decider.decide(state, input, new Moment(now, partition, lastVersion));
        } catch (KafkaException | BrokenStoreException e) {
            throw e;
        } catch (RuntimeException e) {
            bury(record, origin, e, now);
            return;
        }
        carryOut(input, decision, state, now, Instant.ofEpochMilli(record.timestamp()));
        alarms.wind(now);
    }

    @Override
    public void close() {
        telemetry.partitionClosed(partition);
    }

    /** Some deadline may be over. */
    private void ring() {
        Instant now = now();
        List<Alarms.Alarm> due = alarms.due(now, ALARMS_AT_ONCE);
        for (Alarms.Alarm alarm : due) {
            CguId id = CguId.parse(alarm.owner().cgu());
            trace("decide on time", id, Context.root(), () -> ring(alarm, id, now));
        }
        alarms.wind(now);
    }

    private void ring(Alarms.Alarm alarm, CguId id, Instant now) {
        String cluster = alarm.owner().cluster();
        StoredState state = new StoredState(stores, id);
        alarms.set(alarm.owner(), Optional.empty());
        Input input = new Input.TimePassed(id, cluster.isEmpty() ? Optional.empty() : Optional.of(cluster));
        Decision decision;
        try {
            decision = Decider.decide(state, input, new Moment(now, partition, lastVersion));
        } catch (KafkaException | BrokenStoreException e) {
            throw e;
        } catch (RuntimeException e) {
            telemetry.deadLetter();
            LOG.log(Level.ERROR, "a deadline could not be decided on: cgu=" + id + " cluster=" + cluster, e);
            alarms.set(alarm.owner(), Optional.of(now.plus(STUCK_PAUSE)));
            return;
        }
        carryOut(input, decision, state, now, alarm.after());
        if (decision.facts().isEmpty() && cluster.isEmpty()) {
            LOG.log(
                    Level.ERROR,
                    "nothing follows from a deadline that is over: cgu={0} deadline={1}",
                    id,
                    alarm.after());
            alarms.set(alarm.owner(), Optional.of(now.plus(STUCK_PAUSE)));
        }
    }

    /** Reads a record as what its topic says it is. */
    private Input read(String topic, Record<String, byte[]> record) {
        if (record.value() == null) {
            throw new IllegalArgumentException("expected a record of " + topic + ", found a tombstone");
        }
        Input input;
        if (topic.equals(Topic.COMMANDS.topicName(prefix))) {
            input = new Asked(Json.read(record.value(), CommandRecord.class));
        } else if (topic.equals(Topic.OBSERVATIONS.topicName(prefix))) {
            input = new Input.Observed(
                    Json.read(record.value(), ObservationRecord.class).observation());
        } else if (topic.equals(Topic.RESULTS.topicName(prefix))) {
            input = new Input.Answered(
                    Json.read(record.value(), ResultRecord.class).result());
        } else {
            throw new IllegalArgumentException("the scheduler does not read topic " + topic);
        }
        if (input.cgu() == null || !input.cgu().key().equals(record.key())) {
            throw new IllegalArgumentException("the key has to name the ClusterGroupUpgrade of the record, found key '"
                    + record.key() + "' on a record of " + input.cgu());
        }
        return input;
    }

    private void carryOut(Input input, Decision decision, StoredState state, Instant now, Instant causedAt) {
        telemetry.decided();
        if (decision.facts().isEmpty() && decision.intents().isEmpty()) {
            return;
        }
        CguId id = input.cgu();
        Cause cause = input instanceof Asked(var command) ? new Cause(command.actor(), command.id()) : Cause.NOBODY;
        WorkingCopy copy = new WorkingCopy(state);
        for (Fact fact : decision.facts()) {
            Optional<Progress> before = copy.progress();
            copy.fold(fact);
            AuditTrail.tell(fact, before, copy.progress(), cause, now).forEach(event -> audit(id, event, now));
            switch (fact) {
                case Fact.Shown shown -> show(id, copy, shown, now);
                case Fact.Deleted _ -> forward(SchedulerTopology.CGUS, id.key(), null, Map.of(), now);
                case Fact.BatchStarted started when started.batch() > 1 ->
                    telemetry.batchStep(Duration.between(causedAt, now));
                case Fact.ConditionsSet(List<Condition> conditions, _) when hasFailedGate(conditions) ->
                    telemetry.failedGate();
                case Fact _ -> {
                    // shows with the next version
                }
            }
        }
        store(id, copy, now);
        decision.intents()
                .forEach((key, intent) -> forward(
                        SchedulerTopology.INTENTS,
                        key,
                        intent.map(IntentRecord::new).map(Json::write).orElse(null),
                        Map.of(),
                        now));
    }

    private void show(CguId id, WorkingCopy copy, Fact.Shown shown, Instant now) {
        lastVersion = shown.version();
        forward(
                SchedulerTopology.CGUS,
                id.key(),
                Json.write(Projection.render(copy)),
                shown.commandId().isEmpty() ? Map.of() : Map.of(Headers.COMMAND_ID, shown.commandId()),
                now);
    }

    private void audit(CguId id, AuditEvent event, Instant now) {
        String cluster = event.data().details().get("cluster");
        LOG.log(
                Level.INFO,
                "{0} cgu={1}{2} {3}",
                event.type(),
                id,
                cluster == null ? "" : " cluster=" + cluster,
                event.data().message());
        forward(
                SchedulerTopology.AUDIT,
                id.key(),
                Json.write(event),
                Map.of(Headers.CONTENT_TYPE, AuditEvent.CONTENT_TYPE),
                now);
    }

    /** Writes what the facts changed, and sets the alarms of it. */
    private void store(CguId id, WorkingCopy copy, Instant now) {
        copy.newlyAnswered().forEach(commandId -> answers.add(commandId, now));
        if (copy.isDeleted()) {
            stores.remove(id).forEach(cluster -> {
                alarms.set(new Alarms.Owner(id.key(), cluster), Optional.empty());
                telemetry.spokeGone(partition, id, cluster);
            });
            alarms.set(new Alarms.Owner(id.key(), ""), Optional.empty());
            telemetry.cguGone(partition, id);
            return;
        }
        copy.changedUpgrade().ifPresent(upgrade -> stores.put(id, upgrade));
        copy.changedSpokes().forEach((cluster, spoke) -> {
            stores.put(id, cluster, spoke);
            alarms.set(new Alarms.Owner(id.key(), cluster), spoke.deadline());
            telemetry.spokeIn(partition, id, cluster, spoke);
        });
        copy.changedProgress().ifPresent(progress -> {
            stores.put(id, progress);
            alarms.set(new Alarms.Owner(id.key(), ""), progress.deadline());
            telemetry.cguIn(partition, id, stateName(progress));
        });
    }

    /** Nobody is left to go on with; an operator wants to know at once (decision on row 12). */
    private static boolean hasFailedGate(List<Condition> conditions) {
        return conditions.stream()
                .anyMatch(condition -> isOf(condition, ConditionReason.PRECACHE_FAILED)
                        || isOf(condition, ConditionReason.BACKUP_FAILED));
    }

    private static boolean isOf(Condition condition, ConditionReason reason) {
        return condition.type().equals(reason.type().wire()) && condition.reason().equals(reason.reason());
    }

    private void bury(Record<String, byte[]> record, Optional<RecordMetadata> origin, RuntimeException e, Instant now) {
        telemetry.deadLetter();
        TopicRecord refused = new TopicRecord(
                origin.map(RecordMetadata::topic).orElse(""),
                origin.map(RecordMetadata::partition).orElse(-1),
                origin.map(RecordMetadata::offset).orElse(-1L),
                Instant.ofEpochMilli(record.timestamp()),
                record.key() == null ? "" : record.key(),
                Optional.ofNullable(record.value()),
                headers(record));
        DeadLetter letter = DeadLetter.of(refused, "scheduler", e, now);
        LOG.log(
                Level.WARNING,
                "{0} goes to the dead letters: key={1} reason={2}",
                refused.position(),
                refused.key(),
                letter.reason());
        forward(SchedulerTopology.DEAD_LETTERS, refused.key(), letter.toJson(), Map.of(), now);
    }

    private static Map<String, String> headers(Record<String, byte[]> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        record.headers().forEach(header -> headers.put(
                header.key(),
                header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }

    private void forward(String sink, String key, byte[] value, Map<String, String> headers, Instant now) {
        RecordHeaders own = new RecordHeaders();
        headers.forEach((name, text) -> own.add(name, text.getBytes(StandardCharsets.UTF_8)));
        Traces.headers().forEach((name, text) -> own.add(name, text.getBytes(StandardCharsets.UTF_8)));
        context.forward(new Record<>(key, value, now.toEpochMilli(), own), sink);
    }

    private Instant now() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }

    private static String stateName(Progress progress) {
        return progress.lifecycle().getClass().getSimpleName();
    }
}
