package dev.echelon.watcher.kube;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.PreCachingConfig;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Map;

/** A PreCachingConfig. Its spec is read later, so that a malformed one does not stop the watch. */
@Group(ClusterGroupUpgrade.GROUP)
@Version(ClusterGroupUpgrade.VERSION)
@Kind(PreCachingConfig.KIND)
@Plural(PreCachingConfig.PLURAL)
@RegisterForReflection(targets = {
    HubPreCachingConfig.class,
    PreCachingConfig.Spec.class,
    PreCachingConfig.Overrides.class
})
@JsonIgnoreProperties(ignoreUnknown = true)
public class HubPreCachingConfig extends CustomResource<Map<String, Object>, Void> implements Namespaced {}
