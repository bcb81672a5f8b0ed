package dev.echelon.e2e.parity;

import static dev.echelon.e2e.parity.PrecacheParityTest.SELECTED;
import static dev.echelon.e2e.parity.PrecacheParityTest.VALIDATED;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contract 3.5: an image that only the update graph knows. */
class GraphParityTest extends ParityCase {

    private static final String NOT_ENABLED = "Progressing=False NotEnabled: Not enabled";
    private static final Answer GOOD = new Answer(200, """
            {"nodes": [
              {"version": "4.12.4", "payload": "quay.io/release@sha256:older"},
              {"version": "4.12.5", "payload": ""},
              {"version": "4.12.5", "payload": "quay.io/release@sha256:wanted"},
              {"version": "4.12.5", "payload": "quay.io/release@sha256:second"}],
             "edges": [[0, 1]]}""");

    private record Answer(int code, String body) {}

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, List<String>> asked = new ConcurrentHashMap<>();
    private final CountDownLatch slow = new CountDownLatch(1);
    private HttpServer graph;

    @BeforeEach
    void startGraph() throws IOException {
        graph = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        graph.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        graph.createContext("/", this::answer);
        graph.start();
    }

    @AfterEach
    void stopGraph() {
        slow.countDown();
        graph.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.put(path, List.of(
                exchange.getRequestURI().toString(), exchange.getRequestHeaders().getFirst("Accept")));
        Answer answer = answers.get(path);
        if (answer == null) {
            awaitRelease();
            answer = GOOD;
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.code(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void awaitRelease() {
        try {
            slow.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String upstream(String path) {
        return "http://127.0.0.1:" + graph.getAddress().getPort() + path;
    }

    private Ref cgu(String name, boolean preCaching) {
        stage.clusters(name + "-a");
        stage.policy(name, "version", "", Stage.template("version", """
                object-templates:
                  - complianceType: musthave
                    objectDefinition:
                      apiVersion: config.openshift.io/v1
                      kind: ClusterVersion
                      metadata: {name: version}
                      spec: {upstream: "%s", channel: stable-4.12, desiredUpdate: {version: 4.12.5}}
                """.formatted(upstream("/" + name))), Map.of(name + "-a", "NonCompliant"));
        stage.create("""
                apiVersion: ran.openshift.io/v1alpha1
                kind: ClusterGroupUpgrade
                metadata: {name: %1$s, namespace: %1$s}
                spec:
                  enable: false
                  preCaching: %2$s
                  clusters: [%1$s-a]
                  managedPolicies: [version]
                  remediationStrategy: {maxConcurrency: 1}
                """.formatted(name, preCaching));
        return Ref.cgu(name, name);
    }

    @Test
    void theFirstPayloadOfTheWantedVersionIsTheImage() {
        answers.put("/graph", GOOD);
        Ref cgu = cgu("graph", true);

        stage.awaits(cgu, "status: {precaching: {spec: {platformImage: \"quay.io/release@sha256:wanted\"}}}");
        assertThat(asked.get("/graph")).containsExactly("/graph?channel=stable-4.12", "application/json");
    }

    @Test
    void whateverIsWrongWithTheGraphIsSaidUntilItIsRight() {
        answers.put("/graph-none", new Answer(200, "{\"nodes\": [{\"version\": \"4.12.4\", \"payload\": \"x\"}]}"));
        answers.put("/graph-error", new Answer(503, "down"));
        answers.put("/graph-text", new Answer(200, "<html>"));
        Ref none = cgu("graph-none", false);
        Ref error = cgu("graph-error", false);
        Ref text = cgu("graph-text", false);
        Ref silent = cgu("graph-slow", false);

        stage.awaitConditions(none, SELECTED, "Validated=False InvalidPlatformImage: unable to find version 4.12.5 on"
                + " update graph on url " + upstream("/graph-none?channel=stable-4.12"));
        stage.awaitConditions(error, SELECTED, "Validated=False InvalidPlatformImage: error response from update graph"
                + " url " + upstream("/graph-error?channel=stable-4.12") + ": 503");
        stage.awaits(text, "status: {conditions: [{}, {status: \"False\", reason: InvalidPlatformImage}]}");
        assertThat(stage.get(text).at("/status/conditions/1/message").asText())
                .startsWith("unable to unmarshal body: ");
        stage.awaitConditions(silent, SELECTED, "Validated=False InvalidPlatformImage: unable to request update graph"
                + " on url " + upstream("/graph-slow?channel=stable-4.12") + ": no answer within 3000 ms");

        answers.replaceAll((_, _) -> GOOD);
        slow.countDown();
        for (Ref cgu : List.of(none, error, text, silent)) {
            stage.awaitConditions(cgu, SELECTED, VALIDATED, NOT_ENABLED);
            assertThat(stage.events(cgu)).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void aGraphThatTakesItsTimeHoldsUpOnlyThoseWhoNeedIt() {
        Ref waiting = cgu("graph-wait", false);
        stage.awaitTrue("asked", () -> asked.containsKey("/graph-wait"));

        answers.put("/graph-beside", GOOD);
        stage.awaitConditions(cgu("graph-beside", false), SELECTED, VALIDATED, NOT_ENABLED);
        assertThat(stage.get(waiting).at("/status").has("remediationPlan")).isFalse();
        slow.countDown();

        stage.awaitConditions(waiting, SELECTED, VALIDATED, NOT_ENABLED);
    }
}
