package dev.echelon.scheduler.domain;

import dev.echelon.contract.result.Workload;
import java.util.Optional;

/**
 * The ids of intents: {@code <uid>/<step>/<number>[/<cluster>]}. They are deterministic, and the number tells a second
 * asking for the same from the first, so that an answer to the first is not taken for one to the second.
 */
final class IntentId {

    private IntentId() {}

    static String precache(String uid, int round, String cluster) {
        return uid + "/precache/" + round + "/" + cluster;
    }

    static String backup(String uid, int round, String cluster) {
        return uid + "/backup/" + round + "/" + cluster;
    }

    static String clean(String uid, Workload workload, int round, String cluster) {
        String step =
                switch (workload) {
                    case PRECACHE -> "/clean-precache/";
                    case BACKUP -> "/clean-backup/";
                };
        return uid + step + round + "/" + cluster;
    }

    static String work(String uid, int workIndex, String cluster) {
        return uid + "/work/" + (workIndex + 1) + "/" + cluster;
    }

    static String dropWork(String uid, String cluster) {
        return uid + "/drop-work/1/" + cluster;
    }

    static String approve(String uid, int number, String cluster) {
        return uid + "/approve/" + number + "/" + cluster;
    }

    static String stopApproving(String uid, int number, String cluster) {
        return uid + "/stop-approving/" + number + "/" + cluster;
    }

    /** Asked for once in a CGU's life, when the rollout starts. */
    static String labelsBefore(String uid, String cluster) {
        return uid + "/labels-before/1/" + cluster;
    }

    /** Asked for once in a CGU's life, when the cluster is complete. */
    static String labelsAfter(String uid, String cluster) {
        return uid + "/labels-after/1/" + cluster;
    }

    static String enforce(String uid) {
        return uid + "/enforce/1";
    }

    static String stop(String uid, int number) {
        return uid + "/stop/" + number;
    }

    /** The uid of the CGU that an intent is of; empty when the id has another form. */
    static Optional<String> uid(String intentId) {
        int slash = intentId.indexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(intentId.substring(0, slash));
    }
}
