package dev.echelon.executor.kafka;

import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.DeadLetters;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.contract.kafka.TableReader;
import dev.echelon.contract.kafka.TopicRecord;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.ResultRecord;
import dev.echelon.executor.work.ReportLog;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Reads the results topic from its beginning to where it ends now. */
public final class KafkaReportLog implements ReportLog {

    private final KafkaSettings settings;
    private final DeadLetters deadLetters;

    public KafkaReportLog(KafkaSettings settings, DeadLetters deadLetters) {
        this.settings = settings;
        this.deadLetters = deadLetters;
    }

    @Override
    public void replay(Consumer<Result> results) throws InterruptedException {
        try (TableReader reader = TableReader.start(
                settings, Topic.RESULTS, "spoke-executor-restore", received -> take(received, results), deadLetters)) {
            reader.caughtUp().toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("reading the results ended: " + e.getCause(), e.getCause());
        }
    }

    private static void take(TopicRecord received, Consumer<Result> results) {
        ResultRecord read;
        try {
            read = received.read(ResultRecord.class);
        } catch (IllegalArgumentException e) {
            // The scheduler, whose input this is, has put it aside; each restart here must not do so again.
            return;
        }
        results.accept(read.result());
    }
}
