package dev.echelon.hubclient;

import dev.echelon.simulator.SimulatedHub;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Leases on the simulator's hub. */
class LeadershipOnSimulatedHubIT extends LeadershipBehaviours {

    private static SimulatedHub server;
    private static KubernetesClient client;

    @BeforeAll
    static void startHub() {
        server = SimulatedHub.start();
        client = server.client();
    }

    @AfterAll
    static void stopHub() {
        client.close();
        server.close();
    }

    @Override
    KubernetesClient hub() {
        return client;
    }
}
