package dev.echelon.hubclient;

import dev.echelon.hubfixture.RealHub;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Leases on a real API server, where one is at hand. */
@EnabledIf(value = "hubCanRun", disabledReason = "there is no hub; the reason is printed")
class LeadershipOnRealHubIT extends LeadershipBehaviours {

    @TempDir
    private static Path directory;

    private static RealHub server;

    static boolean hubCanRun() {
        RealHub.missing().ifPresent(reason -> System.out.println("LeadershipOnRealHubIT is skipped: it " + reason));
        return RealHub.missing().isEmpty();
    }

    @BeforeAll
    static void startHub() {
        server = RealHub.start(directory);
    }

    @AfterAll
    static void stopHub() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    KubernetesClient hub() {
        return server.client();
    }
}
