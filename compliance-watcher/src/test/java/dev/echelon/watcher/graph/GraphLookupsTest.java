package dev.echelon.watcher.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.PlatformRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphLookupsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String GRAPH =
            """
            {"nodes": [
              {"version": "4.12.5", "payload": ""},
              {"version": "4.12.4", "payload": "old"},
              {"version": "4.12.5", "payload": "image"},
              {"version": "4.12.5", "payload": "later"}],
             "edges": [[0, 1]]}
            """;

    private final List<GraphAnswer> answers = new CopyOnWriteArrayList<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private GraphServer server;
    private GraphLookups lookups;

    @BeforeEach
    void start() throws IOException {
        server = new GraphServer();
    }

    @AfterEach
    void stop() {
        if (lookups != null) {
            lookups.close();
        }
        server.close();
    }

    @Test
    void theFirstNodeOfTheVersionThatHasAPayloadIsTheImage() {
        server.answer(200, GRAPH);
        ask(settings(Duration.ofSeconds(10), Duration.ofMinutes(5)));

        assertThat(firstAnswer()).isEqualTo(new GraphAnswer(question(), "image", null));
        assertThat(server.asked())
                .containsExactly(new GraphServer.Asked("/graph?channel=stable-4.12", "application/json", null));
        assertThat(count("success")).isEqualTo(1);
        assertThat(count("failure")).isZero();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "503 | {} | error response from update graph url URL?channel=stable-4.12: 503",
                "404 | {} | error response from update graph url URL?channel=stable-4.12: 404",
                "200 | {} | unable to find version 4.12.5 on update graph on url URL?channel=stable-4.12",
                "200 | {\"nodes\": [{\"version\": \"4.12.5\"}]} | unable to find version 4.12.5 on update graph on url"
                        + " URL?channel=stable-4.12",
                "200 | <html> | unable to unmarshal body: Unexpected character ('<' (code 60)): expected a valid value"
                        + " (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
                "200 | {\"nodes\": {}} | unable to unmarshal body: expected an object with a list of nodes",
                "200 | [] | unable to unmarshal body: expected an object with a list of nodes"
            })
    void whatIsWrongIsSaidInTheWordsOfTheCondition(int code, String body, String error) {
        server.answer(code, body);
        ask(settings(Duration.ofSeconds(10), Duration.ofMinutes(5)));

        assertThat(firstAnswer()).isEqualTo(new GraphAnswer(question(), null, error.replace("URL", server.url())));
        assertThat(count("failure")).isEqualTo(1);
    }

    @Test
    void aServerThatIsNotThereIsAFailedRequest() {
        server.close();
        ask(settings(Duration.ofSeconds(10), Duration.ofMinutes(5)));

        assertThat(firstAnswer().error())
                .isEqualTo("unable to request update graph on url " + server.url()
                        + "?channel=stable-4.12: connection refused");
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + silent.getLocalPort();
            ask(settings(Duration.ofMillis(300), Duration.ofMinutes(5)), new PlatformRequest(url, "stable", "1"));

            assertThat(firstAnswer().error())
                    .isEqualTo("unable to request update graph on url " + url
                            + "?channel=stable: no answer within 300 ms");
        }
    }

    @Test
    void anAnswerThatNeverEndsIsGivenUp() {
        server.answerInPart("{\"nodes\": [", 1_000);
        ask(settings(Duration.ofMillis(500), Duration.ofMinutes(5)));

        assertThat(firstAnswer().error()).isEqualTo("unable to read body from response: no answer within 500 ms");
    }

    @Test
    void anAnswerThatIsTooLargeIsRefused() {
        server.answer(200, " ".repeat(100_001));
        ask(settings(Duration.ofSeconds(10), Duration.ofMinutes(5)));

        assertThat(firstAnswer().error()).startsWith("unable to read body from response: ");
    }

    @Test
    void aFailureIsTriedAgainUntilItIsNoneAndThenNoMore() {
        server.answer(503, "");
        ask(settings(Duration.ofSeconds(10), Duration.ofMillis(20)));
        await("several attempts").atMost(PATIENCE).until(() -> server.asked().size() >= 3);
        server.answer(200, GRAPH);
        await("an image").atMost(PATIENCE).until(() -> answers.getLast().image().equals("image"));

        int attempts = server.asked().size();
        lookups.drop(question());
        lookups.want(question());

        await("the known answer").atMost(PATIENCE).until(() -> answers.getLast().image().equals("image"));
        assertThat(server.asked()).hasSize(attempts);
    }

    @Test
    void nobodyIsAskedForWhatNobodyWaitsForAndAnOldAnswerServesNobodyElse() {
        server.answer(503, "");
        GraphSettings quick = new GraphSettings(
                Duration.ofSeconds(10), 100_000, Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofMillis(20),
                false, Map.of());
        ask(quick);
        firstAnswer();
        lookups.drop(question());
        server.answer(200, GRAPH);
        lookups.want(question());
        await("an image").atMost(PATIENCE).until(() -> answers.getLast().image().equals("image"));
        lookups.drop(question());
        int attempts = server.asked().size();

        await("another attempt")
                .atMost(PATIENCE)
                .until(() -> {
                    lookups.want(question());
                    lookups.drop(question());
                    return server.asked().size() > attempts;
                });
    }

    @Test
    void aHostThatIsNotThisMachineIsAskedThroughTheProxyOfTheEnvironmentWithItsPassword() {
        server.answer(200, GRAPH);
        server.answer(407, GRAPH);
        PlatformRequest far = new PlatformRequest("http://graph.example.com/v1", "stable", "4.12.5");
        ask(
                new GraphSettings(
                        Duration.ofSeconds(10),
                        100_000,
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(5),
                        false,
                        Map.of("HTTP_PROXY", "http://me:secret@127.0.0.1:" + server.port())),
                far);

        assertThat(firstAnswer()).isEqualTo(new GraphAnswer(far, "image", null));
        assertThat(server.asked()).extracting(GraphServer.Asked::uri)
                .containsOnly("http://graph.example.com/v1?channel=stable");
        assertThat(server.asked().getLast().proxyAuthorization()).isEqualTo("Basic bWU6c2VjcmV0");
    }

    @ParameterizedTest(name = "insecure {0}")
    @CsvSource({"true", "false"})
    void aCertificateOfNobodyIsAcceptedOnlyWhereThatIsAskedFor(boolean insecure, @TempDir Path directory)
            throws Exception {
        HttpsServer https = HttpsServer.create();
        https.setHttpsConfigurator(new HttpsConfigurator(selfSigned(directory)));
        try (GraphServer secure = new GraphServer(https)) {
            secure.answer(200, GRAPH);
            PlatformRequest request =
                    new PlatformRequest("https://127.0.0.1:" + secure.port() + "/graph", "stable", "4.12.5");
            ask(
                    new GraphSettings(
                            Duration.ofSeconds(10),
                            100_000,
                            Duration.ofMinutes(5),
                            Duration.ofMinutes(5),
                            Duration.ofMinutes(5),
                            insecure,
                            Map.of()),
                    request);

            GraphAnswer answer = firstAnswer();
            assertThat(answer.image()).isEqualTo(insecure ? "image" : "");
            assertThat(answer.error().contains("PKIX")).as(answer.error()).isEqualTo(!insecure);
        }
    }

    /** For a name that is not the server's. */
    private static SSLContext selfSigned(Path directory) throws Exception {
        Path store = directory.resolve("server.p12");
        int code = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                        "-genkeypair", "-alias", "graph", "-keyalg", "EC", "-dname", "CN=somebody-else",
                        "-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", "changeit")
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).as("keytool").isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static GraphSettings settings(Duration timeout, Duration pause) {
        return new GraphSettings(timeout, 100_000, Duration.ofMinutes(5), pause, pause, false, Map.of());
    }

    private PlatformRequest question() {
        return new PlatformRequest(server.url(), "stable-4.12", "4.12.5");
    }

    private void ask(GraphSettings settings) {
        ask(settings, question());
    }

    private void ask(GraphSettings settings, PlatformRequest request) {
        lookups = new GraphLookups(settings, metrics, answers::add);
        lookups.want(request);
    }

    private GraphAnswer firstAnswer() {
        await("an answer").atMost(PATIENCE).until(() -> !answers.isEmpty());
        return answers.getFirst();
    }

    private double count(String outcome) {
        return metrics.get("echelon.watcher.graph.lookups").tag("outcome", outcome).counter().count();
    }
}
