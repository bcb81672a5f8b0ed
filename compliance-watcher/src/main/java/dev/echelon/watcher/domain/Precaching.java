package dev.echelon.watcher.domain;

import dev.echelon.contract.resource.ClusterGroupUpgrade;
import java.util.Optional;

/**
 * Where the inputs of an upgrade's pre-caching lie.
 *
 * @param config the PreCachingConfig that it names, if it names one
 * @param namespace where its overrides ConfigMap would be
 */
record Precaching(Optional<PolicyKey> config, String namespace) {

    /** Empty for an upgrade that does not pre-cache. */
    static Optional<Precaching> of(ClusterGroupUpgrade cgu) {
        if (!cgu.spec().preCaching()) {
            return Optional.empty();
        }
        String own = cgu.metadata().namespace();
        return Optional.of(new Precaching(
                Optional.ofNullable(cgu.spec().preCachingConfigRef())
                        .map(ref -> new PolicyKey(ref.namespace().isEmpty() ? own : ref.namespace(), ref.name())),
                own));
    }
}
