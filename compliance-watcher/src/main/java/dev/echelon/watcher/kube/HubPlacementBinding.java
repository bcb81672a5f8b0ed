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

/** A PlacementBinding: what it binds, and whether it makes clusters enforce that. Its fields lie outside any spec. */
@Group("policy.open-cluster-management.io")
@Version("v1")
@Kind("PlacementBinding")
@Plural("placementbindings")
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public class HubPlacementBinding extends CustomResource<Void, Void> implements Namespaced {

    private Overrides bindingOverrides;
    private List<Subject> subjects;

    /** Null where there are none. */
    public Overrides getBindingOverrides() {
        return bindingOverrides;
    }

    public void setBindingOverrides(Overrides bindingOverrides) {
        this.bindingOverrides = bindingOverrides;
    }

    /** Null where there are none. */
    public List<Subject> getSubjects() {
        return subjects;
    }

    public void setSubjects(List<Subject> subjects) {
        this.subjects = subjects;
    }

    /** {@code bindingOverrides}. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Overrides(String remediationAction) {}

    /** What is bound: a Policy, or a PolicySet. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Subject(String kind, String name) {}
}
