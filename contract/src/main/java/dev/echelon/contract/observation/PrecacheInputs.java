package dev.echelon.contract.observation;

import dev.echelon.contract.resource.PreCachingConfig;
import java.util.Map;

/**
 * What the hub adds to the policies for pre-caching (contract 10.3).
 *
 * @param error why the PreCachingConfig or the ConfigMap could not be read, in the words that the condition shows
 *     ({@code PreCachingConfig.ran.openshift.io "x" not found}); empty when they could
 * @param config the spec of the PreCachingConfig that the CGU names; null where it names none
 * @param overrides the data of the ConfigMap {@code cluster-group-upgrade-overrides} in the CGU's namespace, only the
 *     keys that count; empty where there is none
 */
public record PrecacheInputs(String error, PreCachingConfig.Spec config, Map<String, String> overrides) {

    public static final PrecacheInputs NONE = new PrecacheInputs(null, null, null);

    public PrecacheInputs {
        error = error == null ? "" : error;
        overrides = overrides == null ? Map.of() : Map.copyOf(overrides);
    }
}
