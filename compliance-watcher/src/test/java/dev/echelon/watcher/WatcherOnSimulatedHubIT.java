package dev.echelon.watcher;

import dev.echelon.simulator.SimulatedHub;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;

/** The watcher on the simulator's hub, without the simulator's behaviours: the tests play ACM themselves. */
class WatcherOnSimulatedHubIT extends WatcherBehaviours {

    @Override
    Hub startHub(Path data) {
        SimulatedHub hub = SimulatedHub.start();
        KubernetesClient client = hub.client();
        return new Hub(client, () -> {
            client.close();
            hub.close();
        });
    }
}
