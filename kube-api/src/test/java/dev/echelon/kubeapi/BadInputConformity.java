package dev.echelon.kubeapi;

import static dev.echelon.kubeapi.HttpApi.APPLY;
import static dev.echelon.kubeapi.HttpApi.JSON;
import static dev.echelon.kubeapi.HttpApi.MERGE;
import static dev.echelon.kubeapi.HttpApi.OPERATIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.echelon.kubeapi.HttpApi.Answer;
import dev.echelon.kubeapi.json.Json;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server says to input that it cannot take, and that nothing changes by it. */
abstract class BadInputConformity extends Conformity {
    BadInputConformity(HttpApi api) {
        super(api);
    }

    static Stream<Arguments> badBodies() {
        String spec = "{\"size\":1}";
        return Stream.of(
                arguments("missing required field", "{}", 422, "Invalid",
                        "Widget.test.echelon.dev \"bad\" is invalid: spec.size: Required value"),
                arguments("null for a required field", "{\"size\":null}", 422, "Invalid",
                        "Widget.test.echelon.dev \"bad\" is invalid: spec.size: Required value"),
                arguments("text for a number", "{\"size\":\"x\"}", 422, "Invalid", "Widget.test.echelon.dev \"bad\" is "
                        + "invalid: spec.size: Invalid value: \"string\": spec.size in body must be of type integer: "
                        + "\"string\""),
                arguments("text for a flag", "{\"size\":1,\"enable\":\"yes\"}", 422, "Invalid", "Widget.test.echelon."
                        + "dev \"bad\" is invalid: spec.enable: Invalid value: \"string\": spec.enable in body must be "
                        + "of type boolean: \"string\""),
                arguments("list for an object", "[1]", 422, "Invalid", "Widget.test.echelon.dev \"bad\" is invalid: "
                        + "spec: Invalid value: \"array\": spec in body must be of type object: \"array\""),
                arguments("number in a list of texts", "{\"size\":1,\"clusters\":[\"a\",5]}", 422, "Invalid",
                        "Widget.test.echelon.dev \"bad\" is invalid: spec.clusters[1]: Invalid value: \"integer\": "
                                + "spec.clusters[1] in body must be of type string: \"integer\""),
                arguments("number in a map of texts", "{\"size\":1,\"tags\":{\"a\":1}}", 422, "Invalid",
                        "Widget.test.echelon.dev \"bad\" is invalid: spec.tags.a: Invalid value: \"integer\": "
                                + "spec.tags.a in body must be of type string: \"integer\""),
                arguments("below the minimum", "{\"size\":-1}", 422, "Invalid", "Widget.test.echelon.dev \"bad\" is "
                        + "invalid: spec.size: Invalid value: -1: spec.size in body should be greater than or equal to "
                        + "0"),
                arguments("above the maximum", "{\"size\":101}", 422, "Invalid", "Widget.test.echelon.dev \"bad\" is "
                        + "invalid: spec.size: Invalid value: 101: spec.size in body should be less than or equal to "
                        + "100"),
                arguments("not in the enumeration", "{\"size\":1,\"mode\":\"Nope\"}", 422, "Invalid",
                        "Widget.test.echelon.dev \"bad\" is invalid: spec.mode: Unsupported value: \"Nope\": supported "
                                + "values: \"Fast\", \"Slow\""),
                arguments("not matching the pattern", "{\"size\":1,\"code\":\"A1\"}", 422, "Invalid",
                        "Widget.test.echelon.dev \"bad\" is invalid: spec.code: Invalid value: \"A1\": spec.code in "
                                + "body should match '^[a-z]+$'"),
                arguments("too long", "{\"size\":1,\"code\":\"abcdef\"}", 422, "Invalid",
                        "Widget.test.echelon.dev \"bad\" is invalid: spec.code: Too long: may not be more than 5 "
                                + "bytes"),
                arguments("too short", "{\"size\":1,\"code\":\"a\"}", 422, "Invalid", "Widget.test.echelon.dev \"bad\" "
                        + "is invalid: spec.code: Invalid value: \"a\": spec.code in body should be at least 2 chars "
                        + "long"),
                arguments("too many", "{\"size\":1,\"clusters\":[\"a\",\"b\",\"c\",\"d\"]}", 422, "Invalid",
                        "Widget.test.echelon.dev \"bad\" is invalid: spec.clusters: Too many: 4: must have at most 3 "
                                + "items"),
                arguments("no date", "{\"size\":1,\"when\":\"yesterday\"}", 422, "Invalid", "Widget.test.echelon.dev "
                        + "\"bad\" is invalid: spec.when: Invalid value: \"yesterday\": spec.when in body must be of "
                        + "type date-time: \"yesterday\""),
                arguments("neither integer nor string", "{\"size\":1,\"port\":1.5}", 422, "Invalid",
                        "Widget.test.echelon.dev \"bad\" is invalid: spec.port: Invalid value: \"number\": spec.port "
                                + "in body must be of type integer,string: \"number\""),
                arguments("missing below an optional field", "{\"size\":1,\"nested\":{\"deep\":{}}}", 422, "Invalid",
                        "Widget.test.echelon.dev \"bad\" is invalid: spec.nested.deep.a: Required value"),
                arguments("a string for a label", spec + ",\"metadata\":{\"name\":\"bad\",\"labels\":{\"a\":1}}", 400,
                        "BadRequest", "Widget in version \"v1\" cannot be handled as a Widget: json: cannot unmarshal "
                                + "number into Go struct field ObjectMeta.labels of type string"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badBodies")
    void objectThatBreaksItsSchemaIsRefusedWithTheCause(String title, String spec, int code, String reason,
            String message) {
        create("good", "{\"size\":1}");
        String before = everything();
        // A row may bring its own metadata along.
        String body = spec.contains("metadata")
                ? "{\"apiVersion\":\"test.echelon.dev/v1\",\"kind\":\"Widget\",\"spec\":" + spec + "}"
                : widget("bad", spec);

        Answer answer = api.post(WIDGETS, body);

        assertThat(answer.body().path("kind").asText()).isEqualTo("Status");
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.at("/code")).isEqualTo("" + code);
        assertThat(answer.at("/reason")).isEqualTo(reason);
        assertThat(answer.at("/message")).isEqualTo(message);
        if (code == 422) {
            assertThat(message).endsWith(answer.at("/details/causes/0/field") + ": "
                    + answer.at("/details/causes/0/message"));
        }
        assertThat(everything()).isEqualTo(before);
    }

    static Stream<Arguments> badRequests() {
        String good = widget("bad", "{\"size\":1}");
        return Stream.of(
                arguments("POST", WIDGETS, JSON, widget("Bad_Name", "{\"size\":1}"), 422, "Invalid",
                        "metadata.name: Invalid value: \"Bad_Name\": a lowercase RFC 1123 subdomain must consist of"),
                arguments("POST", WIDGETS, JSON, widget("a".repeat(254), "{\"size\":1}"), 422, "Invalid",
                        "must be no more than 253 characters"),
                arguments("POST", WIDGETS, JSON, widget("", "{\"size\":1}"), 422, "Invalid",
                        "Widget.test.echelon.dev \"\" is invalid: metadata.name: Required value: name or "
                                + "generateName is required"),
                arguments("POST", GROUP + "/namespaces/Bad_ns/widgets", JSON, good, 422, "Invalid",
                        "metadata.namespace: Invalid value: \"Bad_ns\": a lowercase RFC 1123 label must consist of"),
                arguments("POST", WIDGETS, JSON, good.replace("\"bad\"", "\"bad\",\"namespace\":\"other\""), 400,
                        "BadRequest",
                        "the namespace of the provided object does not match the namespace sent on the request"),
                arguments("POST", WIDGETS, JSON, good.replace("\"bad\"", "\"bad\",\"labels\":{\"a b\":\"c\"}"), 422,
                        "Invalid", "metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric"),
                arguments("POST", WIDGETS, JSON, good.replace("Widget", "Gadget"), 422, "Invalid",
                        "Gadget.test.echelon.dev \"bad\" is invalid: kind: Invalid value: \"Gadget\": must be Widget"),
                arguments("POST", WIDGETS, JSON, good.replace("dev/v1", "dev/v2"), 400, "BadRequest",
                        "the API version in the data (test.echelon.dev/v2) does not match the expected API version "
                                + "(test.echelon.dev/v1)"),
                arguments("POST", WIDGETS, JSON, good.replace("\"kind\":\"Widget\",", ""), 400, "BadRequest",
                        "the object provided is unrecognized (must be of type Widget): Object 'Kind' is missing"),
                arguments("POST", WIDGETS, JSON, "{\"apiVersion\":", 400, "BadRequest",
                        "the object provided is unrecognized (must be of type Widget)"),
                arguments("POST", WIDGETS, JSON, "[1]", 400, "BadRequest",
                        "the object provided is unrecognized (must be of type Widget)"),
                arguments("POST", WIDGETS, JSON, "", 400, "BadRequest", "unexpected end of JSON input"),
                arguments("POST", WIDGETS, "application/yaml", "a: [1", 400, "BadRequest",
                        "the object provided is unrecognized (must be of type Widget)"),
                arguments("POST", WIDGETS, "text/plain", "x", 415, "UnsupportedMediaType",
                        "the body of the request was in an unknown format - accepted media types include: "
                                + "application/json, application/yaml"),
                arguments("POST", WIDGETS + "?dryRun=Some", JSON, good, 422, "Invalid",
                        "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"Some\"]: supported "
                                + "values: \"All\""),
                arguments("POST", WIDGETS + "?fieldValidation=Nope", JSON, good, 422, "Invalid",
                        "CreateOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"Nope\": "
                                + "supported values: \"\", \"Ignore\", \"Strict\", \"Warn\""),
                arguments("POST", WIDGETS, JSON, widget("good", "{\"size\":1}"), 409, "AlreadyExists",
                        "widgets.test.echelon.dev \"good\" already exists"),
                arguments("PUT", WIDGETS + "/good", JSON, widget("other", "{\"size\":1}"), 400, "BadRequest",
                        "the name of the object (other) does not match the name on the URL (good)"),
                arguments("PUT", WIDGETS + "/nope", JSON, widget("nope", "{\"size\":1}"), 404, "NotFound",
                        "widgets.test.echelon.dev \"nope\" not found"),
                arguments("PUT", WIDGETS + "/good", JSON, widget("good", "{\"size\":2}"), 422, "Invalid",
                        "metadata.resourceVersion: Invalid value: 0: must be specified for an update"),
                arguments("PATCH", WIDGETS + "/good", MERGE, "[1]", 400, "BadRequest", "error decoding patch"),
                arguments("PATCH", WIDGETS + "/good", MERGE, "{", 400, "BadRequest", "error decoding patch"),
                arguments("PATCH", WIDGETS + "/good", MERGE, "{\"metadata\":{\"name\":\"zz\"}}", 400, "BadRequest",
                        "the name of the object (zz) does not match the name on the URL (good)"),
                arguments("PATCH", WIDGETS + "/good", MERGE, "{\"metadata\":{\"namespace\":\"zz\"}}", 400, "BadRequest",
                        "the namespace of the provided object does not match the namespace sent on the request"),
                arguments("PATCH", WIDGETS + "/good", MERGE, "{\"metadata\":{\"uid\":\"zz\"}}", 422, "Invalid",
                        "Widget.test.echelon.dev \"good\" is invalid: metadata.uid: Invalid value: \"zz\": field is "
                                + "immutable"),
                arguments("PATCH", WIDGETS + "/good", MERGE, "{\"kind\":\"Other\"}", 422, "Invalid",
                        "kind: Invalid value: \"Other\": must be Widget"),
                arguments("PATCH", WIDGETS + "/good", MERGE, "{\"metadata\":{\"resourceVersion\":\"1\"}}", 409,
                        "Conflict", "Operation cannot be fulfilled on widgets.test.echelon.dev \"good\": the object "
                                + "has been modified; please apply your changes to the latest version and try again"),
                arguments("PATCH", WIDGETS + "/nope", MERGE, "{}", 404, "NotFound",
                        "widgets.test.echelon.dev \"nope\" not found"),
                arguments("PATCH", WIDGETS + "/good", OPERATIONS,
                        "[{\"op\":\"replace\",\"path\":\"/spec/size\",\"value\":5},"
                                + "{\"op\":\"test\",\"path\":\"/spec/enable\",\"value\":false}]",
                        422, "Invalid", "the server rejected our request due to an error in our request"),
                arguments("PATCH", WIDGETS + "/good", OPERATIONS, "[{\"op\":\"remove\",\"path\":\"/spec/nope\"}]", 422,
                        "Invalid", "the server rejected our request due to an error in our request"),
                arguments("PATCH", WIDGETS + "/good", OPERATIONS, "[{\"op\":\"frob\",\"path\":\"/spec\"}]", 400,
                        "BadRequest", "invalid operation {\"op\":\"frob\",\"path\":\"/spec\"}: unsupported operation"),
                arguments("PATCH", WIDGETS + "/good", OPERATIONS, "{}", 400, "BadRequest", ""),
                arguments("PATCH", WIDGETS + "/good", "text/plain", "{}", 415, "UnsupportedMediaType",
                        "the body of the request was in an unknown format - accepted media types include: "
                                + "application/json-patch+json, application/merge-patch+json, "
                                + "application/apply-patch+yaml"),
                arguments("PATCH", WIDGETS + "/good", APPLY, good.replace("bad", "good"), 422, "Invalid",
                        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply "
                                + "patch"),
                arguments("PATCH", WIDGETS + "/good?fieldManager=me", APPLY, "spec: {size: 3}", 400, "BadRequest",
                        "invalid object type: "),
                arguments("DELETE", WIDGETS + "/nope", "", "", 404, "NotFound",
                        "widgets.test.echelon.dev \"nope\" not found"),
                arguments("DELETE", WIDGETS + "/good", JSON, "{\"preconditions\":{\"uid\":\"x\"}}", 409, "Conflict",
                        "the UID in the precondition (x) does not match the UID in record"),
                arguments("DELETE", WIDGETS + "/good", JSON, "{\"preconditions\":{\"resourceVersion\":\"1\"}}", 409,
                        "Conflict", "the ResourceVersion in the precondition (1) does not match the ResourceVersion"),
                arguments("GET", WIDGETS + "/nope", "", "", 404, "NotFound",
                        "widgets.test.echelon.dev \"nope\" not found"),
                arguments("GET", WIDGETS + "?labelSelector=a%20b%20c", "", "", 400, "BadRequest",
                        "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
                arguments("GET", WIDGETS + "?fieldSelector=spec.x%3D1", "", "", 400, "BadRequest",
                        "field label not supported: spec.x"),
                arguments("GET", WIDGETS + "?limit=x", "", "", 400, "BadRequest",
                        "strconv.ParseInt: parsing \"x\": invalid syntax"),
                arguments("GET", WIDGETS + "?continue=zzz", "", "", 400, "BadRequest",
                        "invalid continue token: continue key is not valid"),
                arguments("GET", WIDGETS + "?watch=true&sendInitialEvents=true", "", "", 422, "Invalid",
                        "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents "
                                + "requires setting resourceVersionMatch to NotOlderThan"));
    }

    @ParameterizedTest(name = "{0} {1} {3}")
    @MethodSource("badRequests")
    void badRequestIsRefusedAndChangesNothing(String method, String path, String type, String body, int code,
            String reason, String message) {
        create("good", "{\"size\":1}");
        String before = everything();

        Answer answer = api.send(method, path, type, body);

        assertThat(answer.code()).as("%s", answer.body()).isEqualTo(code);
        assertThat(answer.body().path("kind").asText()).isEqualTo("Status");
        assertThat(answer.at("/status")).isEqualTo("Failure");
        assertThat(answer.at("/reason")).isEqualTo(reason);
        assertThat(answer.at("/message")).contains(message);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void unknownFieldsAreDroppedAndWarnedOf() {
        Answer created = api.post(WIDGETS, """
                {"apiVersion":"test.echelon.dev/v1","kind":"Widget","metadata":{"name":"w1","foo":1},"top":1,
                "spec":{"size":1,"x":1,"nested":{"y":2},"anything":{"kept":true}}}""");

        assertThat(created.code()).isEqualTo(201);
        assertThat(created.warnings()).containsExactlyInAnyOrder("299 - \"unknown field \\\"metadata.foo\\\"\"",
                "299 - \"unknown field \\\"spec.nested.y\\\"\"", "299 - \"unknown field \\\"spec.x\\\"\"",
                "299 - \"unknown field \\\"top\\\"\"");
        assertThat(created.body().get("spec")).isEqualTo(Json.parseYaml(
                "{size: 1, enable: true, nested: {timeout: 240}, anything: {kept: true}}".getBytes()));
        assertThat(created.body().has("top")).isFalse();
    }

    @Test
    void strictFieldValidationRefusesAndIgnoreKeepsQuiet() {
        String body = widget("w1", "{\"size\":1,\"x\":1}");

        Answer strict = api.post(WIDGETS + "?fieldValidation=Strict", body);
        Answer ignoring = api.post(WIDGETS + "?fieldValidation=Ignore", body);
        Answer patched = api.patch(WIDGETS + "/w1?fieldValidation=Strict", MERGE, "{\"spec\":{\"y\":1}}");

        assertThat(strict.code()).isEqualTo(400);
        assertThat(strict.at("/message")).isEqualTo(
                "Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: unknown "
                        + "field \"spec.x\"");
        assertThat(ignoring.code()).isEqualTo(201);
        assertThat(ignoring.warnings()).isEmpty();
        assertThat(patched.code()).isBetween(400, 422);
        assertThat(patched.at("/message")).contains("unknown field \"spec.y\"");
    }
}
