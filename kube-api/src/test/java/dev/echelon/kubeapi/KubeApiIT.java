package dev.echelon.kubeapi;

import static dev.echelon.kubeapi.Conformity.WIDGETS;
import static dev.echelon.kubeapi.Conformity.widget;
import static dev.echelon.kubeapi.HttpApi.JSON;
import static dev.echelon.kubeapi.HttpApi.MERGE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.HttpApi.Answer;
import dev.echelon.kubeapi.json.Json;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What this server promises beyond, or other than, Kubernetes' own. */
class KubeApiIT {
    private final InMemoryStore store = new InMemoryStore();
    private ApiServer server;

    private HttpApi serve(Consumer<KubeApi.Builder> settings) {
        return serve("", settings);
    }

    private HttpApi serve(String prefix, Consumer<KubeApi.Builder> settings) {
        server = ApiServer.start(store, prefix, settings);
        return new HttpApi(server.url() + prefix, "none");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void malformedBodySaysLineAndColumn() {
        HttpApi api = serve(_ -> { });

        Answer json = api.post(WIDGETS, "{\"kind\":\"Widget\",\n  \"spec\": oops}");
        Answer yaml = api.send("POST", WIDGETS, "application/yaml", "kind: Widget\nspec:\n  a: [1\n  b: 2\n");
        Answer patch = api.patch(WIDGETS + "/x", MERGE, "{\"spec\":\n{]}");

        assertThat(json.code()).isEqualTo(400);
        assertThat(json.at("/message")).startsWith(
                "the object provided is unrecognized (must be of type Widget): line 2, column 16: Unrecognized token");
        assertThat(yaml.code()).isEqualTo(400);
        assertThat(yaml.at("/message")).contains("line 4, column 4");
        assertThat(patch.code()).isEqualTo(400);
        assertThat(patch.at("/message")).isEqualTo("error decoding patch: line 2, column 2: Unexpected close marker "
                + "']': expected '}' (for Object starting at line 2, column 1)");
    }

    @Test
    void keyThatOccursTwiceIsRefused() {
        HttpApi api = serve(_ -> { });

        Answer json = api.post(WIDGETS, widget("w1", "{\"size\":1,\"size\":2}"));
        Answer yaml = api.send("POST", WIDGETS, "application/yaml", "spec: {}\nspec: {}\n");

        assertThat(json.code()).isEqualTo(400);
        assertThat(json.at("/message")).contains("Duplicate field 'size'");
        assertThat(yaml.code()).isEqualTo(400);
        assertThat(yaml.at("/message")).contains("Duplicate field 'spec'");
    }

    @Test
    void bodyOfTenMebibytesIsTooLarge() {
        HttpApi api = serve(_ -> { });
        String large = widget("w1", "{\"size\":1,\"opt\":\"" + "x".repeat(10 * 1024 * 1024) + "\"}");

        Answer refused = api.post(WIDGETS, large);
        Answer expecting = api.send(api.request("POST", WIDGETS, JSON, large).expectContinue(true));

        assertThat(refused.code()).isEqualTo(413);
        assertThat(refused.at("/reason")).isEqualTo("RequestEntityTooLarge");
        assertThat(refused.at("/message")).isEqualTo("Request entity too large: limit is 3145728");
        assertThat(expecting.code()).isEqualTo(413);
        assertThat(api.get(WIDGETS).body().path("items")).isEmpty();
    }

    @Test
    void bodyIsTakenAfterTheClientHasAskedWhetherToSendIt() {
        HttpApi api = serve(_ -> { });

        Answer created = api.send(
                api.request("POST", WIDGETS, JSON, widget("w1", "{\"size\":1}")).expectContinue(true));

        assertThat(created.code()).isEqualTo(201);
    }

    @Test
    void strangeFieldNamesMakeNoStrangeHeaders() {
        HttpApi api = serve(_ -> { });

        Answer created = api.post(WIDGETS, widget("w1", "{\"size\":1,\"a\\r\\nX-Evil: 1\":1,\"ü\\\"\":2}"));

        assertThat(created.code()).isEqualTo(201);
        assertThat(created.warnings()).containsExactlyInAnyOrder(
                "299 - \"unknown field \\\"spec.a??X-Evil: 1\\\"\"", "299 - \"unknown field \\\"spec.?\\\"\\\"\"");
    }

    @Test
    void deepNestingIsRefusedAndNotFatal() {
        HttpApi api = serve(_ -> { });
        String deep = "[".repeat(100_000);

        assertThat(api.post(WIDGETS, deep).code()).isEqualTo(400);
        assertThat(api.get(WIDGETS).code()).isEqualTo(200);
    }

    @Test
    void everythingIsServedUnderThePrefix() {
        HttpApi api = serve("/spokes/sno1", _ -> { });

        assertThat(api.post(WIDGETS, widget("w1", "{\"size\":1}")).code()).isEqualTo(201);
        assertThat(api.get("/apis").at("/groups/0/name")).isEqualTo("test.echelon.dev");
        assertThat(new HttpApi(server.url(), "none").get(WIDGETS).code()).isEqualTo(404);
    }

    @Test
    void patchesThatMeetAreAllApplied() throws Exception {
        HttpApi api = serve(_ -> { });
        api.post(WIDGETS, widget("w1", "{\"size\":1,\"tags\":{}}"));
        List<Future<Answer>> answers = new ArrayList<>();

        try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                String patch = "{\"spec\":{\"tags\":{\"t" + i + "\":\"x\"}}}";
                answers.add(many.submit(() -> api.patch(WIDGETS + "/w1", MERGE, patch)));
            }
        }
        for (Future<Answer> answer : answers) {
            assertThat(answer.get().code()).isEqualTo(200);
        }
        assertThat(api.get(WIDGETS + "/w1").body().at("/spec/tags")).hasSize(50);
        assertThat(api.get(WIDGETS + "/w1").at("/metadata/generation")).isEqualTo("51");
    }

    @Test
    void writeOptionsReachTheStore() {
        ConcurrentLinkedQueue<WriteOptions> seen = new ConcurrentLinkedQueue<>();
        ResourceStore spy = new ForwardingStore(store) {
            @Override
            public ObjectNode create(ResourceKind kind, ObjectNode object, WriteOptions options) {
                seen.add(options);
                return super.create(kind, object, options);
            }
        };
        HttpApi api = serve(builder -> builder.kinds(spy, ApiServer.WIDGET)
                .identity(request -> User.named("user of " + request.getHeader("Authorization"))));

        api.send(api.request("POST", WIDGETS + "?fieldManager=me", JSON, widget("w1", "{\"size\":1}"))
                .header("Idempotency-Key", "k-1"));

        assertThat(seen).usingRecursiveFieldByFieldElementComparatorIgnoringFields("warnings").containsExactly(
                new WriteOptions("user of Bearer none", false, Optional.of("me"), Optional.of("k-1")));
    }

    @Test
    void accessIsAskedForInTheWordsOfRbac() {
        List<String> asked = new ArrayList<>();
        HttpApi api = serve(builder -> builder.access(access -> {
            asked.add(access.verb() + " " + access.kind().plural() + "/" + access.subresource() + " "
                    + access.namespace() + "/" + access.name());
            if (access.verb().equals("delete")) {
                throw ApiException.forbidden(access.kind(), access.name(), "User \"me\" cannot delete");
            }
        }));

        api.post(WIDGETS, widget("w1", "{\"size\":1}"));
        api.patch(WIDGETS + "/w1/status", MERGE, "{\"status\":{}}");
        api.get("/apis/test.echelon.dev/v1/widgets?watch=true&timeoutSeconds=1");
        Answer refused = api.delete(WIDGETS + "/w1");

        assertThat(asked).containsExactly("create widgets/ team/", "patch widgets/status team/w1", "watch widgets/ /",
                "delete widgets/ team/w1");
        assertThat(refused.code()).isEqualTo(403);
        assertThat(refused.at("/message"))
                .isEqualTo("widgets.test.echelon.dev \"w1\" is forbidden: User \"me\" cannot delete");
        assertThat(store.get(ApiServer.WIDGET, "team", "w1")).isPresent();
    }

    @Test
    void subresourcesAnswerJsonTextAndStreams() throws Exception {
        HttpApi api = serve(builder -> builder
                .subresource(ApiServer.WIDGET, "plan", request ->
                        request.respond(200, Json.object().put("of", request.object().at("/metadata/name").asText())))
                .subresource(ApiServer.WIDGET, "log", request -> request.respondText(200, "line 1\nline 2\n"))
                .subresource(ApiServer.WIDGET, "pause", Set.of("create"), request ->
                        request.respond(202, Json.object().put("why",
                                request.body().map(body -> body.path("why").asText()).orElse("none"))))
                .subresource(ApiServer.WIDGET, "events", request -> {
                    try (ResponseStream stream = request.stream("text/event-stream")) {
                        stream.sendEvent("1", "started", "a\nb");
                        stream.sendEvent("", "", "c");
                    }
                }));
        api.post(WIDGETS, widget("w1", "{\"size\":1}"));

        assertThat(api.get(WIDGETS + "/w1/plan").at("/of")).isEqualTo("w1");
        assertThat(api.get(WIDGETS + "/nope/plan").at("/message")).isEqualTo(
                "widgets.test.echelon.dev \"nope\" not found");
        assertThat(api.get(WIDGETS + "/w1/log").contentType()).startsWith("text/plain");
        assertThat(api.post(WIDGETS + "/w1/pause", "{\"why\":\"lunch\"}").at("/why")).isEqualTo("lunch");
        assertThat(api.get(WIDGETS + "/w1/pause").code()).isEqualTo(405);
        assertThat(api.get(WIDGETS + "/w1/nope").code()).isEqualTo(404);
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(api.open(WIDGETS + "/w1/events"), StandardCharsets.UTF_8))) {
            assertThat(lines.lines()).containsExactly(
                    "id: 1", "event: started", "data: a", "data: b", "", "data: c", "");
        }
        assertThat(api.get(Conformity.GROUP).body().path("resources").valueStream().map(r -> r.path("name").asText()))
                .contains("widgets/plan", "widgets/log", "widgets/pause", "widgets/events");
    }

    @Test
    void customResourcesAreServedFromTheMomentWhenTheyAreDefined() {
        HttpApi api = serve(builder -> builder.customResources(store));
        String definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        String gadgets = ApiServer.crd().toString().replace("widget", "gadget").replace("Widget", "Gadget");

        Answer created = api.post(definitions, gadgets);
        Answer gadget = api.post(WIDGETS.replace("widgets", "gadgets"),
                widget("g1", "{\"size\":1}").replace("Widget", "Gadget"));
        Answer wrong = api.post(definitions, gadgets.replace("gadgets.test", "other.test"));
        api.delete(definitions + "/gadgets.test.echelon.dev");

        assertThat(created.code()).isEqualTo(201);
        assertThat(created.at("/status/conditions/1/type")).isEqualTo("Established");
        assertThat(gadget.code()).isEqualTo(201);
        assertThat(gadget.body().at("/spec/enable").asBoolean()).isTrue();
        assertThat(wrong.code()).isEqualTo(422);
        assertThat(wrong.at("/message")).contains("must be spec.names.plural+\".\"+spec.group");
        assertThat(api.get(WIDGETS.replace("widgets", "gadgets")).code()).isEqualTo(404);
        assertThat(api.get(WIDGETS).code()).isEqualTo(200);
    }

    @Test
    void watchThatAsksForBookmarksGetsThemAtTheCurrentVersion() throws Exception {
        HttpApi api = serve(builder -> builder.bookmarkInterval(Duration.ofMillis(20)));
        try (WatchLines watch = new WatchLines(api.open(WIDGETS
                + "?watch=true&resourceVersion=0&allowWatchBookmarks=true&fieldSelector=metadata.name%3Dnone"))) {
            api.post(WIDGETS, widget("w1", "{\"size\":1}"));
            String version = api.get(WIDGETS).at("/metadata/resourceVersion");

            JsonNode event = watch.next();
            while (!event.at("/object/metadata/resourceVersion").asText().equals(version)) {
                assertThat(event.path("type").asText()).isEqualTo("BOOKMARK");
                event = watch.next();
            }
        }
    }

    @Test
    void expiredWatchIsToldSoInTheStream() throws Exception {
        HttpApi api = serve(_ -> { });
        try (WatchLines watch = new WatchLines(api.open(WIDGETS + "?watch=true&resourceVersion=777"))) {
            JsonNode event = watch.next();

            assertThat(event.path("type").asText()).isEqualTo("ERROR");
            assertThat(event.at("/object/code").asInt()).isEqualTo(410);
            assertThat(event.at("/object/reason").asText()).isEqualTo("Expired");
            assertThat(watch.nextChange()).isEqualTo("END");
        }
    }

    @Test
    void watchThatDoesNotReadIsEndedAndDoesNotEatMemory() throws Exception {
        HttpApi api = serve(builder -> builder.watchBacklog(20));
        String filler = "x".repeat(100_000);
        try (var unread = api.open(WIDGETS + "?watch=true&resourceVersion=0")) {
            // Nothing is read, so that the network's buffers fill up; the backlog is far smaller than what follows.
            for (int i = 0; i < 300; i++) {
                ObjectNode widget = (ObjectNode) Json.parse(widget("w" + i, "{\"size\":1}").getBytes());
                widget.withObject("/metadata").put("namespace", "team");
                store.create(ApiServer.WIDGET, Json.with(widget, "filler", widget.textNode(filler)),
                        WriteOptions.by("me"));
            }

            List<String> types = new ArrayList<>();
            try (WatchLines watch = new WatchLines(unread)) {
                String last = watch.nextChange();
                while (!last.equals("END")) {
                    types.add(last.split(" ")[0]);
                    last = watch.nextChange();
                }
            }
            assertThat(types).hasSizeLessThan(300).endsWith("ERROR");
        }
    }

    @Test
    void agesAreShownByTheServersClock() {
        HttpApi api = serve(builder -> builder.clock(
                Clock.fixed(Instant.now().plus(Duration.ofMinutes(185)).plusSeconds(30), ZoneOffset.UTC)));
        api.post(WIDGETS, widget("w1", "{\"size\":1}"));

        assertThat(api.get(WIDGETS, HttpApi.TABLE).at("/rows/0/cells/1")).isEqualTo("3h5m");
    }

    @Test
    void faultOfTheStoreIsAnInternalErrorWithoutItsText() {
        ResourceStore broken = new ForwardingStore(store) {
            @Override
            public Listing list(ResourceKind kind, Optional<String> namespace) {
                throw new IllegalStateException("secret of the store");
            }
        };
        HttpApi api = serve(builder -> builder.kinds(broken, ApiServer.WIDGET));

        Answer answer = api.get(WIDGETS);

        assertThat(answer.code()).isEqualTo(500);
        assertThat(answer.at("/reason")).isEqualTo("InternalError");
        assertThat(answer.at("/message")).doesNotContain("secret");
    }
}
