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

/** A Placement, of which only the conditions are looked at. */
@Group("cluster.open-cluster-management.io")
@Version("v1beta1")
@Kind("Placement")
@Plural("placements")
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public class HubPlacement extends CustomResource<Void, HubPlacement.Status> implements Namespaced {

    /** {@code status}. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Status(List<Condition> conditions) {
        public Status {
            conditions = conditions == null ? List.of() : List.copyOf(conditions);
        }
    }

    /** An entry of {@code status.conditions}. */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Condition(String type, String status, String reason, String message) {}
}
