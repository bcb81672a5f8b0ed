package dev.echelon.contract.result;

import dev.echelon.contract.SchemaVersion;
import java.util.Objects;

/** A result as it lies in the topic. */
public record ResultRecord(int schemaVersion, Result result) {

    public ResultRecord {
        SchemaVersion.require(schemaVersion);
        Objects.requireNonNull(result, "result");
    }

    public ResultRecord(Result result) {
        this(SchemaVersion.CURRENT, result);
    }
}
