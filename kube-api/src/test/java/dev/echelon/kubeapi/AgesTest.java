package dev.echelon.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgesTest {
    /** The boundaries of kubectl's own table. */
    @ParameterizedTest
    @CsvSource({"PT0S,0s", "PT-1S,0s", "PT-2S,<invalid>", "PT119S,119s", "PT2M,2m", "PT2M5S,2m5s", "PT9M59S,9m59s",
        "PT10M1S,10m", "PT179M,179m", "PT3H,3h", "PT3H1M,3h1m", "PT7H59M,7h59m", "PT8H30M,8h", "PT47H,47h", "P2D,2d",
        "P2DT1H,2d1h", "P7DT23H,7d23h", "P8DT5H,8d", "P729D,729d", "P730D,2y", "P731D,2y1d", "P2919D,7y364d",
        "P2920D,8y", "P4000D,10y"})
    void ageIsShownAsKubectlShowsIt(Duration age, String shown) {
        assertThat(Ages.show(age)).isEqualTo(shown);
    }

    @Test
    void whatIsNoTimestampIsInvalid() {
        assertThat(Ages.since("yesterday", Instant.EPOCH)).isEqualTo("<invalid>");
        assertThat(Ages.since("1970-01-01T00:00:00Z", Instant.ofEpochSecond(65))).isEqualTo("65s");
    }
}
