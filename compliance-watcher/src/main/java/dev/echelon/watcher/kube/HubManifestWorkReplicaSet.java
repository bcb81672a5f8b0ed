package dev.echelon.watcher.kube;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/** A ManifestWorkReplicaSet, of which only the manifests are counted. */
@Group("work.open-cluster-management.io")
@Version("v1alpha1")
@Kind("ManifestWorkReplicaSet")
@Plural("manifestworkreplicasets")
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public class HubManifestWorkReplicaSet extends CustomResource<HubManifestWorkReplicaSet.Spec, Void>
        implements Namespaced {

    /** {@code spec}. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Spec(Template manifestWorkTemplate) {}

    /** {@code spec.manifestWorkTemplate}. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Template(Workload workload) {}

    /** {@code spec.manifestWorkTemplate.workload}. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Workload(List<Manifest> manifests) {}

    /** A manifest, whatever is in it. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Manifest() {}
}
