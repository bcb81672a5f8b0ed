package dev.echelon.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.echelon.kubeapi.HttpApi.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, and how much of it a user may have. */
class GuardedApiIT {
    private static final String WIDGETS = "/apis/test.echelon.dev/v1/namespaces/team/widgets";
    private static final String WIDGET = "{\"apiVersion\":\"test.echelon.dev/v1\",\"kind\":\"Widget\","
            + "\"metadata\":{\"name\":\"%s\"},\"spec\":{\"size\":1}}";

    private final InMemoryStore store = new InMemoryStore();
    private final AtomicLong nanos = new AtomicLong();
    private ApiServer server;

    private HttpApi serve(Consumer<KubeApi.Builder> settings) {
        server = ApiServer.start(store, "", builder -> {
            builder.identity(request -> {
                String sent = request.getHeader("Authorization");
                if (sent == null || !sent.startsWith("Bearer user-")) {
                    throw ApiException.unauthorized();
                }
                return User.named(sent.substring("Bearer ".length()));
            });
            settings.accept(builder);
        });
        return as("user-a");
    }

    private HttpApi as(String token) {
        return new HttpApi(server.url(), token);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api", "/apis", "/version", "/openapi/v3", "/apis/test.echelon.dev/v1", WIDGETS,
            WIDGETS + "/w1", WIDGETS + "?watch=true", WIDGETS + "/w1/status", "/api/v1/namespaces/team",
            "/apis/nothing/v1/x"})
    void whoIsNotKnownIsAnsweredWithAStatusThatSaysSo(String path) throws Exception {
        serve(KubeApi.Builder::bareNamespaces);

        HttpResponse<String> answer = HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(URI.create(server.url() + path)).build(), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"echelon\"");
        assertThat(answer.body()).isEqualTo("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
                + "\"status\":\"Failure\",\"message\":\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}");
    }

    @Test
    void healthIsOpen() {
        serve(_ -> { });

        assertThat(as("nobody").get("/readyz").code()).isEqualTo(200);
        assertThat(as("nobody").get("/livez").code()).isEqualTo(200);
    }

    @Test
    void aBodyIsNotReadBeforeItIsKnownWhoSendsIt() throws Exception {
        serve(_ -> { });
        URI uri = URI.create(server.url());

        // The answer comes although the body never does.
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(30_000);
            String head = "POST " + WIDGETS + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(12);

            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 401");
        }
    }

    @Test
    void aRefusedBodyDoesNotSpoilTheConnection() {
        HttpApi api = serve(_ -> { });
        HttpApi nobody = as("nobody");

        for (int i = 0; i < 5; i++) {
            assertThat(nobody.post(WIDGETS, WIDGET.formatted("w".repeat(100_000))).code()).isEqualTo(401);
        }
        assertThat(api.post(WIDGETS, WIDGET.formatted("w1")).code()).isEqualTo(201);
    }

    @Test
    void anApplyThatCreatesNeedsTheRightToCreate() {
        HttpApi api = serve(builder -> builder.access(access -> {
            if (access.verb().equals("create")) {
                throw access.refusal("");
            }
        }));

        Answer refused = api.patch(WIDGETS + "/w1?fieldManager=me", HttpApi.APPLY, WIDGET.formatted("w1"));

        assertThat(refused.code()).isEqualTo(403);
        assertThat(refused.at("/message")).isEqualTo("widgets.test.echelon.dev \"w1\" is forbidden: User \"user-a\" "
                + "cannot create resource \"widgets\" in API group \"test.echelon.dev\" in the namespace \"team\"");
        assertThat(store.get(ApiServer.WIDGET, "team", "w1")).isEmpty();
    }

    @Test
    void aUserWhoAsksTooOftenIsToldWhenToComeBackAndOthersAreServed() {
        HttpApi api = serve(builder -> builder.limits(new TrafficLimits(0.5, 3, 10, 10, nanos::get)));

        for (int i = 0; i < 3; i++) {
            assertThat(api.get(WIDGETS).code()).isEqualTo(200);
        }
        Answer refused = api.get(WIDGETS);

        assertThat(refused.code()).isEqualTo(429);
        assertThat(refused.at("/reason")).isEqualTo("TooManyRequests");
        assertThat(refused.at("/details/retryAfterSeconds")).isEqualTo("2");
        assertThat(as("user-b").get(WIDGETS).code()).isEqualTo(200);

        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(api.get(WIDGETS).code()).isEqualTo(200);
        assertThat(api.get(WIDGETS).code()).isEqualTo(429);
    }

    @Test
    void aUserHasSoManyWatchesAndAllHaveSoMany() throws IOException {
        serve(builder -> builder.limits(new TrafficLimits(1000, 1000, 2, 3, nanos::get)));
        String watch = WIDGETS + "?watch=true";
        List<InputStream> open = new ArrayList<>(List.of(as("user-a").open(watch), as("user-a").open(watch)));

        Answer third = as("user-a").get(watch);
        assertThat(third.code()).isEqualTo(429);
        assertThat(third.at("/message")).isEqualTo("Too many watches are open (yours: 2), please try again later.");
        open.add(as("user-b").open(watch));
        assertThat(as("user-c").get(watch).at("/message"))
                .isEqualTo("Too many watches are open (all users': 3), please try again later.");
        assertThat(as("user-c").get(WIDGETS).code()).isEqualTo(200);

        for (InputStream stream : open) {
            stream.close();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> as("user-c").get(watch + "&timeoutSeconds=1").code() == 200);
        assertThat(as("user-a").get(watch + "&timeoutSeconds=1").code()).isEqualTo(200);
    }

    @Test
    void bucketsOfKeysThatWereNotUsedForLongestAreForgotten() {
        TokenBuckets buckets = new TokenBuckets(1, 1, 2, nanos::get);
        serve(_ -> { });

        assertThat(buckets.spend("a")).isEmpty();
        assertThat(buckets.spend("a")).hasValue(Duration.ofSeconds(1));
        buckets.spend("b");
        buckets.spend("c");

        assertThat(buckets.spend("a")).isEmpty();
    }
}
