package dev.echelon.scheduler.domain;

import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguSpec.AfterCompletion;
import dev.echelon.contract.resource.CguSpec.BeforeEnable;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a spec may say that this version cannot do yet. It is refused, because a rollout that silently leaves out a step
 * is worse than one that does not start. A feature that lands deletes its line here.
 */
final class Unsupported {

    private static final List<Feature> FEATURES = List.of(
            new Feature("spec.actions.beforeEnable", spec -> spec.actions() != null
                    && spec.actions().beforeEnable() != null
                    && changesClusters(spec.actions().beforeEnable())),
            new Feature("spec.actions.afterCompletion", spec -> spec.actions() != null
                    && spec.actions().afterCompletion() != null
                    && changesClusters(spec.actions().afterCompletion())),
            new Feature("spec.blockingCRs", spec -> !spec.blockingCRs().isEmpty()),
            new Feature("spec.preCachingConfigRef", spec -> spec.preCachingConfigRef() != null));

    private Unsupported() {}

    /** The first field that cannot be honoured, or empty. */
    static Optional<String> field(CguSpec spec) {
        return FEATURES.stream()
                .filter(feature -> feature.usedBy().test(spec))
                .map(Feature::field)
                .findFirst();
    }

    private static boolean changesClusters(BeforeEnable actions) {
        return !(actions.addClusterAnnotations().isEmpty()
                && actions.addClusterLabels().isEmpty()
                && actions.deleteClusterLabels().isEmpty()
                && actions.removeClusterAnnotations().isEmpty()
                && actions.removeClusterLabels().isEmpty());
    }

    /** {@code deleteObjects} is honoured, so it does not count. */
    private static boolean changesClusters(AfterCompletion actions) {
        return !(actions.addClusterAnnotations().isEmpty()
                && actions.addClusterLabels().isEmpty()
                && actions.deleteClusterLabels().isEmpty()
                && actions.removeClusterAnnotations().isEmpty()
                && actions.removeClusterLabels().isEmpty());
    }

    private record Feature(String field, Predicate<CguSpec> usedBy) {}
}
