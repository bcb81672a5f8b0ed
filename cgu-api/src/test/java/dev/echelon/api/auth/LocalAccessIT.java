package dev.echelon.api.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.api.config.AuthConfig;
import dev.echelon.api.fixture.AnsweringScheduler;
import dev.echelon.api.fixture.Broker;
import dev.echelon.api.fixture.MutableClock;
import dev.echelon.api.fixture.RunningApi;
import dev.echelon.api.fixture.Settings;
import dev.echelon.api.fixture.TestConfig;
import dev.echelon.contract.Json;
import dev.echelon.contract.kafka.KafkaSettings;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An installation on one machine, without TLS: everybody there reads, who has the token writes. */
class LocalAccessIT {

    private static final String TOKEN = "a-token-that-is-long-enough-to-be-one";
    private static final String ONE = RunningApi.CGUS + "/present";

    @TempDir
    private static Path folder;

    private static RunningApi api;
    private static AnsweringScheduler scheduler;

    @BeforeAll
    static void start() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
        KafkaSettings kafka = Broker.freshTopics();
        scheduler = new AnsweringScheduler(kafka);
        Guard guard = Settings.guard(
                Map.of("echelon.api.auth.mode", "local", "echelon.api.auth.local.token-file", token.toString()),
                () -> {
                    throw new IllegalStateException("no hub is needed");
                },
                new MutableClock());
        api = new RunningApi(kafka, TestConfig.DEFAULT, guard, _ -> {});
        assertThat(api.post(RunningApi.CGUS, cgu("present"), "Authorization", "Bearer " + TOKEN).status())
                .isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        api.close();
        scheduler.close();
    }

    @Test
    void whoHasTheTokenIsNamedInCommandAndAudit() {
        assertThat(scheduler.commands()).first().extracting("actor").isEqualTo("local-admin");

        JsonNode events = api.get(ONE + "/events").body().path("items");
        assertThat(events.get(0).at("/data/actor").asText()).isEqualTo("local-admin");
    }

    /**
     * A raw request, for a client would not send such headers.
     *
     * @param head its lines after the first
     */
    record Ask(String name, String line, String head, int status, String says) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Ask> asks() {
        String here = "Host: 127.0.0.1:8080";
        String good = here + "\r\nAuthorization: Bearer " + TOKEN;
        String no = "cannot %s resource \"clustergroupupgrades\" in API group \"ran.openshift.io\" in the namespace"
                + " \"ztp\": a write needs the local token";
        return Stream.of(
                new Ask("everybody lists", "GET " + RunningApi.CGUS, here, 200, "present"),
                new Ask("everybody reads", "GET " + ONE, "Host: localhost", 200, "present"),
                new Ask("everybody reads over IPv6", "GET " + ONE, "Host: [::1]:8080", 200, "present"),
                new Ask("everybody sees the plan", "GET " + ONE + "/plan", here, 200, "present"),
                new Ask("everybody watches", "GET " + RunningApi.CGUS + "?watch=true&timeoutSeconds=1", here,
                        200, "ADDED"),
                new Ask("a create", "POST " + RunningApi.CGUS, here, 403, no.formatted("create")),
                new Ask("a rehearsed create", "POST " + RunningApi.CGUS + "?dryRun=All", here,
                        403, no.formatted("create")),
                new Ask("a replacement", "PUT " + ONE, here, 403, no.formatted("update")),
                new Ask("a patch", "PATCH " + ONE, here, 403, no.formatted("patch")),
                new Ask("a deletion", "DELETE " + ONE, here, 403, no.formatted("delete")),
                new Ask("a deletion of all", "DELETE " + RunningApi.CGUS, here, 403, no.formatted("deletecollection")),
                new Ask("a wrong token", "GET " + ONE, here + "\r\nAuthorization: Bearer " + TOKEN + "x",
                        401, "Unauthorized"),
                new Ask("no token after the scheme", "GET " + ONE, here + "\r\nAuthorization: Bearer",
                        401, "Unauthorized"),
                new Ask("another scheme", "GET " + ONE, here + "\r\nAuthorization: Basic YTpi", 401, "Unauthorized"),
                new Ask("two tokens", "GET " + ONE, good + "\r\nAuthorization: Bearer other", 401, "Unauthorized"),
                new Ask("two words", "GET " + ONE, good + " more", 401, "Unauthorized"),
                new Ask("the token", "GET " + ONE, good, 200, "present"),
                new Ask("the token, in other letters", "GET " + ONE, here + "\r\nauthorization: bearer  " + TOKEN,
                        200, "present"),
                new Ask("impersonation", "GET " + ONE, good + "\r\nImpersonate-User: other",
                        403, "impersonation is not supported"),
                new Ask("a name that leads here", "GET " + ONE, "Host: rebound.example:8080",
                        403, "127.0.0.1 and localhost only"),
                new Ask("a name that looks local", "GET " + ONE, "Host: 127.0.0.1.example",
                        403, "127.0.0.1 and localhost only"),
                new Ask("another name with the token", "GET " + ONE, good.replace("127.0.0.1", "x.example"), 403,
                        "127.0.0.1 and localhost only"),
                new Ask("a page from elsewhere", "GET " + ONE, here + "\r\nOrigin: https://x.example",
                        403, "no pages from elsewhere"),
                new Ask("a page from nowhere", "GET " + ONE, here + "\r\nOrigin: null", 403, "no pages from elsewhere"),
                new Ask("a page from here", "GET " + ONE, here + "\r\nOrigin: http://localhost:3000", 200, "present"),
                new Ask("discovery by another name", "GET /apis", "Host: x.example",
                        403, "127.0.0.1 and localhost only"),
                new Ask("a namespace", "GET /api/v1/namespaces/ztp", here, 200, "Namespace"));
    }

    @ParameterizedTest
    @MethodSource("asks")
    void isAnswered(Ask ask) throws IOException {
        int before = scheduler.commands().size();

        String answer = raw(ask.line() + " HTTP/1.1\r\n" + ask.head() + "\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + ask.status());
        assertThat(answer.replace("\\\"", "\"")).contains(ask.says());
        assertThat(answer.contains("WWW-Authenticate: Bearer")).isEqualTo(ask.status() == 401);
        if (ask.status() > 200) {
            assertThat(Json.read(answer.substring(answer.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.UTF_8),
                    JsonNode.class).path("kind").asText()).isEqualTo("Status");
        }
        assertThat(scheduler.commands()).hasSize(before);
    }

    @Test
    void aTokenThatIsMissingOrTooShortIsNoToken() throws IOException {
        Path file = Files.writeString(folder.resolve("short"), "secret\n");

        assertThatThrownBy(() -> new LocalToken(local(Map.of())))
                .hasMessage("echelon.api.auth.mode=local needs echelon.api.auth.local.token-file:"
                        + " the file that has the token");
        assertThatThrownBy(() -> new LocalToken(local(
                        Map.of("echelon.api.auth.local.token-file", file.toString()))))
                .hasMessageContaining("shorter than 32 characters")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> new LocalToken(local(
                        Map.of("echelon.api.auth.local.token-file", folder.resolve("none").toString()))))
                .hasMessageContaining("cannot read");
    }

    private static AuthConfig.Local local(Map<String, String> properties) {
        return Settings.auth(properties).local();
    }

    private static String raw(String request) throws IOException {
        URI uri = URI.create(api.url());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String cgu(String name) {
        return "{\"apiVersion\":\"ran.openshift.io/v1alpha1\",\"kind\":\"ClusterGroupUpgrade\","
                + "\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"remediationStrategy\":{\"maxConcurrency\":1}}}";
    }
}
