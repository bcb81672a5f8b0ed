package dev.echelon.executor.domain;

import dev.echelon.contract.result.Workload;
import java.util.List;

/** What is left of jobs whose intent does not hold any more. */
public final class LeftOvers {

    private LeftOvers() {}

    /** Whether a job that has succeeded still has views, so that its clean-up is not done. */
    public static boolean areLeft(Workload workload, ObservedSpoke spoke) {
        return switch (workload) {
            case PRECACHE -> PrecacheObjects.hasLeftOvers(spoke);
            case BACKUP -> BackupObjects.hasLeftOvers(spoke);
        };
    }

    /** The clean-up after a success. */
    public static List<Change> afterSuccess(Workload workload, String cluster) {
        return switch (workload) {
            case PRECACHE -> PrecacheObjects.finish(cluster);
            case BACKUP -> BackupObjects.finish(cluster);
        };
    }

    /** The clean-up in the end, of a job that did not succeed (contract 10.7). */
    public static List<Change> inTheEnd(Workload workload, String cluster) {
        return switch (workload) {
            case PRECACHE -> PrecacheObjects.cleanUp(cluster);
            case BACKUP -> BackupObjects.cleanUp(cluster);
        };
    }
}
