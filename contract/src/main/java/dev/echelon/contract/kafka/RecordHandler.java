package dev.echelon.contract.kafka;

/** Takes in one record after the other. */
@FunctionalInterface
public interface RecordHandler {

    /**
     * Takes in a record. What it throws means that this record can never be taken in: it goes to the dead letters with
     * the exception's message as the reason, and reading goes on with the next one. Trouble that passes is the
     * handler's own to wait out.
     */
    void handle(TopicRecord received) throws Exception;
}
