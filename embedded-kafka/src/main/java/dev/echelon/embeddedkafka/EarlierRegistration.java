package dev.echelon.embeddedkafka;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.controller.Controller;
import org.apache.kafka.controller.ControllerRequestContext;

/**
 * What a broker that was killed leaves behind in the cluster's metadata: its registration. A controller that has just
 * started cannot know that the broker is gone, and turns its successor away until the session has run out. Here the
 * directory's lock has proved that it is gone.
 *
 * <p>Rejected: a session so short that waiting for its end does not matter. A process that is starved of processor time
 * for that long, on a busy machine, would lose the leadership of all its partitions again and again.
 */
final class EarlierRegistration {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PAUSE_MILLIS = 5;

    private EarlierRegistration() {
    }

    /** Waits until the controller is active, and removes the registration where there is one. */
    static void forget(Controller controller) throws IOException, InterruptedException {
        var deadline = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(deadline)) {
            if (controller.isActive() && isForgotten(controller)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        throw new IOException("the controller did not become active within " + PATIENCE.toSeconds() + " s");
    }

    private static boolean isForgotten(Controller controller) throws IOException, InterruptedException {
        var asOurselves = new ControllerRequestContext(
                new RequestHeaderData(), KafkaPrincipal.ANONYMOUS, OptionalLong.empty());
        try {
            controller.unregisterBroker(asOurselves, BrokerSettings.NODE_ID).get();
            return true;
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case BrokerIdNotRegisteredException _ -> true;
                case NotControllerException _ -> false;
                default -> throw new IOException("the registration of an earlier broker could not be removed: "
                        + e.getCause().getMessage(), e.getCause());
            };
        }
    }
}
