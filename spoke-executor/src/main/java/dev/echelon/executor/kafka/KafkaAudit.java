package dev.echelon.executor.kafka;

import dev.echelon.contract.Topic;
import dev.echelon.contract.audit.AuditEvent;
import dev.echelon.contract.kafka.DeadLetters;
import dev.echelon.contract.kafka.GroupReader;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.TopicRecord;
import dev.echelon.executor.work.EventRecorder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the audit log and has told on the hub what is to be told there. An audit log from before the first executor is
 * not told.
 */
public final class KafkaAudit implements AutoCloseable {

    private static final String GROUP = "spoke-executor-hub-events";

    private final GroupReader reader;

    private KafkaAudit(GroupReader reader) {
        this.reader = reader;
    }

    /**
     * @param instanceId who this process is among the executors
     * @param startedAt when this process started
     */
    public static KafkaAudit start(KafkaSettings settings, Optional<String> instanceId, Instant startedAt,
            EventRecorder recorder, DeadLetters deadLetters) {
        return new KafkaAudit(GroupReader.start(settings, Topic.AUDIT, "spoke-executor", GROUP, instanceId, startedAt,
                new ToHub(recorder), deadLetters));
    }

    /** Why the audit log is not read at present; empty when it is. */
    public Optional<String> problem() {
        return reader.problem();
    }

    @Override
    public void close() {
        reader.close();
    }

    private static final class ToHub implements GroupReader.Listener {

        private final EventRecorder recorder;
        private List<AuditEvent> batch = new ArrayList<>();

        ToHub(EventRecorder recorder) {
            this.recorder = recorder;
        }

        @Override
        public void onRecord(TopicRecord received) {
            AuditEvent event = received.read(AuditEvent.class);
            if (event.data().hubEvent() != null) {
                batch.add(event);
            }
        }

        @Override
        public void beforeCommit() {
            List<AuditEvent> told = batch;
            batch = new ArrayList<>();
            recorder.record(told);
        }
    }
}
