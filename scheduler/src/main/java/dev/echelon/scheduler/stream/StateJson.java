package dev.echelon.scheduler.stream;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.echelon.contract.Json;
import dev.echelon.scheduler.domain.Lifecycle;
import dev.echelon.scheduler.domain.Spoke;
import java.io.IOException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * How state lies in the stores and their changelogs: the contract's JSON, with names for the states. The names are
 * chosen here and not taken from classes, so that a class can be renamed without losing what is stored. The domain stays
 * free of annotations.
 */
final class StateJson {

    private static final ObjectMapper MAPPER = Json.mapper()
            .copy()
            .addMixIn(Lifecycle.class, LifecycleNames.class)
            .addMixIn(Lifecycle.BeforeStart.class, LifecycleNames.class)
            .addMixIn(Spoke.Stage.class, StageNames.class);

    private StateJson() {}

    /** A serde that refuses what it cannot read as a {@link BrokenStoreException}. */
    static <T> Serde<T> serde(Class<T> type) {
        Serializer<T> serializer = (_, value) -> value == null ? null : write(value);
        Deserializer<T> deserializer = (_, bytes) -> bytes == null ? null : read(bytes, type);
        return Serdes.serdeFrom(serializer, deserializer);
    }

    static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new BrokenStoreException("cannot write " + value.getClass().getSimpleName(), e);
        }
    }

    static <T> T read(byte[] bytes, Class<T> type) {
        try {
            return MAPPER.readValue(bytes, type);
        } catch (IOException e) {
            throw new BrokenStoreException("a stored " + type.getSimpleName() + " cannot be read", e);
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Lifecycle.Preparing.class, name = "Preparing"),
        @JsonSubTypes.Type(value = Lifecycle.Precaching.class, name = "Precaching"),
        @JsonSubTypes.Type(value = Lifecycle.NotEnabled.class, name = "NotEnabled"),
        @JsonSubTypes.Type(value = Lifecycle.Blocked.class, name = "Blocked"),
        @JsonSubTypes.Type(value = Lifecycle.BackingUp.class, name = "BackingUp"),
        @JsonSubTypes.Type(value = Lifecycle.BetweenBatches.class, name = "BetweenBatches"),
        @JsonSubTypes.Type(value = Lifecycle.Remediating.class, name = "Remediating"),
        @JsonSubTypes.Type(value = Lifecycle.Settling.class, name = "Settling"),
        @JsonSubTypes.Type(value = Lifecycle.Finished.class, name = "Finished"),
        @JsonSubTypes.Type(value = Lifecycle.Deleting.class, name = "Deleting")
    })
    private interface LifecycleNames {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Spoke.Stage.Waiting.class, name = "Waiting"),
        @JsonSubTypes.Type(value = Spoke.Stage.InProgress.class, name = "InProgress"),
        @JsonSubTypes.Type(value = Spoke.Stage.Completed.class, name = "Completed"),
        @JsonSubTypes.Type(value = Spoke.Stage.TimedOut.class, name = "TimedOut"),
        @JsonSubTypes.Type(value = Spoke.Stage.RollingOut.class, name = "RollingOut"),
        @JsonSubTypes.Type(value = Spoke.Stage.WorkTimedOut.class, name = "WorkTimedOut")
    })
    private interface StageNames {}
}
