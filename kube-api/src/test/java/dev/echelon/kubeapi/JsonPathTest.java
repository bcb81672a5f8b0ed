package dev.echelon.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.JsonPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPathTest {
    private static final JsonNode OBJECT = Json.parse("""
            {"metadata":{"name":"w1","annotations":{"a.b/c":"dotted"}},
             "spec":{"none":null,"list":["x","y","z"]},
             "status":{"conditions":[{"type":"A","reason":"R1"},{"type":"Ready","status":"True","reason":"R2"}]}}
            """.getBytes());

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        ".metadata.name | w1",
        "{.metadata.name} | w1",
        "$.metadata.name | w1",
        "metadata.name | w1",
        ".metadata['name'] | w1",
        ".metadata.annotations['a.b/c'] | dotted",
        ".metadata.annotations.a\\.b/c | dotted",
        ".spec.list[0] | x",
        ".spec.list[-1] | z",
        ".spec.list[-1:] | z",
        ".spec.list[1:2] | y",
        ".spec.list[-2:-1] | y",
        ".spec.list[*] | x",
        ".status.conditions[-1:].reason | R2",
        ".status.conditions[?(@.type==\"Ready\")].status | True",
        ".status.conditions[?(@.type=='Ready')].reason | R2",
        ".status.conditions[?(@.type!='Ready')].reason | R1"})
    void pathLeadsToTheFirstValue(String path, String expected) {
        assertThat(JsonPath.parse(path).first(OBJECT).orElseThrow().asText()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {".nope", ".nope.deeper", ".spec.none", ".spec.list[3]", ".spec.list[-4]",
        ".spec.nope[-1:].reason", ".status.conditions[?(@.type=='X')].reason", ".metadata.name[0]"})
    void missingValueIsNothing(String path) {
        assertThat(JsonPath.parse(path).first(OBJECT)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..name", ".a[", ".a[x]", ".a[?(1)]", ".a[?(@.b)]"})
    void whatIsNotSupportedIsRefused(String path) {
        assertThatThrownBy(() -> JsonPath.parse(path)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not supported");
    }

    @Test
    void lastOfAnEmptyListIsNothing() {
        assertThat(JsonPath.parse(".c[-1:].reason").first(Json.parse("{\"c\":[]}".getBytes()))).isEmpty();
    }
}
