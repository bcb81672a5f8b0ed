package dev.echelon.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.api.fixture.AnsweringScheduler;
import dev.echelon.api.fixture.Broker;
import dev.echelon.api.fixture.RunningApi;
import dev.echelon.api.fixture.RunningApi.Reply;
import dev.echelon.api.fixture.TestConfig;
import dev.echelon.contract.Topic;
import dev.echelon.contract.kafka.KafkaSettings;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be right is refused with a message that says why, and nothing changes: no command is written. */
class BadInputIT {

    private static final String JSON = "application/json";
    private static final String YAML = "application/yaml";
    private static final String MERGE = "application/merge-patch+json";
    private static final String OPERATIONS = "application/json-patch+json";
    private static final String ONE = RunningApi.CGUS + "/present";
    private static final String STRATEGY = "\"remediationStrategy\":{\"maxConcurrency\":1}";

    private static KafkaSettings kafka;
    private static RunningApi api;
    private static AnsweringScheduler scheduler;

    @BeforeAll
    static void start() {
        kafka = Broker.freshTopics();
        scheduler = new AnsweringScheduler(kafka);
        api = new RunningApi(kafka, TestConfig.DEFAULT);
        assertThat(api.post(RunningApi.CGUS, ResourceIT.cgu("present", "")).status()).isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        api.close();
        scheduler.close();
    }

