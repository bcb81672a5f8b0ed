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
import java.util.Map;

/** A Policy, root or replicated, as far as it is looked at. What a status says beside compliance is not even parsed. */
@Group("policy.open-cluster-management.io")
@Version("v1")
@Kind("Policy")
@Plural("policies")
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public class HubPolicy extends CustomResource<Map<String, Object>, HubPolicy.Status> implements Namespaced {

    /** {@code status}; the list is null where there is none, which means something else than an empty one. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Status(List<ClusterStatus> status) {}

    /** An entry of {@code status.status}. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ClusterStatus(String clustername, String compliant) {}
}
