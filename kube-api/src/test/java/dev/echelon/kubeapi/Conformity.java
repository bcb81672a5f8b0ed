package dev.echelon.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.HttpApi.Answer;
import org.junit.jupiter.api.BeforeEach;

/**
 * What a client may expect of an API server. Runs against this module's and, where one is at hand, against Kubernetes'
 * own, so that a difference shows. Where the two are meant to differ, docs/api.md says so and the test leaves room.
 */
abstract class Conformity {
    static final String GROUP = "/apis/test.echelon.dev/v1";
    static final String WIDGETS = GROUP + "/namespaces/team/widgets";

    final HttpApi api;

    Conformity(HttpApi api) {
        this.api = api;
    }

    @BeforeEach
    void removeWidgets() {
        for (JsonNode widget : api.get(GROUP + "/widgets").body().path("items")) {
            String path = GROUP + "/namespaces/" + widget.at("/metadata/namespace").asText() + "/widgets/"
                    + widget.at("/metadata/name").asText();
            api.patch(path, HttpApi.MERGE, "{\"metadata\":{\"finalizers\":null}}");
            api.delete(path);
        }
        assertThat(api.get(GROUP + "/widgets").body().path("items")).isEmpty();
    }

    static String widget(String name, String spec) {
        return """
                {"apiVersion":"test.echelon.dev/v1","kind":"Widget","metadata":{"name":"%s"},"spec":%s}"""
                .formatted(name, spec);
    }

    Answer create(String name, String spec) {
        Answer answer = api.post(WIDGETS, widget(name, spec));
        assertThat(answer.code()).as("%s", answer.body()).isEqualTo(201);
        return answer;
    }

    static String version(Answer answer) {
        return answer.at("/metadata/resourceVersion");
    }

    /** The state of the collection without its version, to show that nothing has changed. */
    String everything() {
        return api.get(WIDGETS).body().path("items").toString();
    }
}
