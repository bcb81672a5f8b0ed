package dev.echelon.kubeapi;

import static dev.echelon.kubeapi.HttpApi.MERGE;
import static dev.echelon.kubeapi.HttpApi.TABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.HttpApi.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lists, tables, selectors, discovery. */
abstract class ReadConformity extends Conformity {
    ReadConformity(HttpApi api) {
        super(api);
    }

    @Test
    void selectorsChooseWhatIsListedAndDeleted() {
        for (String label : List.of("one", "two", "three")) {
            api.post(WIDGETS, widget("w-" + label, "{\"size\":1}").replace("\"w-" + label + "\"",
                    "\"w-" + label + "\",\"labels\":{\"n\":\"" + label + "\",\"" + label + "\":\"\"}"));
        }

        assertThat(names("?labelSelector=n%3Done")).containsExactly("w-one");
        assertThat(names("?labelSelector=n!%3Done")).containsExactly("w-three", "w-two");
        assertThat(names("?labelSelector=n%20in%20(one,two)")).containsExactly("w-one", "w-two");
        assertThat(names("?labelSelector=n%20notin%20(one,two),n")).containsExactly("w-three");
        assertThat(names("?labelSelector=!two,n")).containsExactly("w-one", "w-three");
        assertThat(names("?fieldSelector=metadata.name%3Dw-two")).containsExactly("w-two");
        assertThat(names("?fieldSelector=metadata.name!%3Dw-two,metadata.namespace%3Dteam"))
                .containsExactly("w-one", "w-three");

        api.delete(WIDGETS + "?labelSelector=n%20in%20(one,two)");
        assertThat(names("")).containsExactly("w-three");
    }

    private List<String> names(String query) {
        List<String> names = new ArrayList<>();
        api.get(WIDGETS + query).body().path("items").forEach(item -> names.add(item.at("/metadata/name").asText()));
        return names;
    }

    @Test
    void listCanBeReadInPages() {
        for (int i = 0; i < 5; i++) {
            create("w" + i, "{\"size\":1}");
        }

        Answer first = api.get(WIDGETS + "?limit=2");
        Answer second = api.get(WIDGETS + "?limit=2&continue=" + first.at("/metadata/continue"));
        Answer last = api.get(WIDGETS + "?limit=2&continue=" + second.at("/metadata/continue"));

        assertThat(first.at("/metadata/remainingItemCount")).isEqualTo("3");
        assertThat(first.body().path("items")).hasSize(2);
        assertThat(second.at("/items/0/metadata/name")).isEqualTo("w2");
        assertThat(last.body().path("items")).hasSize(1);
        assertThat(last.at("/metadata/continue")).isEmpty();
    }

    @Test
    void tablesHaveTheColumnsOfTheKind() {
        create("w1", "{\"size\":3}");
        api.patch(WIDGETS + "/w1/status", MERGE, """
                {"status":{"conditions":[{"type":"Ready","status":"True","reason":"A"},
                {"type":"B","reason":"Last"}]}}""");

        Answer list = api.get(WIDGETS, TABLE);
        Answer bare = api.get(WIDGETS + "?includeObject=None", TABLE);
        Answer whole = api.get(WIDGETS + "/w1?includeObject=Object", TABLE);

        assertThat(list.at("/kind")).isEqualTo("Table");
        assertThat(list.at("/apiVersion")).isEqualTo("meta.k8s.io/v1");
        List<String> columns = new ArrayList<>();
        list.body().path("columnDefinitions").forEach(c -> columns.add(
                c.path("name").asText() + ":" + c.path("type").asText() + ":" + c.path("priority").asInt()));
        assertThat(columns).containsExactly("Name:string:0", "Age:date:0", "State:string:0", "Size:integer:1",
                "Ready:string:0");
        assertThat(list.body().at("/rows/0/cells").toString()).matches("\\[\"w1\",\"\\d+s\",\"Last\",3,\"True\"]");
        assertThat(list.at("/rows/0/object/kind")).isEqualTo("PartialObjectMetadata");
        assertThat(list.at("/rows/0/object/metadata/name")).isEqualTo("w1");
        assertThat(bare.body().at("/rows/0/object").isNull()).isTrue();
        assertThat(whole.at("/rows/0/object/spec/size")).isEqualTo("3");
    }

    @Test
    void metadataAloneCanBeAskedFor() {
        create("w1", "{\"size\":3}");

        Answer list = api.get(WIDGETS, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");
        Answer one = api.get(WIDGETS + "/w1", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");

        assertThat(list.at("/kind")).isEqualTo("PartialObjectMetadataList");
        assertThat(list.at("/items/0/metadata/name")).isEqualTo("w1");
        assertThat(list.body().at("/items/0").has("spec")).isFalse();
        assertThat(one.at("/kind")).isEqualTo("PartialObjectMetadata");
        assertThat(api.get(WIDGETS + "/w1", "text/html").code()).isEqualTo(406);
    }

    @Test
    void discoverySaysWhatIsServed() {
        JsonNode resources = api.get(GROUP).body().path("resources");
        JsonNode aggregated = api.get("/apis",
                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json").body();
        Answer group = api.get("/apis/test.echelon.dev");

        assertThat(resources.at("/0/name").asText()).isEqualTo("widgets");
        assertThat(resources.at("/0/shortNames/0").asText()).isEqualTo("wg");
        assertThat(resources.at("/0/categories/0").asText()).isEqualTo("echelon");
        assertThat(resources.at("/0/namespaced").asBoolean()).isTrue();
        assertThat(resources.at("/0/verbs")).hasSize(8);
        assertThat(resources.at("/1/name").asText()).isEqualTo("widgets/status");
        JsonNode found = aggregated.path("items").valueStream()
                .filter(item -> item.at("/metadata/name").asText().equals("test.echelon.dev"))
                .findFirst().orElseThrow();
        assertThat(found.at("/versions/0/resources/0/resource").asText()).isEqualTo("widgets");
        assertThat(found.at("/versions/0/resources/0/subresources/0/subresource").asText()).isEqualTo("status");
        assertThat(group.at("/preferredVersion/groupVersion")).isEqualTo("test.echelon.dev/v1");
        assertThat(api.get("/api").at("/versions/0")).isEqualTo("v1");
        assertThat(api.get("/version").at("/gitVersion")).startsWith("v1.");
        assertThat(api.get("/readyz").code()).isEqualTo(200);
        assertThat(api.get("/apis/nope.dev/v1").code()).isEqualTo(404);
        assertThat(api.get(WIDGETS.replace("widgets", "gadgets")).code()).isEqualTo(404);
    }

    @Test
    void openApiDescribesTheKind() {
        JsonNode index = api.get("/openapi/v3").body();
        String url = index.at("/paths/apis~1test.echelon.dev~1v1/serverRelativeURL").asText();
        JsonNode document = api.get(url).body();

        assertThat(url).startsWith("/openapi/v3/apis/test.echelon.dev/v1?hash=");
        assertThat(document.at("/components/schemas/dev.echelon.test.v1.Widget/properties/spec/required/0").asText())
                .isEqualTo("size");
        assertThat(document.path("paths").path(GROUP + "/namespaces/{namespace}/widgets/{name}").at(
                "/patch/x-kubernetes-group-version-kind/kind").asText()).isEqualTo("Widget");
    }
}
