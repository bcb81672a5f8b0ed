package dev.echelon.kubeapi;

import static dev.echelon.kubeapi.HttpApi.APPLY;
import static dev.echelon.kubeapi.HttpApi.JSON;
import static dev.echelon.kubeapi.HttpApi.MERGE;
import static dev.echelon.kubeapi.HttpApi.OPERATIONS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.HttpApi.Answer;
import dev.echelon.kubeapi.json.Json;
import org.junit.jupiter.api.Test;

/** How objects come about, change and go. */
abstract class ObjectConformity extends Conformity {
    ObjectConformity(HttpApi api) {
        super(api);
    }

    @Test
    void createdObjectCarriesIdentityGenerationDefaultsAndNoStatus() {
        Answer created = api.post(WIDGETS, """
                {"apiVersion":"test.echelon.dev/v1","kind":"Widget","metadata":{"name":"w1","generation":9,
                "creationTimestamp":"2020-01-01T00:00:00Z","uid":"mine","annotations":{}},
                "spec":{"size":1,"nested":{}},"status":{"phase":"Made up"}}""");

        assertThat(created.code()).isEqualTo(201);
        assertThat(created.at("/metadata/uid")).hasSize(36);
        assertThat(created.at("/metadata/creationTimestamp")).doesNotStartWith("2020").endsWith("Z");
        assertThat(created.at("/metadata/generation")).isEqualTo("1");
        assertThat(created.at("/metadata/namespace")).isEqualTo("team");
        assertThat(version(created)).isNotEmpty();
        assertThat(created.body().at("/metadata").has("annotations")).isFalse();
        assertThat(created.body().has("status")).isFalse();
        assertThat(created.body().get("spec")).isEqualTo(Json.parseYaml(
                "{size: 1, enable: true, nested: {timeout: 240}}".getBytes()));
        assertThat(api.get(WIDGETS + "/w1").body()).isEqualTo(created.body());
    }

    @Test
    void nullMeansNotSetExceptWhereTheSchemaAllowsIt() {
        Answer created = create("w1", """
                {"size":1,"opt":null,"enable":null,"clusters":null,"tags":{"a":null},"anything":{"x":null}}""");

        assertThat(created.body().get("spec")).isEqualTo(Json.parseYaml(
                "{size: 1, enable: true, opt: null, tags: {}, anything: {x: null}}".getBytes()));
    }

    @Test
    void generatedNamesAreUnique() {
        String body = """
                {"apiVersion":"test.echelon.dev/v1","kind":"Widget","metadata":{"generateName":"gen-"},
                "spec":{"size":1}}""";

        String first = api.post(WIDGETS, body).at("/metadata/name");
        String second = api.post(WIDGETS, body).at("/metadata/name");

        assertThat(first).matches("gen-[a-z0-9]{5}").isNotEqualTo(second);
    }

    @Test
    void yamlIsReadAndWritten() {
        Answer created = api.send("POST", WIDGETS, "application/yaml", """
                apiVersion: test.echelon.dev/v1
                kind: Widget
                metadata: {name: w1}
                spec: {size: 7}
                """);
        Answer read = api.get(WIDGETS + "/w1", "application/yaml");

        assertThat(created.code()).isEqualTo(201);
        assertThat(read.contentType()).isEqualTo("application/yaml");
        assertThat(read.body()).isEqualTo(created.body());
    }

