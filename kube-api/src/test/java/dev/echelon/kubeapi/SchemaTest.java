package dev.echelon.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.schema.Defaulting;
import dev.echelon.kubeapi.schema.FieldError;
import dev.echelon.kubeapi.schema.Pruning;
import dev.echelon.kubeapi.schema.Schema;
import dev.echelon.kubeapi.schema.Validation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaTest {
    private static ObjectNode yaml(String text) {
        return (ObjectNode) Json.parseYaml(text.getBytes());
    }

    private static Schema field(String schema) {
        return Schema.parse(yaml("{type: object, properties: {f: " + schema + "}}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{type: integer, minimum: 1, exclusiveMinimum: true} | 1 | "
                + "f: Invalid value: 1: f in body should be greater than 1",
        "{type: integer, maximum: 1, exclusiveMaximum: true} | 1 | "
                + "f: Invalid value: 1: f in body should be less than 1",
        "{type: integer, multipleOf: 5} | 7 | f: Invalid value: 7: f in body should be a multiple of 5",
        "{type: integer} | 1.5 | f: Invalid value: \"number\": f in body must be of type integer: \"number\"",
        "{type: integer, format: int32} | 3000000000 | "
                + "f: Invalid value: \"integer\": f in body must be of type int32: \"integer\"",
        "{type: array, minItems: 1, items: {type: string}} | [] | "
                + "f: Invalid value: 0: f in body should have at least 1 items",
        "{type: array, x-kubernetes-list-type: set, items: {type: string}} | [a, b, a] | "
                + "f[2]: Duplicate value: \"a\"",
        "{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, properties: "
                + "{k: {type: string}, v: {type: string}}}} | [{k: a, v: x}, {k: a, v: y}] | "
                + "f[1]: Duplicate value: {\"k\":\"a\"}",
        "{type: object, maxProperties: 1, additionalProperties: {type: string}} | {a: x, b: y} | "
                + "f: Too many: 2: must have at most 1 properties",
        "{type: object, properties: {a: {type: string}}, anyOf: [{required: [a]}, {required: [b]}]} | {} | "
                + "f: Invalid value: {}: f in body must validate at least one schema (anyOf)",
        "{type: string, oneOf: [{enum: [a]}, {enum: [b]}]} | c | "
                + "f: Invalid value: \"c\": f in body must validate one and only one schema (oneOf)",
        "{type: string, not: {enum: [a]}} | a | f: Invalid value: \"a\": f in body must not validate the schema (not)",
        "{type: string, allOf: [{maxLength: 1}]} | ab | f: Too long: may not be more than 1 bytes",
        "{type: array, items: {type: string}} | [null] | "
                + "f[0]: Invalid value: \"null\": f[0] in body must be of type string: \"null\""})
    void valueOutsideItsLimitsIsNamed(String schema, String value, String error) {
        assertThat(Validation.validate(field(schema), yaml("{f: " + value + "}"))).extracting(FieldError::toString)
                .containsExactly(error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{type: integer} | 1.0", "{type: number} | 1", "{type: string, nullable: true} | null",
        "{x-kubernetes-int-or-string: true} | 1", "{x-kubernetes-int-or-string: true} | a", "{} | [1]",
        "{type: string, oneOf: [{enum: [a]}, {enum: [b]}]} | b", 
        "{type: string, format: date-time} | '2026-01-01T00:00:00+02:00'", "{type: integer, minimum: 1} | 1",
        "{type: integer, format: int64} | 3000000000"})
    void valueInsideItsLimitsIsFine(String schema, String value) {
        assertThat(Validation.validate(field(schema), yaml("{f: " + value + "}"))).isEmpty();
    }

    @Test
    void pruningNamesEveryUnknownFieldAndSharesTheRest() {
        Schema schema = Schema.parse(yaml("""
                type: object
                properties:
                  spec: {type: object, properties: {a: {type: string}, list: {type: array, items: {type: object}}}}
                  open: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {b: {type: object}}}
                  made: {type: object, x-kubernetes-embedded-resource: true}
                """));
        ObjectNode object = yaml("""
                {apiVersion: v1, kind: X, metadata: {anything: 1}, spec: {a: x, y: 1, list: [{z: 1}]},
                 open: {free: 1, b: {c: 1}}, made: {apiVersion: v1, kind: Y, metadata: {n: 1}, data: 1}, top: 1}
                """);
        List<String> unknown = new ArrayList<>();

        ObjectNode pruned = Pruning.prune(schema, object, unknown::add);

        assertThat(unknown).containsExactly("spec.y", "spec.list[0].z", "open.b.c", "made.data", "top");
        assertThat(pruned).isEqualTo(yaml("""
                {apiVersion: v1, kind: X, metadata: {anything: 1}, spec: {a: x, list: [{}]}, open: {free: 1, b: {}},
                 made: {apiVersion: v1, kind: Y, metadata: {n: 1}}}
                """));
        assertThat(Pruning.prune(schema, pruned, unknown::add)).isSameAs(pruned);
    }

    @Test
    void defaultsApplyWhereTheObjectAroundThemIsThere() {
        Schema schema = Schema.parse(yaml("""
                type: object
                properties:
                  a: {type: object, properties: {x: {type: integer, default: 1}}}
                  b: {type: object, default: {}, properties: {y: {type: integer, default: 2}}}
                  c: {type: array, items: {type: object, properties: {z: {type: integer, default: 3}}}}
                  d: {type: object, additionalProperties: {type: object, properties: {w: {type: integer, default: 4}}}}
                """));

        assertThat(Defaulting.applyDefaults(schema, yaml("{}"))).isEqualTo(yaml("{b: {y: 2}}"));
        ObjectNode full = Defaulting.applyDefaults(schema, yaml("{a: {}, c: [{}, {z: 9}], d: {k: {}}}"));
        assertThat(full).isEqualTo(yaml("{a: {x: 1}, c: [{z: 3}, {z: 9}], d: {k: {w: 4}}, b: {y: 2}}"));
        assertThat(Defaulting.applyDefaults(schema, full)).isSameAs(full);
    }

    @Test
    void patternThatIsNoneIsRefused() {
        assertThatThrownBy(() -> field("{type: string, pattern: '['}")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("schema pattern '[' is not a regular expression");
    }
}
