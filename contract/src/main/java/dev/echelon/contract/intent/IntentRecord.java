package dev.echelon.contract.intent;

import dev.echelon.contract.SchemaVersion;
import java.util.Objects;

/** An intent as it lies in the topic. */
public record IntentRecord(int schemaVersion, Intent intent) {

    public IntentRecord {
        SchemaVersion.require(schemaVersion);
        Objects.requireNonNull(intent, "intent");
    }

    public IntentRecord(Intent intent) {
        this(SchemaVersion.CURRENT, intent);
    }
}
