package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.HubKinds;
import java.time.Instant;

/**
 * What the hub says of a ManagedCluster: joined, available or not heard of, its version. A spoke that is lost is found
 * out after a while and tainted as unreachable; one that comes back is available at once.
 */
final class Availability {
    private static final String UNREACHABLE = "cluster.open-cluster-management.io/unreachable";

    private final Spoke spoke;
    private final Instant joined;
    private boolean available;
    private Instant since;
    private String written = "";

    Availability(Spoke spoke) {
        this.spoke = spoke;
        joined = spoke.world().timeline().now();
        since = joined;
    }

    /** Something of it may have changed: written at once, or after a while where the spoke is lost. */
    void changed() {
        if (spoke.online()) {
            write(true);
        } else {
            spoke.after(spoke.world().scenario().durations().offlineDetection(), () -> {
                if (!spoke.online()) {
                    write(false);
                }
            });
        }
    }

    private void write(boolean now) {
        String version = spoke.online() ? spoke.clusterVersion().version() : "";
        String key = now + version;
        if (key.equals(written)) {
            return;
        }
        if (now != available) {
            since = spoke.world().timeline().now();
        }
        ObjectNode status = Json.object();
        ArrayNode conditions = status.putArray("conditions");
        conditions.add(World.condition("HubAcceptedManagedCluster", true, "HubClusterAdminAccepted",
                "Accepted by hub cluster admin", joined));
        conditions.add(World.condition("ManagedClusterJoined", true, "ManagedClusterJoined", "Managed cluster joined",
                joined));
        conditions.add(now ? World.condition("ManagedClusterConditionAvailable", true, "ManagedClusterAvailable",
                "Managed cluster is available", since)
                : World.condition("ManagedClusterConditionAvailable", "Unknown", "ManagedClusterLeaseUpdateStopped",
                        "Registration agent stopped updating its lease.", since));
        if (now) {
            status.putObject("version").put("kubernetes", Installation.kubelet(version));
            ArrayNode claims = status.putArray("clusterClaims");
            claims.addObject().put("name", "product.open-cluster-management.io").put("value", "OpenShift");
            claims.addObject().put("name", "version.openshift.io").put("value", version);
        }
        var answer = spoke.world().hub().mergeStatus(HubKinds.MANAGED_CLUSTER, "", spoke.name(), status).expecting(404);
        if (answer.done() && !written.isEmpty() && now != available) {
            taint(!now);
        }
        available = now;
        written = key;
    }

    private void taint(boolean unreachable) {
        spoke.world().hub().get(HubKinds.MANAGED_CLUSTER, "", spoke.name()).ifPresent(cluster -> {
            ArrayNode taints = Json.array();
            cluster.at("/spec/taints").valueStream().filter(t -> !t.path("key").asText().equals(UNREACHABLE))
                    .forEach(taints::add);
            if (unreachable) {
                taints.addObject().put("key", UNREACHABLE).put("effect", "NoSelect")
                        .put("timeAdded", World.timestamp(since));
            }
            if (taints.size() != cluster.at("/spec/taints").size()) {
                ObjectNode patch = Json.object();
                patch.putObject("spec").set("taints", taints);
                spoke.world().hub().merge(HubKinds.MANAGED_CLUSTER, "", spoke.name(), patch).expecting(404);
            }
        });
    }
}
