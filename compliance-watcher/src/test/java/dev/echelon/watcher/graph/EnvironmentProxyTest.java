package dev.echelon.watcher.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentProxyTest {

    private static final URI SECURE = URI.create("https://graph.example.com/g");
    private static final URI PLAIN = URI.create("http://graph.example.com/g");

    @Test
    void theSchemeOfTheRequestSaysWhichVariableCounts() {
        EnvironmentProxy proxies =
                new EnvironmentProxy(Map.of("HTTPS_PROXY", "http://secure:3128", "http_proxy", "plain:8080"));

        assertThat(proxies.of(SECURE)).contains(URI.create("http://secure:3128"));
        assertThat(proxies.of(PLAIN)).contains(URI.create("http://plain:8080"));
        assertThat(new EnvironmentProxy(Map.of("HTTP_PROXY", "http://p")).of(SECURE)).isEmpty();
        assertThat(new EnvironmentProxy(Map.of()).of(PLAIN)).isEmpty();
    }

    @ParameterizedTest(name = "NO_PROXY={0} for {1}: directly {2}")
    @CsvSource({
        "*, graph.example.com, true",
        "example.com, graph.example.com, true",
        "example.com, example.com, true",
        "example.com, notexample.com, false",
        ".example.com, graph.example.com, true",
        ".example.com, example.com, false",
        "*.example.com, graph.example.com, true",
        "'other, GRAPH.example.com', graph.example.com, true",
        "graph.example.com:443, graph.example.com, true",
        "graph.example.com:8443, graph.example.com, false",
        "10.0.0.0/8, 10.1.2.3, true",
        "10.0.0.0/8, 11.1.2.3, false",
        "10.0.0.0/99, 10.1.2.3, false",
        "10.1.2.3, 10.1.2.3, true",
        "fd00::/8, [fd00::1], true",
        "'', graph.example.com, false",
        "'', localhost, true",
        "'', 127.0.0.1, true",
        "'', [::1], true"
    })
    void someHostsAreAskedDirectly(String noProxy, String host, boolean directly) {
        EnvironmentProxy proxies = new EnvironmentProxy(Map.of("HTTPS_PROXY", "http://p:1", "NO_PROXY", noProxy));

        assertThat(proxies.of(URI.create("https://" + host + "/graph")).isEmpty()).isEqualTo(directly);
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://user:secret@p:1", "https://user:secret@p:1", "http://", "http://secret p"})
    void aProxyThatCannotBeUsedIsRefusedWithoutItsPassword(String proxy) {
        EnvironmentProxy proxies = new EnvironmentProxy(Map.of("HTTPS_PROXY", proxy));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> proxies.of(SECURE))
                .withMessageContaining("HTTPS_PROXY")
                .withMessageNotContaining("secret");
    }
}
