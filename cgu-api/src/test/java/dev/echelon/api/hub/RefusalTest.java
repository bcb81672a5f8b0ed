package dev.echelon.api.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.contract.Json;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RefusalTest {

    private static final Instant NOW = Instant.parse("2026-01-10T08:00:00.123Z");

    @Test
    void theReasonIsTheLastConditionAndReplacesTheOneBefore() {
        ObjectNode cr = Json.mapper().createObjectNode();
        cr.putObject("metadata").put("uid", "u");
        var conditions = cr.putObject("status").putArray("conditions");
        conditions.addObject().put("type", "Accepted").put("message", "old");
        conditions.addObject().put("type", "Validated").put("message", "fine");

        Optional<ObjectNode> patch = Refusal.patch(cr, "new", NOW);

        assertThat(patch.orElseThrow().toString())
                .isEqualTo("{\"metadata\":{\"uid\":\"u\"},\"status\":{\"conditions\":["
                        + "{\"type\":\"Validated\",\"message\":\"fine\"},"
                        + "{\"type\":\"Accepted\",\"status\":\"False\",\"reason\":\"Invalid\",\"message\":\"new\","
                        + "\"lastTransitionTime\":\"2026-01-10T08:00:00Z\"}]}}");
    }

    @Test
    void whatIsShownAlreadyIsNotWrittenAgain() {
        ObjectNode cr = Json.mapper().createObjectNode();
        cr.putObject("status").putArray("conditions").addObject().put("type", "Accepted").put("message", "why");

        assertThat(Refusal.patch(cr, "why", NOW)).isEmpty();
    }
}
