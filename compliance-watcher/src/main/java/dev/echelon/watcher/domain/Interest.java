package dev.echelon.watcher.domain;

import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.Condition;
import dev.echelon.contract.resource.ConditionReason;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What of the hub one upgrade cares about, given how far it is. */
sealed interface Interest {

    /** Of the resource: a namesake that comes later has another one. */
    String uid();

    /** The names of the policies that it cares about. */
    List<String> policyNames();

    /** What else it names and cares about. */
    default Stream<Reference> references() {
        return Stream.empty();
    }

    /**
     * It has not started: everything that the decision to start needs (contract 2.3).
     *
     * @param policyNames distinct names of {@code spec.managedPolicies}, in order
     * @param templates distinct names of {@code spec.manifestWorkTemplates}, in order
     * @param precaching empty when it does not pre-cache
     */
    record BeforeStart(
            String uid,
            long generation,
            ClusterSelector selector,
            List<String> policyNames,
            List<PolicyKey> templates,
            Blocking blocking,
            Optional<Precaching> precaching)
            implements Interest {
        public BeforeStart {
            policyNames = List.copyOf(policyNames);
            templates = List.copyOf(templates);
        }

        @Override
        public Stream<Reference> references() {
            Stream<Reference> blockers = blocking.blockers().stream()
                    .flatMap(entry -> Blocking.named(entry).stream())
                    .map(Reference.Blocker::new);
            Stream<Reference> inputs = precaching.stream()
                    .flatMap(wanted -> Stream.concat(
                            wanted.config().stream().map(Reference.Config::new),
                            Stream.of(new Reference.Overrides(wanted.namespace()))));
            return Stream.of(blockers, inputs, templates.stream().map(Reference.Template::new))
                    .flatMap(all -> all);
        }
    }

    /**
     * It is in progress: the compliance of the clusters of its frozen plan with its frozen policies, and its
     * placements. Live selectors do not matter any more (contract 16.1).
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

    /** It is in progress with manifest works: those that it has on the clusters of its frozen plan (contract 13). */
    record RollingOutWorks(String uid, List<String> clusters) implements Interest {
        public RollingOutWorks {
            clusters = List.copyOf(clusters);
        }

        @Override
        public List<String> policyNames() {
            return List.of();
        }
    }

    /** Empty for an upgrade that has ended or is being deleted. */
    static Optional<Interest> of(ClusterGroupUpgrade cgu) {
        if (cgu.metadata().deletionTimestamp() != null
                || cgu.status().condition(ConditionReason.Type.SUCCEEDED).isPresent()) {
            return Optional.empty();
        }
        boolean progressing = cgu.status()
                .condition(ConditionReason.Type.PROGRESSING)
                .filter(Condition::isTrue)
                .isPresent();
        // One in progress without a plan was taken over in a state that makes no sense: it is planned anew.
        boolean planned = !cgu.status().remediationPlan().isEmpty();
        return Optional.of(progressing && planned ? inProgress(cgu) : beforeStart(cgu));
    }

    private static Interest inProgress(ClusterGroupUpgrade cgu) {
        String uid = cgu.metadata().uid();
        List<String> clusters = cgu.status().remediationPlan().stream().flatMap(List::stream).distinct().toList();
        if (cgu.spec().rollsOutManifestWorks()) {
            return new RollingOutWorks(uid, clusters);
        }
        return new InProgress(
                uid,
                clusters,
                cgu.status().managedPoliciesForUpgrade().stream()
                        .map(policy -> new PolicyKey(policy.namespace(), policy.name()))
                        .toList());
    }

    private static Interest beforeStart(ClusterGroupUpgrade cgu) {
        CguSpec spec = cgu.spec();
        return new BeforeStart(
                cgu.metadata().uid(),
                cgu.metadata().generation(),
                ClusterSelector.of(spec),
                // Templates win over policies (contract 1.5): then no policy is looked at.
                spec.rollsOutManifestWorks()
                        ? List.of()
                        : spec.managedPolicies().stream().distinct().toList(),
                spec.manifestWorkTemplates().stream()
                        .distinct()
                        .map(name -> new PolicyKey(cgu.metadata().namespace(), name))
                        .toList(),
                Blocking.of(cgu),
                Precaching.of(cgu));
    }
}