    /** A request that is refused, and what the refusal says. */
    record Bad(String name, String method, String path, String type, String body, int status, String reason,
            String says) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Bad> refused() {
        return Stream.of(
                create("malformed JSON", "{\"apiVersion\":", 400, "BadRequest", "line 1, column"),
                new Bad("malformed YAML", "POST", RunningApi.CGUS, YAML, "a: [1\nb: }", 400, "BadRequest",
                        "line 2, column"),
                create("a key that occurs twice", cgu("twice", STRATEGY + "," + STRATEGY), 400, "BadRequest",
                        "Duplicate field 'remediationStrategy'"),
                create("another kind", cgu("other", STRATEGY).replace("ClusterGroupUpgrade", "Pod"), 422, "Invalid",
                        "must be ClusterGroupUpgrade"),
                create("no kind", "{\"metadata\":{\"name\":\"x\"}}", 400, "BadRequest", "Object 'Kind' is missing"),
                create("a text for a boolean", cgu("types", "\"enable\":\"yes\"," + STRATEGY), 422, "Invalid",
                        "spec.enable: Invalid value: \"string\": spec.enable in body must be of type boolean"),
                create("a text for a list", cgu("types", "\"clusters\":\"sno1\"," + STRATEGY), 422, "Invalid",
                        "spec.clusters: Invalid value: \"string\": spec.clusters in body must be of type array"),
                create("a number in a list of names", cgu("types", "\"clusters\":[1]," + STRATEGY), 422, "Invalid",
                        "spec.clusters[0]"),
                create("no spec", "{\"apiVersion\":\"ran.openshift.io/v1alpha1\",\"kind\":\"ClusterGroupUpgrade\","
                        + "\"metadata\":{\"name\":\"empty\"}}", 422, "Invalid", "spec: Required value"),
                create("no remediationStrategy", cgu("none", ""), 422, "Invalid",
                        "spec.remediationStrategy: Required value"),
                create("no maxConcurrency", cgu("none", "\"remediationStrategy\":{}"), 422, "Invalid",
                        "spec.remediationStrategy.maxConcurrency: Required value"),
                create("an absurd maxConcurrency",
                        cgu("much", "\"remediationStrategy\":{\"maxConcurrency\":99999999999}"),
                        422, "Invalid", "spec.remediationStrategy.maxConcurrency: Invalid value: 99999999999"),
                create("half a maxConcurrency", cgu("half", "\"remediationStrategy\":{\"maxConcurrency\":1.5}"),
                        422, "Invalid", "spec.remediationStrategy.maxConcurrency: Invalid value: \"number\""),
                create("a negative timeout",
                        cgu("past", "\"remediationStrategy\":{\"maxConcurrency\":1,\"timeout\":-1}"),
                        422, "Invalid",
                                "spec.remediationStrategy.timeout: Invalid value: -1: must be minutes, 1 or more"),
                create("an absurd timeout",
                        cgu("long", "\"remediationStrategy\":{\"maxConcurrency\":1,\"timeout\":9000000}"),
                        422, "Invalid",
                                "spec.remediationStrategy.timeout: Invalid value: 9000000: must be minutes, at most"),
                create("a name that exists", cgu("present", STRATEGY), 409, "AlreadyExists",
                        "clustergroupupgrades.ran.openshift.io \"present\" already exists"),
                create("a name in capitals", cgu("Europe", STRATEGY), 422, "Invalid",
                        "metadata.name: Invalid value: \"Europe\": a lowercase RFC 1123 subdomain"),
                create("a name that is a path", cgu("../x", STRATEGY), 422, "Invalid",
                        "metadata.name: Invalid value: \"../x\""),
                create("a name that is too long", cgu("x".repeat(254), STRATEGY), 422, "Invalid",
                        "must be no more than 253"),
                create("no name", cgu("", STRATEGY), 422, "Invalid", "name or generateName is required"),
                create("another namespace than in the path", cgu("x", STRATEGY)
                        .replace("{\"name\"", "{\"namespace\":\"o\",\"name\""),
                        400, "BadRequest", "the namespace of the provided object does not match"),
                create("a body of ten MiB",
                        cgu("big", "\"clusters\":[\"" + "x".repeat(10 * 1024 * 1024) + "\"]," + STRATEGY),
                        413, "RequestEntityTooLarge", "limit is 3145728"),
                new Bad("an unknown field, for a strict client", "POST", RunningApi.CGUS + "?fieldValidation=Strict",
                        JSON,
                        cgu("strict", "\"enabled\":true," + STRATEGY), 400, "BadRequest",
                                "unknown field \"spec.enabled\""),
                new Bad("an idempotency key with spaces", "POST", RunningApi.CGUS, "key", cgu("keyed", STRATEGY),
                        400, "BadRequest", "Idempotency-Key: must be 1 to 255 printable ASCII characters"),
                new Bad("a stale resourceVersion", "PUT", ONE, JSON,
                        cgu("present", STRATEGY).replace("{\"name\"", "{\"resourceVersion\":\"64\",\"name\""),
                        409, "Conflict", "the object has been modified"),
                new Bad("no resourceVersion in a replacement", "PUT", ONE, JSON, cgu("present", STRATEGY),
                        422, "Invalid", "metadata.resourceVersion: Invalid value: 0: must be specified for an update"),
                new Bad("another name in a replacement", "PUT", ONE, JSON, cgu("absent", STRATEGY),
                        400, "BadRequest",
                                "the name of the object (absent) does not match the name on the URL (present)"),
                patch("another name", "{\"metadata\":{\"name\":\"renamed\"}}", 400, "BadRequest",
                        "the name of the object (renamed) does not match the name on the URL (present)"),
                patch("another uid", "{\"metadata\":{\"uid\":\"renamed\"}}", 422, "Invalid",
                        "metadata.uid: Invalid value: \"renamed\": field is immutable"),
                patch("a stale version", "{\"metadata\":{\"resourceVersion\":\"64\"},\"spec\":{\"enable\":false}}", 409,
                        "Conflict", "the object has been modified"),
                patch("a list instead of an object", "[]", 400, "BadRequest", "a JSON object is needed, found array"),
                patch("a wrong type", "{\"spec\":{\"enable\":1}}", 422, "Invalid",
                        "spec.enable: Invalid value: \"integer\""),
                patch("a required field away", "{\"spec\":{\"remediationStrategy\":null}}", 422, "Invalid",
                        "spec.remediationStrategy: Required value"),
                new Bad("a failed test operation", "PATCH", ONE, OPERATIONS,
                        "[{\"op\":\"test\",\"path\":\"/spec/enable\",\"value\":false},{\"op\":\"remove\",\"path\":\"/spec/enable\"}]",
                        422, "Invalid", "testing value /spec/enable failed"),
                new Bad("a patch of the status", "PATCH", ONE + "/status", MERGE, "{\"status\":{\"clusters\":[]}}",
                        403, "Forbidden", "the status is Echelon's to write; it cannot be set"),
                new Bad("a patch of what is not there", "PATCH", RunningApi.CGUS + "/absent", MERGE, "{}",
                        404, "NotFound", "clustergroupupgrades.ran.openshift.io \"absent\" not found"),
                new Bad("a deletion of what is not there", "DELETE", RunningApi.CGUS + "/absent", JSON, "",
                        404, "NotFound", "clustergroupupgrades.ran.openshift.io \"absent\" not found"),
                new Bad("a deletion of another uid", "DELETE", ONE, JSON,
                        "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"preconditions\":{\"uid\":\"other\"}}",
                        409, "Conflict", "the UID in the precondition (other) does not match"),
                new Bad("a dry run of a bad create", "POST", RunningApi.CGUS + "?dryRun=All", JSON, cgu("dry", ""),
                        422, "Invalid", "spec.remediationStrategy: Required value"),
                new Bad("an unknown dry run", "POST", RunningApi.CGUS + "?dryRun=Some", JSON, cgu("dry", STRATEGY),
                        422, "Invalid", "dryRun"),
                new Bad("a body of another type", "POST", RunningApi.CGUS, "text/csv", "a,b", 415,
                        "UnsupportedMediaType",
                        "application/json"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void isRefusedAndChangesNothing(Bad bad) {
        long records = Broker.recordsIn(kafka, Topic.COMMANDS) + Broker.recordsIn(kafka, Topic.AUDIT);
        JsonNode before = api.get(RunningApi.CGUS).body().path("items");

        Reply reply = bad.type().equals("key")
                ? api.send(bad.method(), bad.path(), bad.body(), "Idempotency-Key", "a key")
                : api.send(bad.method(), bad.path(), bad.body(), "Content-Type", bad.type());

        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(bad.status());
        assertThat(reply.body().path("kind").asText()).isEqualTo("Status");
        assertThat(reply.body().path("reason").asText()).isEqualTo(bad.reason());
        assertThat(reply.message()).contains(bad.says());
        assertThat(api.get(RunningApi.CGUS).body().path("items")).isEqualTo(before);
        // An answer comes after what it made has been written: nothing can still be on its way.
        assertThat(Broker.recordsIn(kafka, Topic.COMMANDS) + Broker.recordsIn(kafka, Topic.AUDIT)).isEqualTo(records);
    }

    /** What is accepted although it may not be meant: it succeeds and says what it means. */
    record Odd(String name, String spec, List<String> warnings) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Odd> warned() {
        return Stream.of(
                new Odd("unknown-field", "\"fromTheFuture\":{\"a\":1}," + STRATEGY,
                        List.of("unknown field \\\"spec.fromTheFuture\\\"")),
                new Odd("unknown-nested", "\"remediationStrategy\":{\"maxConcurrency\":1,\"speed\":9}",
                        List.of("unknown field \\\"spec.remediationStrategy.speed\\\"")),
                new Odd("no-concurrency", "\"remediationStrategy\":{\"maxConcurrency\":0}",
                        List.of("spec.remediationStrategy.maxConcurrency: 0 means all clusters at once")),
                new Odd("negative-concurrency", "\"remediationStrategy\":{\"maxConcurrency\":-5}",
                        List.of("spec.remediationStrategy.maxConcurrency: -5 means all clusters at once")),
                new Odd("repeats", "\"clusters\":[\"b\",\"a\",\"b\"]," + STRATEGY,
                        List.of("spec.clusters: repeats of b are dropped")),
                new Odd("impossible-cluster", "\"clusters\":[\"SNO_1\"]," + STRATEGY,
                        List.of("spec.clusters: no ManagedCluster can be named \\\"SNO_1\\\"; a name has lower case letters,"
                                + " digits, '-' and '.'")),
                new Odd("lower-case-abort", "\"batchTimeoutAction\":\"abort\"," + STRATEGY,
                        List.of("spec.batchTimeoutAction: \\\"abort\\\" acts as Continue; only Abort and Continue are known")),
                new Odd("old-selector", "\"clusterSelector\":[\"a=b=c\"]," + STRATEGY,
                        List.of("spec.clusterSelector: \\\"a=b=c\\\" is ignored; an entry is key=value, or key for an empty value")),
                new Odd("zero-timeout", "\"remediationStrategy\":{\"maxConcurrency\":1,\"timeout\":0}", List.of()));
    }

    @ParameterizedTest
    @MethodSource("warned")
    void isAcceptedWithAWarning(Odd odd) {
        Reply reply = api.post(RunningApi.CGUS, cgu(odd.name(), odd.spec()));

        assertThat(reply.status()).as(reply.body().toString()).isEqualTo(201);
        assertThat(reply.warnings())
                .containsExactlyElementsOf(odd.warnings().stream().map(text -> "299 - \"" + text + "\"").toList());
    }

    @Test
    void anUnknownFieldOfTheSpecIsNotLost() {
        Reply reply = api.post(RunningApi.CGUS, cgu("kept", "\"fromTheFuture\":{\"a\":[1]}," + STRATEGY));

        assertThat(reply.body().at("/spec/fromTheFuture/a/0").intValue()).isEqualTo(1);
    }

    @Test
    void aTimeoutOfZeroAndAnEmptyListAreAsIfTheyWereNotThere() {
        Reply reply = api.post(RunningApi.CGUS,
                cgu("zeros", "\"clusters\":[],\"remediationStrategy\":{\"maxConcurrency\":1,\"timeout\":0}"));

        assertThat(reply.body().at("/spec/remediationStrategy/timeout").intValue()).isEqualTo(240);
        assertThat(reply.body().at("/spec/clusters").isMissingNode()).isTrue();
    }

    @Test
    void aDryRunAnswersWhatWouldBeAndHandsNothingIn() {
        long commands = Broker.recordsIn(kafka, Topic.COMMANDS);

        Reply created = api.post(RunningApi.CGUS + "?dryRun=All", cgu("rehearsed", STRATEGY));
        Reply patched = api.patch(ONE + "?dryRun=All", "{\"spec\":{\"enable\":false}}");
        Reply deleted = api.delete(ONE + "?dryRun=All");

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.body().at("/spec/enable").booleanValue()).isTrue();
        assertThat(patched.body().at("/spec/enable").booleanValue()).isFalse();
        assertThat(deleted.status()).isEqualTo(200);
        assertThat(api.get(RunningApi.CGUS + "/rehearsed").status()).isEqualTo(404);
        assertThat(api.get(ONE).body().at("/spec/enable").booleanValue()).isTrue();
        assertThat(Broker.recordsIn(kafka, Topic.COMMANDS)).isEqualTo(commands);
    }

    private static Bad create(String name, String body, int status, String reason, String says) {
        return new Bad(name, "POST", RunningApi.CGUS, JSON, body, status, reason, says);
    }

    private static Bad patch(String name, String body, int status, String reason, String says) {
        return new Bad("a patch of " + name, "PATCH", ONE, MERGE, body, status, reason, says);
    }

    private static String cgu(String name, String spec) {
        return "{\"apiVersion\":\"ran.openshift.io/v1alpha1\",\"kind\":\"ClusterGroupUpgrade\",\"metadata\":{\"name\":\""
                + name + "\"},\"spec\":{" + spec + "}}";
    }
}
