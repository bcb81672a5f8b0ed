package dev.echelon.contract.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutageTest {

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final List<String> log = new ArrayList<>();
    private final Outage hub = new Outage(
            "the hub https://hub:6443",
            "it is asked again within 7 s",
            Duration.ofSeconds(1),
            () -> now,
            (level, line) -> log.add(level + " " + line));

    @Test
    void anOutageIsOneLineWithCauseAddressAndWhatHappensNextAndOneWhenItIsOver() {
        for (int each = 0; each < 30; each++) {
            fail("Connection refused");
            pass(Duration.ofSeconds(1));
        }
        hub.answered();
        hub.answered();

        assertThat(log)
                .containsExactly(
                        "WARNING the hub https://hub:6443 is away: Connection refused; it is asked again within 7 s",
                        "INFO the hub https://hub:6443 is back after 30 s");
    }

    @Test
    void anOutageThatLastsIsToldOfAgainEveryMinute() {
        for (int each = 0; each < 150; each++) {
            fail("Connection refused");
            pass(Duration.ofSeconds(1));
        }

        assertThat(log)
                .containsExactly(
                        "WARNING the hub https://hub:6443 is away: Connection refused; it is asked again within 7 s",
                        "WARNING the hub https://hub:6443 is still away after 61 s: Connection refused;"
                                + " it is asked again within 7 s",
                        "WARNING the hub https://hub:6443 is still away after 2 min: Connection refused;"
                                + " it is asked again within 7 s");
    }

    @Test
    void aRequestThatFailsWhileOthersAreAnsweredIsNoOutage() {
        for (int each = 0; each < 10; each++) {
            fail("Connection reset");
            hub.answered();
            pass(Duration.ofSeconds(5));
        }

        assertThat(log).isEmpty();
        assertThat(hub.problem()).isEmpty();
    }

    @Test
    void oneThatHasWaitedInVainForLongIsToldOfAtOnceUnlessOthersWereAnswered() {
        hub.answered();
        pass(Duration.ofMillis(500));
        hub.failed(Duration.ofSeconds(10), () -> "silence");

        assertThat(log).isEmpty();

        hub.answered();
        pass(Duration.ofSeconds(10));
        hub.failed(Duration.ofSeconds(10), () -> "silence");
        hub.answered();

        assertThat(log)
                .containsExactly(
                        "WARNING the hub https://hub:6443 is away: silence; it is asked again within 7 s",
                        "INFO the hub https://hub:6443 is back after 10 s");
    }

    @Test
    void whatComesAndGoesIsToldOfNowAndThenButShownAlways() {
        outage(Duration.ofSeconds(2));
        outage(Duration.ofSeconds(2));
        fail("Connection refused");
        pass(Duration.ofSeconds(2));
        fail("Connection refused");

        assertThat(log).hasSize(2);
        assertThat(hub.problem()).contains("the hub https://hub:6443 is away");

        pass(Duration.ofSeconds(15));
        fail("Connection refused");

        assertThat(log).hasSize(3).last().asString().contains("is away: Connection refused");
        assertThat(hub.problem()).contains("the hub https://hub:6443 is away: Connection refused");
    }

    @Test
    void aReasonOfManyLinesIsOneLine() {
        fail("no valid\n\tcertificate");
        pass(Duration.ofSeconds(1));
        fail("no valid\n\tcertificate");

        assertThat(log).hasSize(1).first().asString().contains("no valid certificate").doesNotContain("\n");
    }

    private void outage(Duration length) {
        fail("Connection refused");
        pass(length);
        fail("Connection refused");
        hub.answered();
    }

    private void fail(String why) {
        hub.failed(() -> why);
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }
}
