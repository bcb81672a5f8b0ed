package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.ObservedWork;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a rollout may have on the hub for one cluster: its manifest work, the views and actions through which install
 * plans are approved, and its place in the Placements.
 *
 * @param placed by index of the policy, the revision of the enforcing objects when the cluster came to the policy;
 *     absent where an earlier version or another operator brought it there
 */
public record SpokeObjects(CurrentWork work, Approvals approvals, Map<Integer, Long> placed) {

    static final SpokeObjects NONE = new SpokeObjects(CurrentWork.NONE, Approvals.NONE, Map.of());

    public SpokeObjects {
        work = work == null ? CurrentWork.NONE : work;
        approvals = approvals == null ? Approvals.NONE : approvals;
        placed = placed == null ? Map.of() : Map.copyOf(placed);
    }

    /**
     * The cluster's manifest work.
     *
     * @param present whether one may be there
     * @param seen what the hub showed last, by name: while one is replaced by the next both may be there
     * @param dropping the intent to drop it that has not been answered
     */
    public record CurrentWork(boolean present, Map<String, ObservedWork> seen, Optional<String> dropping) {
        static final CurrentWork NONE = new CurrentWork(false, Map.of(), Optional.empty());

        public CurrentWork {
            seen = seen == null ? Map.of() : Map.copyOf(seen);
            dropping = dropping == null ? Optional.empty() : dropping;
        }
    }

    /**
     * The approval of install plans on the cluster.
     *
     * @param asked how many intents there were; part of their ids
     * @param policyIndex the policy whose Subscriptions are looked at, if it has some; -1 when no views are to be there
     * @param actions whether actions may be there
     * @param stopping the intent to stop that has not been answered
     */
    public record Approvals(int asked, int policyIndex, boolean actions, Optional<String> stopping) {
        static final Approvals NONE = new Approvals(0, -1, false, Optional.empty());

        public Approvals {
            stopping = stopping == null ? Optional.empty() : stopping;
        }

        /** Whether views may be there, and stay. */
        boolean active() {
            return policyIndex >= 0;
        }
    }

    SpokeObjects with(CurrentWork newWork) {
        return new SpokeObjects(newWork, approvals, placed);
    }

    SpokeObjects with(Approvals newApprovals) {
        return new SpokeObjects(work, newApprovals, placed);
    }

    SpokeObjects placedSince(int policyIndex, long revision) {
        Map<Integer, Long> all = new HashMap<>(placed);
        all.put(policyIndex, revision);
        return new SpokeObjects(work, approvals, all);
    }
}
