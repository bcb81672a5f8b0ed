package dev.echelon.scheduler.domain;

import dev.echelon.contract.observation.ObservedPolicy;
import dev.echelon.contract.observation.TemplateObject;
import dev.echelon.contract.observation.TemplateObject.CatalogSource;
import dev.echelon.contract.observation.TemplateObject.ClusterVersion;
import dev.echelon.contract.observation.TemplateObject.Subscription;
import dev.echelon.contract.resource.PrecacheSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the spokes have to pull, from the policies (contract 10.2, 10.3). PreCachingConfig and the overrides ConfigMap are
 * not read yet, so that the space is always the default.
 */
final class PrecacheSoftware {

    /** {@code 35 GiB}. */
    private static final String DEFAULT_SPACE = "35";

    private PrecacheSoftware() {}

    /** @param policies those of the rollout, then those that every cluster complies with already */
    static PrecacheSpec derive(List<ObservedPolicy> policies) {
        List<String> indexes = new ArrayList<>();
        List<String> packages = new ArrayList<>();
        for (ObservedPolicy policy : policies) {
            for (TemplateObject object : policy.root().objects()) {
                switch (object) {
                    case Subscription subscription ->
                        packages.add(subscription.packageName() + ":" + subscription.channel());
                    case CatalogSource(String image) -> indexes.add(image);
                    case ClusterVersion _ -> {
                        // the image is one for all policies, see PlatformImage
                    }
                }
            }
        }
        return new PrecacheSpec(
                List.of(), List.of(), indexes, packages, PlatformImage.of(policies).image(), DEFAULT_SPACE);
    }

    /** What is inconsistent in it; empty when nothing is. */
    static Optional<String> problem(PrecacheSpec spec, List<ObservedPolicy> policies) {
        Optional<String> conflict = PlatformImage.of(policies).conflict("image", ClusterVersion::image);
        if (conflict.isPresent()) {
            return conflict;
        }
        if (!spec.operatorsIndexes().isEmpty() && spec.operatorsPackagesAndChannels().isEmpty()) {
            return Optional.of("inconsistent precaching configuration: olm index provided, but no packages");
        }
        if (spec.operatorsIndexes().isEmpty() && spec.platformImage().isEmpty()) {
            return Optional.of("inconsistent precaching configuration: no software spec provided");
        }
        return Optional.empty();
    }
}
