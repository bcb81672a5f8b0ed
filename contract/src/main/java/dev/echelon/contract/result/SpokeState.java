package dev.echelon.contract.result;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** The states of a spoke's pre-cache (contract 10.4) and backup (contract 11), in the published spelling. */
public enum SpokeState {
    /** Pre-cache only. */
    NOT_STARTED("NotStarted"),
    PREPARING_TO_START("PreparingToStart"),
    STARTING("Starting"),
    ACTIVE("Active"),
    SUCCEEDED("Succeeded"),
    PRECACHE_TIMEOUT("PrecacheTimeout"),
    BACKUP_TIMEOUT("BackupTimeout"),
    UNRECOVERABLE_ERROR("UnrecoverableError");

    private final String wire;

    SpokeState(String wire) {
        this.wire = wire;
    }

    /** @throws IllegalArgumentException when there is no such state */
    @JsonCreator
    public static SpokeState of(String wire) {
        return Arrays.stream(values())
                .filter(state -> state.wire.equals(wire))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no spoke state is called '" + wire + "'"));
    }

    @JsonValue
    public String wire() {
        return wire;
    }

    /** Whether nothing follows. */
    public boolean isFinal() {
        return switch (this) {
            case NOT_STARTED, PREPARING_TO_START, STARTING, ACTIVE -> false;
            case SUCCEEDED, PRECACHE_TIMEOUT, BACKUP_TIMEOUT, UNRECOVERABLE_ERROR -> true;
        };
    }
}
