package dev.echelon.simulator;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;

/** The behaviours on a real API server with ACM's own definitions; skipped where the program is not there. */
class FleetOnApiServerIT extends FleetBehaviours {
    @TempDir
    private Path data;

    private HubApiProcess server;

    @Override
    HubTarget target() throws Exception {
        Optional<Path> shared = HubApiProcess.shared();
        Assumptions.assumeTrue(shared.isPresent(), "no hubapi");
        server = HubApiProcess.start(shared.get(), data);
        return HubTarget.at(server.kubeconfig());
    }

    @AfterEach
    void stopTheServer() {
        if (server != null) {
            server.close();
        }
    }
}
