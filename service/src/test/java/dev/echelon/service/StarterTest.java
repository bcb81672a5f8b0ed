package dev.echelon.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StarterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AtomicInteger attempts = new AtomicInteger();

    @Test
    void whatCannotStartYetIsTriedAgainUntilItHasStarted() throws Exception {
        Starter<String> starter = new Starter<>("one", "connecting", () -> {
            if (attempts.incrementAndGet() < 3) {
                throw new IllegalStateException("no broker");
            }
            return "running";
        }, Duration.ofMillis(1));
        assertThat(starter.waitingFor()).isEqualTo("not started");

        starter.start();

        await("the start").atMost(PATIENCE).until(() -> starter.started().isPresent());
        starter.stop();
        assertThat(starter.started()).contains("running");
        assertThat(attempts).hasValue(3);
    }

    @Test
    void aStopEndsTheTryingAndWhyItWaitedIsKnown() throws Exception {
        Starter<String> starter = new Starter<>("one", "connecting", () -> {
            attempts.incrementAndGet();
            throw new IllegalStateException("no broker");
        }, Duration.ofHours(1));
        starter.start();
        await("the reason").atMost(PATIENCE).until(() -> starter.waitingFor().equals("no broker"));

        starter.stop();

        assertThat(starter.started()).isEmpty();
        assertThat(attempts).hasValue(1);
    }

    @Test
    void oneThatWasNeverStartedCanBeStopped() throws Exception {
        Starter<String> starter = new Starter<>("one", "connecting", () -> "running");

        starter.stop();

        assertThat(starter.started()).isEmpty();
    }
}
