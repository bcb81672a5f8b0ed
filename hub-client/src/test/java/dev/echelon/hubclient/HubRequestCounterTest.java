package dev.echelon.hubclient;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HubRequestCounterTest {

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final HubRequestCounter counter = new HubRequestCounter("spoke-executor", metrics);

    @ParameterizedTest
    @CsvSource({
        "POST, /apis/g/v1/namespaces/ns/placements?fieldManager=x, create, placements",
        "PATCH, /apis/g/v1/namespaces/ns/placements/p, patch, placements",
        "DELETE, /apis/g/v1/namespaces/ns/placements/p, delete, placements",
        "DELETE, /apis/g/v1/namespaces/ns/placements, deletecollection, placements",
        "GET, /apis/g/v1/namespaces/ns/placements/p, get, placements",
        "GET, /apis/g/v1/placements?limit=500, list, placements",
        "GET, /apis/g/v1/placements?watch=true, watch, placements",
        "PUT, /apis/g/v1/namespaces/ns/placements/p/status, update, placements/status",
        "GET, /api/v1/namespaces, list, namespaces",
        "GET, /api/v1/namespaces/ns, get, namespaces",
        "GET, /api/v1/namespaces/ns/configmaps/c, get, configmaps",
        "GET, /prefix/apis/g/v1/placements, list, placements",
        "GET, /version, get, none"
    })
    void aRequestIsNamedInTheWordsOfRbac(String method, String path, String verb, String resource) {
        assertThat(HubRequest.of(method, URI.create("https://hub.example:6443" + path)))
                .isEqualTo(new HubRequest(verb, resource));
    }

    @Test
    void whatGotNoAnswerIsCountedAsSuch() {
        HttpRequest request =
                new StandardHttpRequest(null, URI.create("https://hub/apis/g/v1/placements"), "GET", null);
        counter.afterConnectionFailure(request, new IOException("refused"));
        counter.afterConnectionFailure(request, new IOException("refused"));

        assertThat(metrics.get(HubRequestCounter.METER)
                        .tags("service", "spoke-executor", "verb", "list", "resource", "placements", "code", "none")
                        .counter()
                        .count())
                .isEqualTo(2);
    }
}
