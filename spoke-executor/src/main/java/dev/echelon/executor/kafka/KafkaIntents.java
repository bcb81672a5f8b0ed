package dev.echelon.executor.kafka;

import dev.echelon.contract.Topic;
import dev.echelon.contract.intent.Intent;
import dev.echelon.contract.intent.IntentRecord;
import dev.echelon.contract.kafka.DeadLetters;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.PartitionedTableReader;
import dev.echelon.contract.kafka.TopicRecord;
import dev.echelon.executor.work.Workers;
import java.util.Optional;

/**
 * Reads this process's share of the intents and hands them to the workers. What is no intent goes to the dead letters.
 */
public final class KafkaIntents implements AutoCloseable {

    private final PartitionedTableReader reader;

    private KafkaIntents(PartitionedTableReader reader) {
        this.reader = reader;
    }

    /** @param instanceId who this process is among the executors; see {@link PartitionedTableReader#start} */
    public static KafkaIntents start(
            KafkaSettings settings, Optional<String> instanceId, Workers workers, DeadLetters deadLetters) {
        return new KafkaIntents(PartitionedTableReader.start(
                settings, Topic.INTENTS, "spoke-executor", "spoke-executor", instanceId, new ToWorkers(workers),
                deadLetters));
    }

    /** How many intents are there that have not been taken in yet. */
    public long lag() {
        return reader.lag();
    }

    /** Why intents are not read at present; empty when they are. */
    public Optional<String> problem() {
        return reader.problem();
    }

    @Override
    public void close() {
        reader.close();
    }

    private record ToWorkers(Workers workers) implements PartitionedTableReader.Listener {

        @Override
        public void onAssigned(int partition) {
            workers.assigned(partition);
        }

        @Override
        public void onRecord(TopicRecord received) {
            if (received.isTombstone()) {
                workers.settle(received.partition(), received.key());
                return;
            }
            Intent intent = received.read(IntentRecord.class).intent();
            if (!Intent.mayLieUnder(received.key(), intent)) {
                throw new IllegalArgumentException("intent " + intent.id() + " has the key '" + received.key()
                        + "', expected '" + intent.key() + "'");
            }
            workers.want(received.partition(), received.key(), intent, received.offset());
        }

        @Override
        public void onCaughtUp(int partition) {
            workers.caughtUp(partition);
        }

        @Override
        public void onRevoked(int partition) {
            workers.revoked(partition);
        }
    }
}
