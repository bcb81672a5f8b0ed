package dev.echelon.api.domain;

import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.CguSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What can be said about a submitted resource without knowing the fleet, beyond what the schema says.
 *
 * <p>A refusal is for what can only be a mistake. What upstream accepts and gives a meaning is accepted, with a warning
 * where the meaning may surprise: contract 1.5 (concurrency), 2.1 (repeats, selectors), 6.5 (edits that come too late).
 */
public final class FormRules {

    /** Minutes in ten years: a rollout that may take longer than that has a typing error in its timeout. */
    public static final int MAX_TIMEOUT_MINUTES = 10 * 366 * 24 * 60;

    private static final int MAX_NAME = 253;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private FormRules() {}

    /**
     * A field that must not be like this.
     *
     * @param value as it stands there, in JSON
     */
    public record Refusal(String field, String value, String detail) {}

    /** What was found: with refusals nothing may be changed, warnings go back to the user. */
    public record Findings(List<Refusal> refusals, List<String> warnings) {}

    /** Looks at a new resource. */
    public static Findings ofNew(ClusterGroupUpgrade cgu) {
        return new Findings(refusals(cgu.spec()), warnings(cgu.spec()));
    }

    /** Looks at a change of a resource. What was there before is not warned of again. */
    public static Findings ofChange(ClusterGroupUpgrade before, ClusterGroupUpgrade after) {
        List<String> warnings = new ArrayList<>(warnings(after.spec()));
        warnings.removeAll(warnings(before.spec()));
        warnings.addAll(tooLate(before, after.spec()));
        return new Findings(refusals(after.spec()), warnings);
    }

    private static List<Refusal> refusals(CguSpec spec) {
        int timeout = spec.remediationStrategy().timeout();
        if (timeout < 0) {
            return List.of(new Refusal(
                    "spec.remediationStrategy.timeout",
                    String.valueOf(timeout),
                    "must be minutes, 1 or more; 0 or nothing means "
                            + CguSpec.RemediationStrategy.DEFAULT_TIMEOUT_MINUTES));
        }
        if (timeout > MAX_TIMEOUT_MINUTES) {
            return List.of(new Refusal(
                    "spec.remediationStrategy.timeout",
                    String.valueOf(timeout),
                    "must be minutes, at most " + MAX_TIMEOUT_MINUTES + " (ten years)"));
        }
        return List.of();
    }

    private static List<String> warnings(CguSpec spec) {
        List<String> warnings = new ArrayList<>();
        int concurrency = spec.remediationStrategy().maxConcurrency();
        if (concurrency < 1) {
            warnings.add("spec.remediationStrategy.maxConcurrency: " + concurrency + " means all clusters at once");
        }
        warnRepeats(warnings, "spec.clusters", spec.clusters());
        warnRepeats(warnings, "spec.remediationStrategy.canaries", spec.remediationStrategy().canaries());
        for (String cluster : spec.clusters()) {
            if (cluster.length() > MAX_NAME || !NAME.matcher(cluster).matches()) {
                warnings.add("spec.clusters: no ManagedCluster can be named \"" + cluster
                        + "\"; a name has lower case letters, digits, '-' and '.'");
            }
        }
        for (String selector : spec.clusterSelector()) {
            if (selector.indexOf('=') != selector.lastIndexOf('=')) {
                warnings.add("spec.clusterSelector: \"" + selector
                        + "\" is ignored; an entry is key=value, or key for an empty value");
            }
        }
        if (spec.rollsOutManifestWorks() && !spec.managedPolicies().isEmpty()) {
            warnings.add("spec.managedPolicies: ignored, because spec.manifestWorkTemplates is set");
        }
        if (!Set.of("", "Abort", "Continue").contains(spec.batchTimeoutAction())) {
            warnings.add("spec.batchTimeoutAction: \"" + spec.batchTimeoutAction()
                    + "\" acts as Continue; only Abort and Continue are known");
        }
        return warnings;
    }

    private static void warnRepeats(List<String> warnings, String field, List<String> names) {
        Set<String> seen = new LinkedHashSet<>();
        Set<String> repeated = new LinkedHashSet<>();
        names.forEach(name -> {
            if (!seen.add(name)) {
                repeated.add(name);
            }
        });
        if (!repeated.isEmpty()) {
            warnings.add(field + ": repeats of " + String.join(", ", repeated) + " are dropped");
        }
    }

    /** A part of the spec, and until when an edit of it is honoured (contract 6.5). */
    private record Part(String field, Function<CguSpec, Object> value, Phase honouredUntil) {}

    private static final List<Part> PARTS = List.of(
            new Part("spec.clusters", CguSpec::clusters, Phase.BEFORE_START),
            new Part("spec.clusterLabelSelectors", CguSpec::clusterLabelSelectors, Phase.BEFORE_START),
            new Part("spec.clusterSelector", CguSpec::clusterSelector, Phase.BEFORE_START),
            new Part("spec.managedPolicies", CguSpec::managedPolicies, Phase.BEFORE_START),
            new Part("spec.enable", CguSpec::enable, Phase.BEFORE_START),
            new Part("spec.blockingCRs", CguSpec::blockingCRs, Phase.BEFORE_START),
            new Part("spec.preCaching", CguSpec::preCaching, Phase.BEFORE_START),
            new Part("spec.preCachingConfigRef", CguSpec::preCachingConfigRef, Phase.BEFORE_START),
            new Part("spec.backup", CguSpec::backup, Phase.BEFORE_START),
            new Part("spec.manifestWorkTemplates", CguSpec::manifestWorkTemplates, Phase.BEFORE_START),
            new Part(
                    "spec.actions.beforeEnable",
                    spec -> spec.actions() == null ? null : spec.actions().beforeEnable(),
                    Phase.BEFORE_START),
            new Part(
                    "spec.remediationStrategy.maxConcurrency",
                    spec -> spec.remediationStrategy().maxConcurrency(),
                    Phase.BEFORE_START),
            new Part(
                    "spec.remediationStrategy.timeout",
                    spec -> spec.remediationStrategy().timeout(),
                    Phase.IN_PROGRESS),
            new Part(
                    "spec.remediationStrategy.canaries",
                    spec -> spec.remediationStrategy().canaries(),
                    Phase.IN_PROGRESS),
            new Part("spec.batchTimeoutAction", CguSpec::batchTimeoutAction, Phase.IN_PROGRESS));

    private static List<String> tooLate(ClusterGroupUpgrade before, CguSpec after) {
        Phase phase = Phase.of(before.status());
        return PARTS.stream()
                .filter(part -> !Objects.equals(part.value().apply(before.spec()), part.value().apply(after)))
                .filter(part -> phase.compareTo(part.honouredUntil()) > 0)
                .map(part -> part.field() + ": the change is kept but has no effect any more, because the rollout has "
                        + (phase == Phase.ENDED ? "ended" : "started"))
                .toList();
    }
}
