package dev.echelon.executor.kafka;

import dev.echelon.contract.Json;
import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.RecordPublisher;
import dev.echelon.contract.result.Result;
import dev.echelon.contract.result.ResultRecord;
import dev.echelon.executor.work.ResultSink;
import java.util.concurrent.ExecutionException;

/** Writes results to their topic. */
public final class KafkaResults implements ResultSink {

    private final RecordPublisher publisher;

    public KafkaResults(RecordPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public void publish(Result result) {
        try {
            publisher.publish(Topic.RESULTS, result.cgu().key(), Json.write(new ResultRecord(result)))
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw notWritten(result, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notWritten(result, e);
        }
    }

    private static ResultNotWritten notWritten(Result result, Throwable cause) {
        return new ResultNotWritten(
                result.getClass().getSimpleName() + " of " + result.cgu() + " could not be written to Kafka: " + cause,
                cause);
    }
}
