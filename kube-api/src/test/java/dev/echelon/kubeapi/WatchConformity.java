package dev.echelon.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.HttpApi.Answer;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Watches: what they tell, from when, and when they end. */
abstract class WatchConformity extends Conformity {
    WatchConformity(HttpApi api) {
        super(api);
    }

    private WatchLines watch(String query) {
        return new WatchLines(api.open(WIDGETS + "?watch=true&timeoutSeconds=20" + query));
    }

    private String now() {
        return api.get(WIDGETS).at("/metadata/resourceVersion");
    }

    @Test
    void watchFromAVersionTellsEveryLaterChangeInOrder() throws Exception {
        create("before", "{\"size\":1}");
        String version = now();
        create("w1", "{\"size\":1}");
        api.patch(WIDGETS + "/w1", HttpApi.MERGE, "{\"spec\":{\"size\":2}}");

        try (WatchLines watch = watch("&resourceVersion=" + version)) {
            assertThat(watch.nextChanges(2)).containsExactly("ADDED w1", "MODIFIED w1");
            api.patch(WIDGETS + "/w1/status", HttpApi.MERGE, "{\"status\":{\"phase\":\"Good\"}}");
            assertThat(watch.nextChange()).isEqualTo("MODIFIED w1");
            api.delete(WIDGETS + "/w1");
            JsonNode deleted = watch.next();
            assertThat(deleted.path("type").asText()).isEqualTo("DELETED");
            assertThat(deleted.at("/object/status/phase").asText()).isEqualTo("Good");
        }
    }

    @Test
    void watchWithoutAVersionBeginsWithWhatIsThere() throws Exception {
        create("w1", "{\"size\":1}");

        try (WatchLines watch = watch("&resourceVersion=0")) {
            assertThat(watch.nextChange()).isEqualTo("ADDED w1");
            create("w2", "{\"size\":1}");
            assertThat(watch.nextChange()).isEqualTo("ADDED w2");
        }
    }

    @Test
    void initialEventsEndWithABookmarkThatSaysSo() throws Exception {
        create("w1", "{\"size\":1}");

        try (WatchLines watch = watch(
                "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true")) {
            assertThat(watch.nextChange()).isEqualTo("ADDED w1");
            JsonNode bookmark = watch.next();
            assertThat(bookmark.path("type").asText()).isEqualTo("BOOKMARK");
            assertThat(bookmark.at("/object/kind").asText()).isEqualTo("Widget");
            assertThat(bookmark.at("/object/metadata/annotations/k8s.io~1initial-events-end").asText())
                    .isEqualTo("true");
            assertThat(bookmark.at("/object/metadata/resourceVersion").asText()).isNotEmpty();
        }
    }

    @Test
    void objectThatLeavesTheSelectionIsToldAsDeletedAndOneThatEntersAsAdded() throws Exception {
        Answer created = create("w1", "{\"size\":1}");
        String label = "{\"metadata\":{\"labels\":{\"a\":\"%s\"}}}";

        try (WatchLines watch = watch("&labelSelector=a%3D1&resourceVersion=" + version(created))) {
            api.patch(WIDGETS + "/w1", HttpApi.MERGE, label.formatted("1"));
            assertThat(watch.nextChange()).isEqualTo("ADDED w1");
            Answer left = api.patch(WIDGETS + "/w1", HttpApi.MERGE, label.formatted("2"));
            JsonNode event = watch.next();
            assertThat(event.path("type").asText()).isEqualTo("DELETED");
            assertThat(event.at("/object/metadata/labels/a").asText()).isEqualTo("1");
            assertThat(event.at("/object/metadata/resourceVersion").asText()).isEqualTo(version(left));
        }
    }

    @Test
    void watchOfOneNameTellsNothingOfOthers() throws Exception {
        String version = now();

        try (WatchLines watch = watch("&fieldSelector=metadata.name%3Dw2&resourceVersion=" + version)) {
            create("w1", "{\"size\":1}");
            create("w2", "{\"size\":1}");
            assertThat(watch.nextChange()).isEqualTo("ADDED w2");
        }
    }

    @Test
    void watchOfANamespaceTellsNothingOfOthers() throws Exception {
        String version = now();

        try (WatchLines watch = watch("&resourceVersion=" + version)) {
            api.post(WIDGETS.replace("team", "other"), widget("w1", "{\"size\":1}"));
            create("w2", "{\"size\":1}");
            assertThat(watch.nextChange()).isEqualTo("ADDED w2");
        }
    }

    @Test
    void watchEndsWhenItsTimeIsUp() throws Exception {
        try (WatchLines watch = new WatchLines(
                api.open(WIDGETS + "?watch=true&timeoutSeconds=1&resourceVersion=" + now()))) {
            assertThat(watch.nextChange()).isEqualTo("END");
        }
    }

    @Test
    void tableOfAWatchHasItsHeadingsOnlyOnce() throws IOException, InterruptedException {
        create("w1", "{\"size\":1}");
        create("w2", "{\"size\":1}");

        try (WatchLines watch = new WatchLines(api.open(WIDGETS + "?watch=true&timeoutSeconds=20", HttpApi.TABLE))) {
            JsonNode first = watch.next();
            JsonNode second = watch.next();
            assertThat(first.at("/object/kind").asText()).isEqualTo("Table");
            assertThat(first.at("/object/columnDefinitions")).hasSize(5);
            assertThat(first.at("/object/rows/0/cells/0").asText()).isEqualTo("w1");
            assertThat(second.at("/object/columnDefinitions").isNull()).isTrue();
            assertThat(second.at("/object/rows/0/cells/0").asText()).isEqualTo("w2");
        }
    }
}
