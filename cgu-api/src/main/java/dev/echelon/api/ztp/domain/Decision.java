package dev.echelon.api.ztp.domain;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What a cluster needs now (ZTP contract 3). Nothing is remembered: asking again is safe. */
public enum Decision {
    /** There is no such cluster. */
    UNKNOWN,
    /** It is being deleted. */
    TERMINATING,
    /** It was brought up before, or somebody says so. */
    COMPLETE,
    /** There is a ClusterGroupUpgrade of its name, in any state and whoever made it. */
    HAS_CGU,
    /** It is still being installed, or is out of reach. */
    NOT_READY,
    /** Its ClusterGroupUpgrade is to be created. */
    CREATE;

    /**
     * The first row of the table that matches.
     *
     * @param cluster as it is now; empty when it does not exist
     * @param hasCgu asked only where the answer matters
     */
    public static Decision of(Optional<ClusterState> cluster, BooleanSupplier hasCgu) {
        if (cluster.isEmpty()) {
            return UNKNOWN;
        }
        if (cluster.get().terminating()) {
            return TERMINATING;
        }
        if (cluster.get().done()) {
            return COMPLETE;
        }
        if (hasCgu.getAsBoolean()) {
            return HAS_CGU;
        }
        return cluster.get().available() ? CREATE : NOT_READY;
    }
}