    @Test
    void dryRunAnswersWhatWouldBeAndChangesNothing() {
        create("there", "{\"size\":1}");
        String before = everything();

        Answer created = api.post(WIDGETS + "?dryRun=All", widget("w1", "{\"size\":1}"));
        Answer patched = api.patch(WIDGETS + "/there?dryRun=All", MERGE, "{\"spec\":{\"size\":5}}");
        Answer deleted = api.delete(WIDGETS + "/there?dryRun=All");

        assertThat(created.code()).isEqualTo(201);
        assertThat(created.at("/metadata/uid")).isNotEmpty();
        assertThat(patched.at("/spec/size")).isEqualTo("5");
        assertThat(patched.at("/metadata/generation")).isEqualTo("2");
        assertThat(deleted.code()).isEqualTo(200);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void replaceNeedsTheCurrentVersion() {
        Answer created = create("w1", "{\"size\":1}");
        Answer changed = api.patch(WIDGETS + "/w1", MERGE, "{\"spec\":{\"size\":2}}");
        ObjectNode stale = (ObjectNode) created.body();
        ObjectNode fresh = (ObjectNode) changed.body();

        Answer refused = api.send("PUT", WIDGETS + "/w1", JSON, stale.toString());
        Answer replaced = api.send("PUT", WIDGETS + "/w1", JSON,
                Json.with(fresh, "spec", Json.object().put("size", 3)).toString());

        assertThat(refused.code()).isEqualTo(409);
        assertThat(refused.at("/reason")).isEqualTo("Conflict");
        assertThat(refused.at("/details/kind")).isEqualTo("widgets");
        assertThat(replaced.code()).isEqualTo(200);
        assertThat(replaced.at("/spec/size")).isEqualTo("3");
        assertThat(replaced.at("/metadata/generation")).isEqualTo("3");
    }

    @Test
    void writeThatChangesNothingMakesNoVersion() {
        Answer created = create("w1", "{\"size\":1}");

        Answer patched = api.patch(WIDGETS + "/w1", MERGE, "{\"spec\":{\"size\":1}}");
        Answer replaced = api.send("PUT", WIDGETS + "/w1", JSON, created.body().toString());

        assertThat(version(patched)).isEqualTo(version(created));
        assertThat(version(replaced)).isEqualTo(version(created));
    }

    @Test
    void patchesOfEachKindChangeWhatTheySay() {
        create("w1", "{\"size\":1,\"tags\":{\"a\":\"1\",\"b\":\"2\"},\"clusters\":[\"x\",\"y\"]}");

        Answer merged = api.patch(WIDGETS + "/w1", MERGE,
                "{\"spec\":{\"tags\":{\"a\":null,\"c\":\"3\"},\"clusters\":[\"z\"]}}");
        Answer operated = api.patch(WIDGETS + "/w1", OPERATIONS, """
                [{"op":"test","path":"/spec/size","value":1},{"op":"add","path":"/spec/clusters/-","value":"q"},
                {"op":"remove","path":"/spec/tags/b"},{"op":"copy","from":"/spec/tags/c","path":"/spec/tags/d"}]""");
        Answer applied = api.patch(WIDGETS + "/w1?fieldManager=me&force=true", APPLY, """
                apiVersion: test.echelon.dev/v1
                kind: Widget
                metadata: {name: w1}
                spec: {size: 4, mode: Fast}
                """);

        assertThat(merged.body().at("/spec/tags").toString()).isEqualTo("{\"b\":\"2\",\"c\":\"3\"}");
        assertThat(merged.body().at("/spec/clusters").toString()).isEqualTo("[\"z\"]");
        assertThat(operated.body().at("/spec/tags").toString()).isEqualTo("{\"c\":\"3\",\"d\":\"3\"}");
        assertThat(operated.body().at("/spec/clusters").toString()).isEqualTo("[\"z\",\"q\"]");
        assertThat(applied.at("/spec/size")).isEqualTo("4");
        assertThat(applied.at("/spec/mode")).isEqualTo("Fast");
        assertThat(applied.at("/spec/tags/d")).isEqualTo("3");
        assertThat(applied.at("/metadata/generation")).isEqualTo("4");
    }

    @Test
    void applyCreatesWhatIsNotThere() {
        String manifest = widget("w1", "{\"size\":3}");

        Answer created = api.patch(WIDGETS + "/w1?fieldManager=me", APPLY, manifest);
        Answer again = api.patch(WIDGETS + "/w1?fieldManager=me", APPLY, manifest);

        assertThat(created.code()).isEqualTo(201);
        assertThat(again.code()).isEqualTo(200);
        assertThat(version(again)).isEqualTo(version(created));
    }

    @Test
    void statusIsWrittenThroughItsSubresourceOnlyAndCountsNoGeneration() {
        create("w1", "{\"size\":1}");

        Answer throughMain = api.patch(WIDGETS + "/w1", MERGE, "{\"spec\":{\"size\":2},\"status\":{\"phase\":\"No\"}}");
        Answer throughStatus = api.patch(WIDGETS + "/w1/status", MERGE, """
                {"metadata":{"labels":{"a":"b"}},"spec":{"size":50},"status":{"phase":"Yes"}}""");
        Answer wrong = api.patch(WIDGETS + "/w1/status", MERGE, "{\"status\":{\"phase\":1}}");

        assertThat(throughMain.body().has("status")).isFalse();
        assertThat(throughStatus.at("/status/phase")).isEqualTo("Yes");
        assertThat(throughStatus.at("/spec/size")).isEqualTo("2");
        assertThat(throughStatus.at("/metadata/labels/a")).isEmpty();
        assertThat(throughStatus.at("/metadata/generation")).isEqualTo("2");
        assertThat(wrong.code()).isEqualTo(422);
        assertThat(wrong.at("/message")).contains("phase in body must be of type string");
        assertThat(api.get(WIDGETS + "/w1/status").body()).isEqualTo(throughStatus.body());
    }

    @Test
    void finalizersHoldADeletedObject() {
        create("w1", "{\"size\":1}");
        api.patch(WIDGETS + "/w1", MERGE, "{\"metadata\":{\"finalizers\":[\"a.b/c\"]}}");

        Answer deleted = api.delete(WIDGETS + "/w1");
        Answer adding = api.patch(WIDGETS + "/w1", MERGE, "{\"metadata\":{\"finalizers\":[\"a.b/c\",\"d.e/f\"]}}");
        Answer freed = api.patch(WIDGETS + "/w1", MERGE, "{\"metadata\":{\"finalizers\":null}}");

        assertThat(deleted.code()).isEqualTo(200);
        assertThat(deleted.at("/kind")).isEqualTo("Widget");
        assertThat(deleted.at("/metadata/deletionTimestamp")).endsWith("Z");
        assertThat(deleted.at("/metadata/generation")).isEqualTo("2");
        assertThat(adding.code()).isEqualTo(422);
        assertThat(adding.at("/message")).contains("metadata.finalizers: Forbidden: no new finalizers can be added if "
                + "the object is being deleted, found new finalizers []string{\"d.e/f\"}");
        assertThat(freed.code()).isEqualTo(200);
        assertThat(api.get(WIDGETS + "/w1").code()).isEqualTo(404);
    }

    @Test
    void deletedObjectIsAnsweredWithASuccessThatNamesIt() {
        Answer created = create("w1", "{\"size\":1}");

        Answer deleted = api.delete(WIDGETS + "/w1");

        assertThat(deleted.at("/status")).isEqualTo("Success");
        assertThat(deleted.at("/details/name")).isEqualTo("w1");
        assertThat(deleted.at("/details/kind")).isEqualTo("widgets");
        assertThat(deleted.at("/details/uid")).isEqualTo(created.at("/metadata/uid"));
    }
}
