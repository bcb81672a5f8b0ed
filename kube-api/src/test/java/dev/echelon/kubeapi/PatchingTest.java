package dev.echelon.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.JsonPatchOperations;
import dev.echelon.kubeapi.json.MalformedBodyException;
import dev.echelon.kubeapi.json.MergePatch;
import dev.echelon.kubeapi.json.StrategicMerge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatchingTest {
    private static JsonNode yaml(String text) {
        return Json.parseYaml(text.getBytes());
    }

    /** The examples of RFC 7396, appendix A. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{a: b} | {a: c} | {a: c}",
        "{a: b} | {b: c} | {a: b, b: c}",
        "{a: b} | {a: null} | {}",
        "{a: b, b: c} | {a: null} | {b: c}",
        "{a: [b]} | {a: c} | {a: c}",
        "{a: c} | {a: [b]} | {a: [b]}",
        "{a: {b: c}} | {a: {b: d, c: null}} | {a: {b: d}}",
        "{a: [{b: c}]} | {a: [1]} | {a: [1]}",
        "[a, b] | [c, d] | [c, d]",
        "{a: b} | [c] | [c]",
        "{a: foo} | null | null",
        "{a: foo} | bar | bar",
        "{e: null} | {a: 1} | {e: null, a: 1}",
        "[1, 2] | {a: b, c: null} | {a: b}",
        "{} | {a: {bb: {ccc: null}}} | {a: {bb: {}}}"})
    void mergePatchFollowsItsStandard(String target, String patch, String expected) {
        JsonNode before = yaml(target);

        assertThat(MergePatch.apply(before, yaml(patch))).isEqualTo(yaml(expected));
        assertThat(before).isEqualTo(yaml(target));
    }

    @Test
    void mergePatchSharesWhatItDoesNotTouch() {
        JsonNode before = yaml("{spec: {a: 1}, status: {b: 2}}");

        JsonNode after = MergePatch.apply(before, yaml("{spec: {a: 2}}"));

        assertThat(after.get("status")).isSameAs(before.get("status"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{a: 1} | [{op: add, path: /b, value: 2}] | {a: 1, b: 2}",
        "{a: [1, 2]} | [{op: add, path: /a/1, value: 9}] | {a: [1, 9, 2]}",
        "{a: [1]} | [{op: add, path: /a/1, value: 9}] | {a: [1, 9]}",
        "{a: [1]} | [{op: add, path: /a/-, value: [2]}] | {a: [1, [2]]}",
        "{a: 1, b: 2} | [{op: remove, path: /a}] | {b: 2}",
        "{a: [1, 2]} | [{op: remove, path: /a/0}] | {a: [2]}",
        "{a: [1, 2]} | [{op: replace, path: /a/1, value: 3}] | {a: [1, 3]}",
        "{a: 1} | [{op: replace, path: '', value: {z: 1}}] | {z: 1}",
        "{a: {b: 1}} | [{op: move, from: /a/b, path: /c}] | {a: {}, c: 1}",
        "{a: {b: 1}} | [{op: copy, from: /a, path: /c}] | {a: {b: 1}, c: {b: 1}}",
        "{a: 1} | [{op: test, path: /a, value: 1.0}, {op: add, path: /b, value: null}] | {a: 1, b: null}",
        "{a/b: 1, m~n: 2} | [{op: remove, path: /a~1b}, {op: test, path: /m~0n, value: 2}] | {m~n: 2}"})
    void jsonPatchDoesWhatItsOperationsSay(String target, String patch, String expected) {
        JsonNode before = yaml(target);

        assertThat(JsonPatchOperations.apply(before, yaml(patch))).isEqualTo(yaml(expected));
        assertThat(before).isEqualTo(yaml(target));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{a: 1} | [{op: test, path: /a, value: 2}]",
        "{a: 1} | [{op: test, path: /b, value: 2}]",
        "{a: 1} | [{op: remove, path: /b}]",
        "{a: 1} | [{op: replace, path: /b, value: 1}]",
        "{a: 1} | [{op: add, path: /b/c, value: 1}]",
        "{a: 1} | [{op: add, path: /a/c, value: 1}]",
        "{a: [1]} | [{op: add, path: /a/2, value: 1}]",
        "{a: [1]} | [{op: remove, path: /a/1}]",
        "{a: [1]} | [{op: remove, path: /a/-1}]",
        "{a: [1]} | [{op: remove, path: /a/01}]",
        "{a: [1]} | [{op: add, path: a, value: 1}]",
        "{a: {b: 1}} | [{op: move, from: /a, path: /a/b}]",
        "{a: 1} | [{op: remove, path: ''}]"})
    void jsonPatchThatDoesNotFitIsRefused(String target, String patch) {
        assertThatThrownBy(() -> JsonPatchOperations.apply(yaml(target), yaml(patch)))
                .isInstanceOf(JsonPatchOperations.DoesNotApplyException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}", "[{}]", "[{op: frob, path: /a}]", "[{op: add, path: /a}]",
        "[{op: add, value: 1}]", "[{op: move, path: /a}]", "[1]"})
    void whatIsNoJsonPatchIsRefused(String patch) {
        assertThatThrownBy(() -> JsonPatchOperations.apply(yaml("{a: 1}"), yaml(patch)))
                .isInstanceOf(MalformedBodyException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{data: {a: 1, b: 2}} | {data: {a: null, c: 3}} | {data: {b: 2, c: 3}}",
        "{containers: [{name: a, image: 1}, {name: b, image: 1}]} | {containers: [{name: b, image: 2}]} | "
                + "{containers: [{name: a, image: 1}, {name: b, image: 2}]}",
        "{containers: [{name: a}]} | {containers: [{name: b}], $setElementOrder/containers: [{name: b}, {name: a}]} | "
                + "{containers: [{name: b}, {name: a}]}",
        "{containers: [{name: a}, {name: b}]} | {containers: [{name: a, $patch: delete}]} | {containers: [{name: b}]}",
        "{command: [a, b]} | {command: [c]} | {command: [c]}",
        "{finalizers: [a]} | {finalizers: [b, a]} | {finalizers: [a, b]}",
        "{finalizers: [a, b]} | {$deleteFromPrimitiveList/finalizers: [a]} | {finalizers: [b]}",
        "{strategy: {type: A, rolling: 1}} | {strategy: {$retainKeys: [type], type: B}} | {strategy: {type: B}}",
        "{a: {b: 1}} | {a: {$patch: replace, c: 2}} | {a: {c: 2}}",
        "{ports: [{port: 80, name: x}]} | {ports: [{port: 80, name: y}]} | {ports: [{port: 80, name: y}]}",
        "{env: [{name: A, value: 1}]} | {env: [{name: A, value: null, valueFrom: {x: y}}]} | "
                + "{env: [{name: A, valueFrom: {x: y}}]}"})
    void strategicMergeMergesListsByTheirKeys(String target, String patch, String expected) {
        JsonNode before = yaml(target);

        assertThat(StrategicMerge.apply(before, yaml(patch))).isEqualTo(yaml(expected));
        assertThat(before).isEqualTo(yaml(target));
    }
}
