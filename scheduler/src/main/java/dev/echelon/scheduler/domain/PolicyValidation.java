package dev.echelon.scheduler.domain;

import dev.echelon.contract.Json;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.TemplateObject.Subscription;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.scheduler.domain.ValidationFailure.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether the managed policies can be rolled out, and which of them take part (contract 3.2 to 3.7). Checks run in the
 * contract's order and the first failure is the answer:
 *
 * <ol>
 *   <li>a name in more than one namespace (only names in {@code managedPolicies} count, decision on row 10);
 *   <li>missing and invalid policies;
 *   <li>the platform image ({@link PlatformImage});
 *   <li>the order of dependencies.
 * </ol>
 */
final class PolicyValidation {

    private PolicyValidation() {}

    /** The outcome. */
    sealed interface Verdict {}

    /**
     * All is well.
     *
     * @param rollout what the hub shows of the policies of the rollout, in the spec's order
     * @param before what it shows of those that every cluster complies with already
     */
    record Valid(List<ObservedPolicy> rollout, List<ObservedPolicy> before) implements Verdict {
        List<RolloutPolicy> rolloutPolicies() {
            return PolicyValidation.rolloutPolicies(rollout);
        }

        List<String> namesBefore() {
            return names(before);
        }

        /** {@code managedPoliciesContent} (contract 3.7): the Subscriptions of each policy that has some. */
        Map<String, String> content() {
            Map<String, String> content = new TreeMap<>();
            for (ObservedPolicy policy : rollout) {
                List<Map<String, String>> monitored = policy.root().objects().stream()
                        .filter(Subscription.class::isInstance)
                        .map(Subscription.class::cast)
                        .filter(object -> !object.name().isEmpty() && !object.namespace().isEmpty())
                        .map(Valid::monitored)
                        .toList();
                if (!monitored.isEmpty()) {
                    content.put(policy.name(), json(monitored));
                }
            }
            return content;
        }

        private static Map<String, String> monitored(Subscription object) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("kind", "Subscription");
            fields.put("name", object.name());
            fields.put("apiVersion", object.apiVersion());
            fields.put("namespace", object.namespace());
            return fields;
        }
    }

    /**
     * Something is wrong: the condition's reason, and the values of its message.
     *
     * @param failure which names are at fault; null where it is not about names
     * @param rollout the policies of the rollout that are well, which the status shows all the same
     * @param before likewise, those that every cluster complies with already
     */
    record Invalid(
            ConditionReason reason,
            List<String> values,
            ValidationFailure failure,
            List<RolloutPolicy> rollout,
            List<String> before)
            implements Verdict {
        static Invalid of(ConditionReason reason, String... values) {
            return new Invalid(reason, List.of(values), null, List.of(), List.of());
        }

        static Invalid of(ConditionReason reason, String value, Kind kind, Collection<String> names) {
            ValidationFailure failure = new ValidationFailure(kind, List.copyOf(names));
            return new Invalid(reason, List.of(value), failure, List.of(), List.of());
        }

        Invalid beside(List<ObservedPolicy> wellForRollout, List<ObservedPolicy> compliantBefore) {
            return new Invalid(reason, values, failure, rolloutPolicies(wellForRollout), names(compliantBefore));
        }
    }

    /** Nothing is wrong so far, but an update graph has not answered yet. */
    record Awaited() implements Verdict {}

    /**
     * @param clusters all selected clusters
     * @param observed one entry per distinct name of {@code spec.managedPolicies}
     * @param graph what update graphs have answered
     */
    static Verdict validate(
            CguSpec spec, List<String> clusters, List<ObservedPolicy> observed, List<GraphAnswer> graph) {
        Map<String, ObservedPolicy> byName = new LinkedHashMap<>();
        observed.forEach(policy -> byName.put(policy.name(), policy));

        Map<String, List<String>> ambiguous = new TreeMap<>();
        List<String> missing = new ArrayList<>();
        List<String> invalid = new ArrayList<>();
        List<ObservedPolicy> rollout = new ArrayList<>();
        List<ObservedPolicy> before = new ArrayList<>();
        for (String name : spec.managedPolicies()) {
            ObservedPolicy policy = byName.get(name);
            if (policy == null) {
                missing.add(name);
            } else if (policy.enforced()) {
                continue;
            } else if (policy.namespaces().size() > 1) {
                ambiguous.put(name, policy.namespaces());
            } else if (policy.namespaces().isEmpty() || policy.root() == null) {
                missing.add(name);
            } else if (!policy.root().defect().isEmpty()) {
                invalid.add(name);
            } else if (policy.root().isCompliantEverywhere(clusters)) {
                before.add(policy);
            } else {
                rollout.add(policy);
            }
        }
        if (!ambiguous.isEmpty()) {
            return Invalid.of(
                    ConditionReason.AMBIGUOUS_POLICIES, json(ambiguous), Kind.AMBIGUOUS_POLICIES, ambiguous.keySet());
        }
        if (!invalid.isEmpty()) {
            return Invalid.of(
                            ConditionReason.INVALID_POLICIES, Texts.list(invalid), Kind.INVALID_POLICIES, invalid)
                    .beside(rollout, before);
        }
        if (!missing.isEmpty()) {
            return Invalid.of(
                            ConditionReason.MISSING_POLICIES, Texts.list(missing), Kind.MISSING_POLICIES, missing)
                    .beside(rollout, before);
        }
        return switch (new PlatformImage(rollout).find(spec.preCaching(), graph)) {
            case PlatformImage.Problem(String text) ->
                Invalid.of(ConditionReason.INVALID_PLATFORM_IMAGE, text).beside(rollout, before);
            case PlatformImage.Awaited() -> new Awaited();
            case PlatformImage.Known _ ->
                laterDependency(rollout)
                        .<Verdict>map(order -> order.beside(rollout, before))
                        .orElseGet(() -> new Valid(rollout, before));
        };
    }

    private static Optional<Invalid> laterDependency(List<ObservedPolicy> rollout) {
        for (int i = 0; i < rollout.size(); i++) {
            for (PolicyRef dependency : rollout.get(i).root().dependencies()) {
                boolean later = rollout.subList(i + 1, rollout.size()).stream()
                        .anyMatch(policy -> policy.name().equals(dependency.name())
                                && policy.root().namespace().equals(dependency.namespace()));
                if (later) {
                    return Optional.of(Invalid.of(
                            ConditionReason.UNRESOLVABLE_DEPENDENCY, rollout.get(i).name(), dependency.name()));
                }
            }
        }
        return Optional.empty();
    }

    private static List<RolloutPolicy> rolloutPolicies(List<ObservedPolicy> policies) {
        return policies.stream()
                .map(policy -> new RolloutPolicy(
                        policy.name(),
                        policy.root().namespace(),
                        Optional.ofNullable(policy.root().soakSeconds()).map(Duration::ofSeconds)))
                .toList();
    }

    private static List<String> names(List<ObservedPolicy> policies) {
        return policies.stream().map(ObservedPolicy::name).toList();
    }

    private static String json(Object value) {
        return new String(Json.write(value), StandardCharsets.UTF_8);
    }
}
