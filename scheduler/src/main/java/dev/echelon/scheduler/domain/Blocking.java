package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.ObservedBlocker;
import dev.echelon.contract.observation.ObservedBlocker.State;
import dev.echelon.contract.resource.CguSpec.BlockingCr;
import dev.echelon.contract.resource.ConditionReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The CGUs that another one waits for (contract 9). Two annotations of the CGU that waits say what counts as complete
 * and whether only clusters go on that completed everywhere.
 *
 * <p>Nobody looks for cycles: a CGU that waits for itself waits for ever, and its condition names it.
 */
final class Blocking {

    /** {@code partial}: any end counts as complete, not only success. */
    static final String COMPLETION_MODE = "ran.openshift.io/blocking-cgu-completion-mode";
    /** {@code true}, in the mode {@code partial}: only clusters that completed in every blocking CGU take part. */
    static final String CLUSTER_FILTERING = "ran.openshift.io/blocking-cgu-cluster-filtering";

    private final List<BlockingCr> entries;
    private final Map<BlockingCr, ObservedBlocker> observed = new HashMap<>();
    private final boolean partial;
    private final boolean filters;

    /** @param blockers what the hub shows of them; one that it does not show has not been looked at */
    Blocking(Upgrade.Request request, List<ObservedBlocker> blockers) {
        entries = request.spec().blockingCRs();
        blockers.forEach(blocker -> observed.put(new BlockingCr(blocker.name(), blocker.namespace()), blocker));
        partial = "partial".equals(request.annotations().get(COMPLETION_MODE));
        filters = partial && "true".equals(request.annotations().get(CLUSTER_FILTERING));
    }

    /** What holds the CGU: a reason of {@code Progressing}, and the names that its message lists. */
    record Hold(ConditionReason reason, List<String> names) {}

    /** Empty when nothing does. A missing CGU hides those that are not complete. */
    Optional<Hold> hold() {
        List<String> missing = new ArrayList<>();
        List<String> incomplete = new ArrayList<>();
        for (BlockingCr entry : entries) {
            ObservedBlocker blocker = observed.get(entry);
            if (blocker != null && blocker.state() == State.MISSING) {
                missing.add(entry.name());
            } else if (blocker == null || !isComplete(blocker)) {
                incomplete.add(entry.name());
            }
        }
        if (!missing.isEmpty()) {
            return Optional.of(new Hold(ConditionReason.MISSING_BLOCKING_CR, missing));
        }
        return incomplete.isEmpty()
                ? Optional.empty()
                : Optional.of(new Hold(ConditionReason.INCOMPLETE_BLOCKING_CR, incomplete));
    }

    /**
     * The clusters that may go on, in the order in which they come: all of them, or where clusters are filtered those
     * with as many completions as there are entries. So with no entry none is left, whatever the plan is (contract
     * 9.2).
     */
    Optional<List<String>> filter(List<String> clusters) {
        if (!filters) {
            return Optional.of(clusters);
        }
        Map<String, Integer> completions = new HashMap<>();
        for (BlockingCr entry : entries) {
            observed.get(entry).completed().forEach(cluster -> completions.merge(cluster, 1, Integer::sum));
        }
        List<String> kept = clusters.stream()
                .filter(cluster -> completions.getOrDefault(cluster, 0) > 0)
                .filter(cluster -> completions.get(cluster) == entries.size())
                .toList();
        return kept.isEmpty() ? Optional.empty() : Optional.of(kept);
    }

    private boolean isComplete(ObservedBlocker blocker) {
        boolean ended =
                switch (blocker.state()) {
                    case MISSING, RUNNING -> false;
                    case SUCCEEDED -> true;
                    case FAILED -> partial;
                };
        // Where its clusters count, it is not known to be complete before somebody has looked at them.
        return ended && (!filters || blocker.completed() != null);
    }
}
