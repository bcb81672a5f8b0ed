package dev.echelon.watcher;

import dev.echelon.hubfixture.RealHub;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIf;

/** The watcher on a real API server, where one is at hand. */
@EnabledIf(value = "hubCanRun", disabledReason = "there is no hub; the reason is printed")
class WatcherOnRealHubIT extends WatcherBehaviours {

    static boolean hubCanRun() {
        RealHub.missing().ifPresent(reason -> System.out.println("WatcherOnRealHubIT is skipped: it " + reason));
        return RealHub.missing().isEmpty();
    }

    @Override
    Hub startHub(Path data) {
        RealHub hub = RealHub.start(data).withHubCrds().withEchelonCrds();
        return new Hub(hub.client(), hub);
    }
}
