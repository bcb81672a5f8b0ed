package dev.echelon.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ScreenTest {

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Screen screen = new Screen(
            new PrintStream(shown, true, StandardCharsets.UTF_8), () -> Instant.EPOCH, false);

    @Test
    void whatIsToldWhileACommandAnswersComesAfterItsAnswer() {
        screen.audit("before");
        screen.command("kubectl logs");
        screen.audit("between");
        screen.part("first");
        screen.note("watched");
        screen.part("last");
        screen.answered();
        screen.audit("after");

        assertThat(shown.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "   0.0s  audit  before",
                        "   0.0s  $ kubectl logs",
                        "         first",
                        "         last",
                        "   0.0s  audit  between",
                        "   0.0s  watched",
                        "   0.0s  audit  after");
    }

    @Test
    void nothingThatWasToldIsLostWhenACommandHasNoAnswer() {
        screen.command("kubectl label");
        screen.audit("one");
        screen.step(2, "Next");

        assertThat(shown.toString(StandardCharsets.UTF_8)).contains("audit  one").containsSubsequence("one", "2. Next");
    }
}
