package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.TemplateObject;
import dev.echelon.contract.observation.TemplateObject.CatalogSource;
import dev.echelon.contract.observation.TemplateObject.ClusterVersion;
import dev.echelon.contract.observation.TemplateObject.Subscription;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.PrecacheInputs;
import dev.echelon.contract.resource.ConditionReason;
import dev.echelon.contract.resource.PrecacheSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * What the spokes have to pull (contract 10.2, 10.3): the platform's image and the operators' indexes from the
 * policies, the rest from the {@link PrecacheSettings} where they say it.
 */
final class PrecacheSoftware {

    private PrecacheSoftware() {}

    /** The outcome. */
    sealed interface Finding {}

    record Consistent(PrecacheSpec spec) implements Finding {}

    /** The update graph has not answered yet. */
    record Awaited() implements Finding {}

    /** Something is wrong: the condition's reason, and the value of its message. */
    record Incomplete(ConditionReason reason, String value) implements Finding {}

    /** @param policies those of the rollout, then those that every cluster complies with already */
    static Finding find(List<ObservedPolicy> policies, PrecacheInputs inputs, List<GraphAnswer> graph) {
        return switch (new PlatformImage(policies).find(true, graph)) {
            case PlatformImage.Awaited() -> new Awaited();
            case PlatformImage.Problem(String text) ->
                new Incomplete(ConditionReason.PRECACHE_SPEC_INCONSISTENT, text);
            case PlatformImage.Known(String image) ->
                switch (PrecacheSettings.read(inputs)) {
                    case PrecacheSettings.Unreadable(String error) ->
                        new Incomplete(ConditionReason.PRECACHE_CONFIG_UNREADABLE, error);
                    case PrecacheSettings.Readable(PrecacheSettings settings) ->
                        checked(derive(policies, image, settings));
                };
        };
    }

    private static PrecacheSpec derive(List<ObservedPolicy> policies, String image, PrecacheSettings settings) {
        List<String> indexes = new ArrayList<>();
        List<String> packages = new ArrayList<>();
        for (ObservedPolicy policy : policies) {
            for (TemplateObject object : policy.root().objects()) {
                switch (object) {
                    case Subscription subscription ->
                        packages.add(subscription.packageName() + ":" + subscription.channel());
                    case CatalogSource(String index) -> indexes.add(index);
                    case ClusterVersion _ -> {
                        // the image is one for all policies, see PlatformImage
                    }
                }
            }
        }
        return new PrecacheSpec(
                settings.additionalImages(),
                settings.excludePatterns(),
                indexes,
                settings.packagesAndChannels().isEmpty() ? packages : settings.packagesAndChannels(),
                image,
                settings.spaceRequired());
    }

    private static Finding checked(PrecacheSpec spec) {
        if (!spec.operatorsIndexes().isEmpty() && spec.operatorsPackagesAndChannels().isEmpty()) {
            return inconsistent("olm index provided, but no packages");
        }
        if (spec.operatorsIndexes().isEmpty() && spec.platformImage().isEmpty()) {
            return inconsistent("no software spec provided");
        }
        return new Consistent(spec);
    }

    private static Finding inconsistent(String what) {
        return new Incomplete(
                ConditionReason.PRECACHE_SPEC_INCONSISTENT, "inconsistent precaching configuration: " + what);
    }
}
