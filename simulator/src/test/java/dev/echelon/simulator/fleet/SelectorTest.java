package dev.echelon.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {
    private static final Map<String, String> LABELS = Map.of("zone", "europe", "group", "active", "empty", "");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{} | true",
        "{matchLabels: {zone: europe}} | true",
        "{matchLabels: {zone: europe, group: test}} | false",
        "{matchExpressions: [{key: zone, operator: In, values: [asia, europe]}]} | true",
        "{matchExpressions: [{key: zone, operator: NotIn, values: [asia]}]} | true",
        "{matchExpressions: [{key: missing, operator: NotIn, values: [asia]}]} | true",
        "{matchExpressions: [{key: empty, operator: Exists}]} | true",
        "{matchExpressions: [{key: zone, operator: DoesNotExist}]} | false",
        "{matchLabels: {zone: europe}, matchExpressions: [{key: group, operator: In, values: [test]}]} | false"})
    void allRequirementsMustHold(String selector, boolean matches) {
        assertThat(Selector.of(yaml(selector)).orElseThrow().matches(LABELS)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{matchExpressions: [{key: name, operator: In}]}",
        "{matchExpressions: [{key: name, operator: NotIn, values: []}]}",
        "{matchExpressions: [{key: name, operator: Exists, values: [a]}]}",
        "{matchExpressions: [{key: name, operator: Like, values: [a]}]}"})
    void selectorThatKubernetesRefusesIsNone(String selector) {
        assertThat(Selector.of(yaml(selector))).isEmpty();
    }

    private static JsonNode yaml(String text) {
        return Json.parseYaml(text.getBytes(StandardCharsets.UTF_8));
    }
}
