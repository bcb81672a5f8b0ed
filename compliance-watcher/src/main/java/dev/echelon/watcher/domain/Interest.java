package dev.echelon.watcher.domain;

import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import java.util.List;
import java.util.Optional;

/** What of the hub one upgrade cares about, given how far it is. */
sealed interface Interest {

    /** Of the resource: a namesake that comes later has another one. */
    String uid();

    /** The names of the policies that it cares about. */
    List<String> policyNames();

    /**
     * It has not started: everything that the decision to start needs (contract 2.3).
     *
     * @param policyNames distinct names of {@code spec.managedPolicies}, in order
     */
    record BeforeStart(String uid, long generation, ClusterSelector selector, List<String> policyNames)
            implements Interest {
        public BeforeStart {
            policyNames = List.copyOf(policyNames);
        }
    }

    /**
     * It is in progress: the compliance of the clusters of its frozen plan with its frozen policies. Live selectors do
     * not matter any more (contract 16.1).
     */
    record InProgress(String uid, List<String> clusters, List<PolicyKey> policies) implements Interest {
        public InProgress {
            clusters = List.copyOf(clusters);
            policies = List.copyOf(policies);
        }

        @Override
        public List<String> policyNames() {
            return policies.stream().map(PolicyKey::name).toList();
        }
    }

    /** Empty for an upgrade that has ended or is being deleted. */
    static Optional<Interest> of(ClusterGroupUpgrade cgu) {
        if (cgu.metadata().deletionTimestamp() != null
                || cgu.status().condition(ConditionReason.Type.SUCCEEDED).isPresent()) {
            return Optional.empty();
        }
        String uid = cgu.metadata().uid();
        CguSpec spec = cgu.spec();
        boolean progressing = cgu.status()
                .condition(ConditionReason.Type.PROGRESSING)
                .filter(Condition::isTrue)
                .isPresent();
        if (progressing) {
            return Optional.of(new InProgress(
                    uid,
                    cgu.status().remediationPlan().stream().flatMap(List::stream).distinct().toList(),
                    cgu.status().managedPoliciesForUpgrade().stream()
                            .map(policy -> new PolicyKey(policy.namespace(), policy.name()))
                            .toList()));
        }
        return Optional.of(new BeforeStart(
                uid,
                cgu.metadata().generation(),
                ClusterSelector.of(spec),
                // Templates win over policies (contract 1.5): then no policy is looked at.
                spec.rollsOutManifestWorks()
                        ? List.of()
                        : spec.managedPolicies().stream().distinct().toList()));
    }
}
