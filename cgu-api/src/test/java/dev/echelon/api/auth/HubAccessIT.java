package dev.echelon.api.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.api.fixture.AnsweringScheduler;
import dev.echelon.api.fixture.Broker;
import dev.echelon.api.fixture.MutableClock;
import dev.echelon.api.fixture.Patience;
import dev.echelon.api.fixture.RunningApi;
import dev.echelon.api.fixture.RunningApi.Reply;
import dev.echelon.api.fixture.Settings;
import dev.echelon.api.fixture.TestConfig;
import dev.echelon.contract.kafka.KafkaSettings;
import dev.echelon.hubfixture.RealHub;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The hub's own identities and rights, asked of a real API server. */
class HubAccessIT {

    private static final String ALL = "/apis/ran.openshift.io/v1alpha1/clustergroupupgrades";
    private static final String OTHER = "/apis/ran.openshift.io/v1alpha1/namespaces/other/clustergroupupgrades";
    private static final String ONE = RunningApi.CGUS + "/present";
    private static final String MERGE = "application/merge-patch+json";
    private static final String APPLY = "application/apply-patch+yaml";

    private static final MutableClock clock = new MutableClock();
    private static RealHub hub;
    private static KafkaSettings kafka;
    private static AnsweringScheduler scheduler;
    private static RunningApi api;

    @BeforeAll
    static void start() {
        RealHub.ownMissing().ifPresent(reason -> {
            System.out.println("skipped: " + reason);
            Assumptions.abort(reason);
        });
        hub = RealHub.start(
                "viewer", "editor:upgraders", "patcher", "lister", "stranger", "one", "second", "passing",
                "system:serviceaccount:ztp:robot", "echelon");
        role("viewer", "User", "viewer", "[clustergroupupgrades, clustergroupupgrades/plan]", "[get, list, watch]", "");
        role("editors", "Group", "upgraders", "[clustergroupupgrades, clustergroupupgrades/events]",
                "[get, list, create, update, patch, delete]", "");
        role("patcher", "User", "patcher", "[clustergroupupgrades]", "[get, patch]", "");
        role("lister", "User", "lister", "[clustergroupupgrades]", "[list]", "");
        role("second", "User", "second", "[clustergroupupgrades]", "[create]", "");
        role("one", "User", "one", "[clustergroupupgrades]", "[get]", "resourceNames: [present]");
        role("robot", "User", "system:serviceaccount:ztp:robot", "[clustergroupupgrades]", "[list]", "");
        kafka = Broker.freshTopics();
        scheduler = new AnsweringScheduler(kafka);
        api = new RunningApi(kafka, TestConfig.DEFAULT, guard(Map.of(), hub.client().getConfiguration()), _ -> {});
        assertThat(api.post(RunningApi.CGUS, cgu("present"), bearer("editor")).status()).isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        if (api != null) {
            api.close();
            scheduler.close();
            hub.close();
        }
    }

    private static Guard guard(Map<String, String> more, Config config) {
        Map<String, String> properties = new HashMap<>(Map.of("echelon.api.auth.plain-http", "allow"));
        properties.putAll(more);
        return Settings.guard(properties, () -> config, clock);
    }

