package dev.echelon.executor.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** What can be set of accelerated ZTP. */
@ConfigMapping(prefix = "echelon.aztp")
public interface AztpConfig {

    /** Whether clusters with the label {@code accelerated-ztp} are looked at. */
    @WithDefault("true")
    boolean enabled();

    /** The image of the Job that applies the inner ConfigMap; {@code AZTP_IMG} in the environment. */
    Optional<String> image();

    /** The inner ConfigMap; {@code AZTP_INNER_CONFIGMAP_NAME}, {@code ztp-post-provision} where neither is set. */
    Optional<String> innerConfigmapName();

    /** Its namespace; {@code AZTP_INNER_CONFIGMAP_NAMESPACE}, {@code ztp-profile} where neither is set. */
    Optional<String> innerConfigmapNamespace();
}
