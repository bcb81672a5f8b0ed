package dev.echelon.watcher.domain;

import dev.echelon.contract.resource.PreCachingConfig;
import dev.echelon.contract.resource.PreCachingConfig.Overrides;
import dev.echelon.contract.resource.PreCachingConfig.Spec;
import java.util.List;
import java.util.Objects;

/**
 * A PreCachingConfig as it was last seen, without the fields that are ignored (contract 1.4).
 *
 * @param spec null when it cannot be read
 * @param error why it cannot be read; empty when it can
 */
public record PrecacheConfigReading(Spec spec, String error) {

    public PrecacheConfigReading {
        Objects.requireNonNull(error, "error");
    }

    /** One that can be read; a spec that is absent has no field. */
    public static PrecacheConfigReading of(Spec spec) {
        if (spec == null) {
            return new PrecacheConfigReading(new Spec(null, null, null, null), "");
        }
        List<String> packages = spec.overrides() == null ? null : spec.overrides().operatorsPackagesAndChannels();
        return new PrecacheConfigReading(
                new Spec(
                        spec.additionalImages(),
                        spec.excludePrecachePatterns(),
                        packages == null ? null : new Overrides(null, packages, null, null),
                        spec.spaceRequired()),
                "");
    }

    /** One that cannot be read. */
    public static PrecacheConfigReading unreadable(String name, String reason) {
        return new PrecacheConfigReading(null, "PreCachingConfig.ran.openshift.io \"" + name + "\" " + reason);
    }

    /** What is said of one that is not there, the kind as a whole included. */
    static PrecacheConfigReading missing(String name) {
        return unreadable(name, "not found");
    }
}