    private static void role(String name, String kind, String subject, String resources, String verbs, String more) {
        hub.apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: %1$s, namespace: ztp}
                rules:
                - apiGroups: [ran.openshift.io]
                  resources: %4$s
                  verbs: %5$s
                  %6$s
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: %1$s, namespace: ztp}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s}
                subjects: [{kind: %2$s, name: "%3$s", apiGroup: rbac.authorization.k8s.io}]
                """.formatted(name, kind, subject, resources, verbs, more));
    }

    record Ask(String name, String user, String method, String path, String body, int status, String says) {
        @Override
        public String toString() {
            return user + " " + name;
        }
    }

    static Stream<Ask> asks() {
        String patch = "{\"spec\":{\"enable\":true}}";
        return Stream.of(
                read("lists", "viewer", RunningApi.CGUS, 200, "present"),
                read("reads", "viewer", ONE, 200, "present"),
                read("watches", "viewer", RunningApi.CGUS + "?watch=true&timeoutSeconds=1", 200, ""),
                read("sees the plan", "viewer", ONE + "/plan", 200, "ClusterGroupUpgradePlan"),
                read("asks for what is not there", "viewer", RunningApi.CGUS + "/none", 404, "not found"),
                read("discovers", "stranger", "/apis/ran.openshift.io/v1alpha1", 200, "clustergroupupgrades"),
                read("reads events", "viewer", ONE + "/events", 403,
                        "cannot get resource \"clustergroupupgrades/events\" in API group \"ran.openshift.io\" in the"
                                + " namespace \"ztp\""),
                read("reads events", "editor", ONE + "/events", 200, "\"actor\":\"editor\""),
                read("sees the plan", "editor", ONE + "/plan", 403, "clustergroupupgrades/plan"),
                read("reads the status alone", "viewer", ONE + "/status", 403, "clustergroupupgrades/status"),
                read("lists all namespaces", "viewer", ALL, 403, "at the cluster scope"),
                read("lists another namespace", "viewer", OTHER, 403, "in the namespace \"other\""),
                read("reads in another namespace", "editor", OTHER + "/present", 403, "in the namespace \"other\""),
                read("lists", "lister", RunningApi.CGUS, 200, "present"),
                read("watches", "lister", RunningApi.CGUS + "?watch=true&timeoutSeconds=1", 403, "cannot watch"),
                read("reads", "lister", ONE, 403, "cannot get"),
                read("reads the one it may", "one", ONE, 200, "present"),
                read("reads another", "one", RunningApi.CGUS + "/other", 403, "cannot get"),
                read("lists as a service account", "system:serviceaccount:ztp:robot", RunningApi.CGUS, 200, "present"),
                read("reads", "stranger", ONE, 403,
                        "clustergroupupgrades.ran.openshift.io \"present\" is forbidden: User \"stranger\" cannot get"),
                read("is not known", "nobody-at-all", ONE, 401, "Unauthorized"),
                new Ask("creates", "viewer", "POST", RunningApi.CGUS, cgu("new"), 403, "cannot create"),
                new Ask("rehearses a create", "viewer", "POST", RunningApi.CGUS + "?dryRun=All", cgu("new"), 403,
                        "cannot create"),
                new Ask("rehearses a create", "editor", "POST", RunningApi.CGUS + "?dryRun=All", cgu("new"), 201,
                        "new"),
                new Ask("creates in another namespace", "editor", "POST", OTHER, cgu("new"), 403, "\"other\""),
                new Ask("patches", "viewer", "PATCH", ONE, patch, 403, "cannot patch"),
                new Ask("rehearses a patch", "viewer", "PATCH", ONE + "?dryRun=All", patch, 403, "cannot patch"),
                new Ask("replaces", "patcher", "PUT", ONE, cgu("present"), 403, "cannot update"),
                new Ask("rehearses a patch", "patcher", "PATCH", ONE + "?dryRun=All", patch, 200, "present"),
                new Ask("applies what is not there", "patcher", "APPLY", RunningApi.CGUS + "/new?fieldManager=x",
                        cgu("new"), 403, "cannot create"),
                new Ask("patches the status", "editor", "PATCH", ONE + "/status", "{\"status\":{}}", 403,
                        "clustergroupupgrades/status"),
                new Ask("deletes", "viewer", "DELETE", ONE, "", 403, "cannot delete"),
                new Ask("deletes all", "editor", "DELETE", RunningApi.CGUS, "", 403, "cannot deletecollection"));
    }

    private static Ask read(String name, String user, String path, int status, String says) {
        return new Ask(name, user, "GET", path, "", status, says);
    }

    @ParameterizedTest
    @MethodSource("asks")
    void isAnsweredAsTheHubsRightsHaveIt(Ask ask) {
        int before = scheduler.commands().size();
        String answer;
        int status;
        if (ask.path().contains("watch=true") && ask.status() == 200) {
            var stream = api.stream(ask.path(), bearer(ask.user()));
            status = stream.statusCode();
            answer = String.join("\n", stream.body().toList());
        } else {
            boolean apply = ask.method().equals("APPLY");
            Reply reply = api.send(apply ? "PATCH" : ask.method(), ask.path(), ask.body(), "Authorization",
                    "Bearer " + ask.user() + "-token", "Content-Type",
                    apply ? APPLY : ask.method().equals("PATCH") ? MERGE : "application/json");
            status = reply.status();
            answer = reply.status() >= 400 ? reply.message() : reply.body().toString();
        }

        assertThat(status).as(answer).isEqualTo(ask.status());
        assertThat(answer).contains(ask.says());
        assertThat(scheduler.commands()).hasSize(before);
    }

    @Test
    void theUsersNameIsInTheCommandAndTheAuditTrail() {
        api.post(RunningApi.CGUS, cgu("by-editor"), bearer("editor"));

        assertThat(scheduler.commands()).last().extracting("actor").isEqualTo("editor");
        Reply events = api.get(RunningApi.CGUS + "/by-editor/events", bearer("editor"));
        assertThat(events.body().at("/items/0/data/actor").asText())
                .isEqualTo("editor");
    }

    @Test
    void anIdempotencyKeyIsItsUsersOwn() {
        String[] first = {"Authorization", "Bearer editor-token", "Idempotency-Key", "k1"};
        String[] second = {"Authorization", "Bearer second-token", "Idempotency-Key", "k1"};
        String[] secondsNext = {"Authorization", "Bearer second-token", "Idempotency-Key", "k2"};

        Reply created = api.post(RunningApi.CGUS, cgu("keyed"), first);
        Reply again = api.post(RunningApi.CGUS, cgu("keyed"), first);
        Reply otherBody = api.post(RunningApi.CGUS, cgu("keyed-too"), second);
        Reply others = api.post(RunningApi.CGUS, cgu("keyed"), secondsNext);

        assertThat(again.body().at("/metadata/uid")).isEqualTo(created.body().at("/metadata/uid"));
        assertThat(otherBody.status()).as("the same key in another's hand is another key").isEqualTo(201);
        assertThat(others.status()).as("what the first one made is there for all").isEqualTo(409);
    }

    @Test
    void aRightThatIsTakenAwayEndsWhenItsAnswerDoes() {
        role("passing", "User", "passing", "[clustergroupupgrades]", "[list]", "");
        // The hub itself takes a moment to see it.
        Patience.await("the right is there").until(() -> {
            clock.pass(Duration.ofSeconds(6));
            return api.get(RunningApi.CGUS, bearer("passing")).status() == 200;
        });

        hub.delete(binding("passing"));
        clock.pass(Duration.ofSeconds(29));
        assertThat(api.get(RunningApi.CGUS, bearer("passing")).status()).isEqualTo(200);
        clock.pass(Duration.ofSeconds(1));
        Patience.await("the right is gone").until(() -> {
            clock.pass(Duration.ofSeconds(31));
            return api.get(RunningApi.CGUS, bearer("passing")).status() == 403;
        });
    }

    private static String binding(String name) {
        return """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: %s, namespace: ztp}
                """.formatted(name);
    }

    @Test
    void aServiceThatMayNotAskLetsNobodyInAndSaysWhy() throws Exception {
        Config weak = new ConfigBuilder(hub.newClient().getConfiguration())
                .withOauthToken("echelon-token").withAutoOAuthToken("echelon-token")
                .withClientCertData(null).withClientKeyData(null).build();
        try (RunningApi own = new RunningApi(kafka, TestConfig.DEFAULT, guard(Map.of(), weak), _ -> {})) {
            Reply reply = own.get(RunningApi.CGUS, bearer("viewer"));

            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.message()).isEqualTo(
                    "nobody is let in now: TokenReview: the hub does not let this service create tokenreviews");
        }
    }

    @Test
    void whileTheHubIsAwayWhatIsKnownHoldsForAWhileAndNobodyElseGetsIn() throws Exception {
        try (RunningApi own = new RunningApi(
                kafka, TestConfig.DEFAULT, guard(Map.of(), hub.client().getConfiguration()), _ -> {})) {
            assertThat(own.get(RunningApi.CGUS, bearer("viewer")).status()).isEqualTo(200);
            hub.kill();
            try {
                assertThat(own.get(RunningApi.CGUS, bearer("viewer")).status()).isEqualTo(200);
                Reply right = own.get(ONE, bearer("viewer"));
                assertThat(right.status()).isEqualTo(503);
                assertThat(right.message())
                        .isEqualTo("nobody is let in now: SubjectAccessReview: the hub cannot be reached");
                assertThat(right.headers().get("retry-after")).containsExactly("1");
                Reply token = own.get(RunningApi.CGUS, bearer("editor"));
                assertThat(token.status()).isEqualTo(503);
                assertThat(token.message()).isEqualTo("nobody is let in now: TokenReview: the hub cannot be reached");

                clock.pass(Duration.ofSeconds(60));
                assertThat(own.get(RunningApi.CGUS, bearer("viewer")).status()).isEqualTo(503);
            } finally {
                hub.runAgain();
            }
            assertThat(own.get(RunningApi.CGUS, bearer("viewer")).status()).isEqualTo(200);
        }
    }

    @Test
    void guessingTokensIsSlowedDown() {
        try (RunningApi own = new RunningApi(kafka, TestConfig.DEFAULT,
                guard(Map.of("echelon.api.auth.token-review.per-second", "1"), hub.client().getConfiguration()),
                _ -> {})) {
            assertThat(own.get(RunningApi.CGUS, bearer("viewer")).status()).isEqualTo(200);
            for (int guess = 0; guess < 4; guess++) {
                assertThat(own.get(RunningApi.CGUS, bearer("guess-" + guess)).status()).isEqualTo(401);
            }

            assertThat(own.get(RunningApi.CGUS, bearer("guess-5")).status()).isEqualTo(429);
            assertThat(own.get(RunningApi.CGUS, bearer("viewer")).status()).isEqualTo(200);
        }
    }

    @Test
    void withoutTlsNobodyIsLetInUnlessItIsSaid() {
        try (RunningApi own = new RunningApi(kafka, TestConfig.DEFAULT,
                Settings.guard(Map.of(), () -> hub.client().getConfiguration(), clock), _ -> {})) {
            Reply reply = own.get(RunningApi.CGUS, bearer("viewer"));

            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.message()).contains("requests over TLS only");
        }
    }

    private static String[] bearer(String user) {
        return new String[] {"Authorization", "Bearer " + user + "-token"};
    }

    private static String cgu(String name) {
        return "{\"apiVersion\":\"ran.openshift.io/v1alpha1\",\"kind\":\"ClusterGroupUpgrade\","
                + "\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"remediationStrategy\":{\"maxConcurrency\":1}}}";
    }
}
