package dev.echelon.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;

/**
 * Names one ClusterGroupUpgrade. Its text form {@code namespace/name} is the Kafka key of all that concerns it.
 *
 * @param namespace the namespace on the hub, never empty
 * @param name the resource name, never empty
 */
public record CguId(String namespace, String name) implements Comparable<CguId> {

    public CguId {
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(name, "name");
        if (namespace.isEmpty() || name.isEmpty() || namespace.contains("/") || name.contains("/")) {
            throw new IllegalArgumentException(
                    "a ClusterGroupUpgrade is named <namespace>/<name>, found '" + namespace + "/" + name + "'");
        }
    }

    /**
     * Reads {@code namespace/name}.
     *
     * @throws IllegalArgumentException when the text has another form
     */
    @JsonCreator
    public static CguId parse(String key) {
        int slash = key.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("a ClusterGroupUpgrade's key is <namespace>/<name>, found '" + key
                    + "'");
        }
        return new CguId(key.substring(0, slash), key.substring(slash + 1));
    }

    /** {@code namespace/name}. */
    @JsonValue
    public String key() {
        return namespace + "/" + name;
    }

    @Override
    public int compareTo(CguId other) {
        return key().compareTo(other.key());
    }

    @Override
    public String toString() {
        return key();
    }
}
