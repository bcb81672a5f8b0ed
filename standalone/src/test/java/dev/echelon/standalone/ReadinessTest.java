package dev.echelon.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadinessTest {

    @Test
    void whoIsNotReadyIsNamedInOneLine() {
        Readiness readiness = Readiness.of("""
                {"status": "DOWN", "checks": [
                  {"name": "cgu-api", "status": "UP", "data": {"lag": 0}},
                  {"name": "compliance-watcher", "status": "DOWN", "data": {"hub": "away", "lag": 0}},
                  {"name": "spoke-executor", "status": "DOWN", "data": {"kafka": "connected"}}]}
                """);

        assertThat(readiness.names()).isEqualTo("compliance-watcher, spoke-executor");
        assertThat(readiness.details())
                .isEqualTo("compliance-watcher (hub: away, lag: 0); spoke-executor (kafka: connected)");
    }

    @Test
    void anAnswerThatIsNoneIsShownInOneLine() {
        assertThat(Readiness.of("<html>\nno\n</html>").details()).isEqualTo("health check (<html> no </html>)");
    }
}
