package dev.echelon.watcher.domain;

import dev.echelon.contract.CguId;
import dev.echelon.contract.resource.CguSpec.BlockingCr;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an upgrade waits for.
 *
 * @param blockers in the order of the spec
 * @param filters whether only clusters go on that all of them completed (contract 9.2)
 */
record Blocking(List<BlockingCr> blockers, boolean filters) {

    static final String COMPLETION_MODE = "ran.openshift.io/blocking-cgu-completion-mode";
    static final String CLUSTER_FILTERING = "ran.openshift.io/blocking-cgu-cluster-filtering";

    Blocking {
        blockers = List.copyOf(blockers);
    }

    static Blocking of(ClusterGroupUpgrade cgu) {
        Map<String, String> annotations = cgu.metadata().annotations();
        return new Blocking(
                cgu.spec().blockingCRs(),
                "partial".equals(annotations.get(COMPLETION_MODE))
                        && "true".equals(annotations.get(CLUSTER_FILTERING)));
    }

    /** Who that is; empty for an entry that names nobody, because it lacks a name or a namespace (contract 9.1). */
    static Optional<CguId> named(BlockingCr blocker) {
        return blocker.name().isEmpty() || blocker.namespace().isEmpty()
                ? Optional.empty()
                : Optional.of(new CguId(blocker.namespace(), blocker.name()));
    }
}
