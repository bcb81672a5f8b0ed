package dev.echelon.scheduler.domain;

import dev.echelon.contract.resource.CguSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a spec may say that this version cannot do yet. It is refused, because a rollout that silently leaves out a step
 * is worse than one that does not start. A feature that lands deletes its line here.
 */
final class Unsupported {

    private static final List<Feature> FEATURES = List.of(
            new Feature("spec.manifestWorkTemplates", CguSpec::rollsOutManifestWorks));

    private Unsupported() {}

    /** The first field that cannot be honoured, or empty. */
    static Optional<String> field(CguSpec spec) {
        return FEATURES.stream()
                .filter(feature -> feature.usedBy().test(spec))
                .map(Feature::field)
                .findFirst();
    }

    private record Feature(String field, Predicate<CguSpec> usedBy) {}
}
