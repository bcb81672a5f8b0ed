package dev.echelon.contract.observation;

import dev.echelon.contract.SchemaVersion;
import java.util.Objects;

/** An observation as it lies in the topic. */
public record ObservationRecord(int schemaVersion, Observation observation) {

    public ObservationRecord {
        SchemaVersion.require(schemaVersion);
        Objects.requireNonNull(observation, "observation");
    }

    public ObservationRecord(Observation observation) {
        this(SchemaVersion.CURRENT, observation);
    }
}
