package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.ObservedTemplate;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.scheduler.domain.PolicyValidation.Invalid;
import dev.echelon.scheduler.domain.PolicyValidation.Valid;
import dev.echelon.scheduler.domain.PolicyValidation.Verdict;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether the manifest works that a spec names can be rolled out (contract 13.1). No policy takes part. */
final class TemplateValidation {

    private TemplateValidation() {}

    /** @param observed one entry per distinct name of {@code spec.manifestWorkTemplates} */
    static Verdict validate(CguSpec spec, List<ObservedTemplate> observed) {
        Set<String> there = observed.stream()
                .filter(ObservedTemplate::exists)
                .map(ObservedTemplate::name)
                .collect(Collectors.toSet());
        List<String> missing = spec.manifestWorkTemplates().stream()
                .filter(name -> !there.contains(name))
                .toList();
        return missing.isEmpty()
                ? new Valid(List.of(), List.of())
                : Invalid.of(
                        ConditionReason.MISSING_TEMPLATES,
                        Texts.list(missing),
                        ValidationFailure.Kind.MISSING_TEMPLATES,
                        missing);
    }
}
