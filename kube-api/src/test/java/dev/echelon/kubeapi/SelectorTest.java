package dev.echelon.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.select.FieldSelector;
import dev.echelon.kubeapi.select.LabelSelector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {
    private static final JsonNode OBJECT = Json.parse("""
            {"metadata":{"name":"w1","namespace":"team","labels":{"a":"1","b.c/d":"x","empty":""}},
             "involvedObject":{"name":"o"}}""".getBytes());

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'' | true", "a=1 | true", "a==1 | true", "a = 1 | true", "a=2 | false", "a!=2 | true", "a!=1 | false",
        "z!=1 | true", "a | true", "z | false", "!z | true", "! a | false", "a in (1) | true", "a in (2, 1) | true",
        "a in (2) | false", "a notin (2,3) | true", "a notin (1) | false", "z notin (1) | true",
        "b.c/d=x | true", "empty= | true", "empty | true", "empty in (,x) | true", "a= | false", "a>0 | true",
        "a>1 | false", "a<2 | true", "z<2 | false", "a=1,b.c/d=x | true", "a=1,b.c/d=y | false",
        "a in (1,2),!z,b.c/d | true"})
    void labelSelectorHoldsOrNot(String selector, boolean expected) {
        assertThat(LabelSelector.parse(selector).matches(OBJECT)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a in", "a in 1", "a in (1", "=1", "a,,b", "a=1 b=2", ",", "a in (1))",
        "!", "a=(", "a in (b c)"})
    void labelSelectorThatCannotBeReadIsRefused(String selector) {
        assertThatThrownBy(() -> LabelSelector.parse(selector)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found '");
    }

    @Test
    void onlyNumbersAreGreaterOrLess() {
        assertThatThrownBy(() -> LabelSelector.parse("a>x")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("for 'Gt', 'Lt' operators, the value must be an integer");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'' | true", "metadata.name=w1 | true", "metadata.name==w1 | true", "metadata.name!=w1 | false",
        "metadata.name=w1,metadata.namespace=team | true", "metadata.name=w1,metadata.namespace=x | false",
        "involvedObject.name=o | true", "involvedObject.uid= | true", "involvedObject.uid=1 | false"})
    void fieldSelectorHoldsOrNot(String selector, boolean expected) {
        assertThat(FieldSelector.parse(selector, _ -> true).matches(OBJECT)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"spec.x=1 | field label not supported: spec.x",
        "nonsense | invalid selector: 'nonsense'; can't understand 'nonsense'"})
    void fieldSelectorThatIsNotSupportedIsRefused(String selector, String message) {
        assertThatThrownBy(() -> FieldSelector.parse(selector, field -> field.startsWith("metadata.")))
                .isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
