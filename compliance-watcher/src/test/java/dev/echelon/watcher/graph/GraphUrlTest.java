package dev.echelon.watcher.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.echelon.contract.observation.PlatformRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraphUrlTest {

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource({
        "https://graph/v1, stable-4.12, https://graph/v1?channel=stable-4.12",
        "https://graph/v1?arch=amd64, stable, https://graph/v1?arch=amd64?channel=stable",
        "https://graph/v1, 'a b', https://graph/v1?channel=a%20b",
        "https://graph/v1, 'a%20b', https://graph/v1?channel=a%20b",
        "https://graph/v1, 'a%b|ä', https://graph/v1?channel=a%25b%7C%C3%A4",
        "https://[fd00::1]:8443/v1, 'a b', https://[fd00::1]:8443/v1?channel=a%20b"
    })
    void upstreamAndChannelAreConcatenatedAndEscapedOnlyWhereTheyHaveTo(String upstream, String channel, String uri) {
        assertThat(GraphUrl.uri(new PlatformRequest(upstream, channel, "1"))).hasToString(uri);
    }

    @ParameterizedTest
    @ValueSource(strings = {"graph", "/graph", "file:///etc/passwd", "http:///graph", "http://"})
    void whatIsNoHttpUrlIsRefused(String upstream) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GraphUrl.uri(new PlatformRequest(upstream, "stable", "1")));
    }
}
