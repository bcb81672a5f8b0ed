package dev.echelon.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.hubfixture.RealHub;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A real API server, which says what is right; skipped where there is none. */
class EventsOnApiServerIT extends EventBehaviours {
    @TempDir
    private static Path data;

    private static RealHub hub;

    @BeforeAll
    static void start() {
        Optional<String> missing = RealHub.missing();
        missing.ifPresent(why -> System.out.println("EventsOnApiServerIT is skipped: " + why));
        Assumptions.assumeTrue(missing.isEmpty(), missing.orElse(""));
        hub = RealHub.start(data);
    }

    @AfterAll
    static void stop() {
        if (hub != null) {
            hub.close();
        }
    }

    @Override
    KubernetesClient client() {
        return hub.newClient();
    }

    /** A whole Kubernetes does; the test server selects built-in kinds by their metadata only. */
    @Override
    boolean selectsByObject(KubernetesClient hub) {
        try {
            hub.v1().events().inNamespace("default").withField("involvedObject.name", "none").list();
            return true;
        } catch (KubernetesClientException e) {
            System.out.println("EventsOnApiServerIT skips field selectors of events: " + e.getMessage());
            assertThat(e.getMessage()).contains("field selector");
            return false;
        }
    }
}
