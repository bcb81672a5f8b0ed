package dev.echelon.simulator;

import static org.awaitility.Awaitility.await;

import dev.echelon.hubfixture.RealHub;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.simulator.api.HubKinds;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;

/** The behaviours on a real API server with ACM's own definitions; skipped where there is none. */
class FleetOnApiServerIT extends FleetBehaviours {
    private static final List<String> NAMESPACES = List.of("sno1", "sno2", "ztp-policies", "ztp-install", "unbound");

    private static RealHub server;

    @BeforeAll
    static void startServer() {
        Optional<String> missing = RealHub.missing();
        missing.ifPresent(why -> System.out.println("FleetOnApiServerIT is skipped: " + why));
        Assumptions.assumeTrue(missing.isEmpty(), missing.orElse(""));
        server = RealHub.start().withHubCrds();
        if (server.client().apiextensions().v1().customResourceDefinitions()
                .withName("managedclustersetbindings.cluster.open-cluster-management.io").get() == null) {
            server.client().raw("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "POST",
                    HubKinds.definition("managedclustersetbindings"));
            await("definition of set bindings").atMost(Duration.ofSeconds(60)).ignoreExceptions()
                    .until(() -> server.client()
                            .raw("/apis/cluster.open-cluster-management.io/v1beta2/managedclustersetbindings") != null);
        }
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            HubUser user = new HubUser(server.client());
            NAMESPACES.forEach(namespace -> user.delete(HubKinds.NAMESPACE, "", namespace));
            server.close();
        }
    }

    @Override
    HubTarget target() {
        return HubTarget.at(server.kubeconfig());
    }

    /** The namespaces stay: a hub empties one that is deleted some time after it is gone, and perhaps made again. */
    @Override
    void leaveNothingBehind() {
        HubUser user = new HubUser(server.client());
        for (ResourceKind kind : List.of(HubKinds.POLICY, HubKinds.PLACEMENT_BINDING, HubKinds.PLACEMENT,
                HubKinds.SET_BINDING, HubKinds.VIEW, HubKinds.ACTION, HubKinds.MANIFEST_WORK)) {
            NAMESPACES.forEach(namespace -> user.deleteAll(kind, namespace));
        }
        List.of("sno1", "sno2").forEach(cluster -> user.delete(HubKinds.MANAGED_CLUSTER, "", cluster));
    }
}
