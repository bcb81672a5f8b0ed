package dev.echelon.simulator;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The simulator's own hub. */
class EventsOnSimulatedHubIT extends EventBehaviours {
    private static SimulatedHub hub;

    @BeforeAll
    static void start() {
        hub = SimulatedHub.start();
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @Override
    KubernetesClient client() {
        return hub.client();
    }

    @Override
    boolean selectsByObject(KubernetesClient hub) {
        return true;
    }
}
