package dev.echelon.watcher.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.observation.Observation.ClusterSelection;
import dev.echelon.contract.resource.LabelSelector;
import dev.echelon.contract.resource.LabelSelector.Requirement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.Arguments;
import java.util.stream.Stream;

/** Contract 2.1, row by row. */
class ClusterSelectorTest {

    private static final TreeMap<String, Map<String, String>> FLEET = new TreeMap<>(Map.of(
            "a", Map.of("zone", "europe", "tier", ""),
            "b", Map.of("zone", "asia"),
            "c", Map.of("zone", "europe"),
            "B", Map.of("tier", "gold"),
            "d", Map.of()));

    @Test
    void nothingSpecifiedIsAnError() {
        assertThat(select(List.of(), List.of(), List.of()))
                .isEqualTo(new ClusterSelection(List.of(), List.of(), "no cluster specified for remediation"));
    }

    @Test
    void namedClustersKeepTheirOrderAndTheFirstOfRepeatsCounts() {
        assertThat(select(List.of("d", "a", "d", "b", "a"), List.of(), List.of()).clusters())
                .containsExactly("d", "a", "b");
    }

    @Test
    void namedClustersThatAreNoManagedClustersAreMissingAndStayInTheList() {
        ClusterSelection selection = select(List.of("x", "a", "y"), List.of(), List.of());

        assertThat(selection.clusters()).containsExactly("x", "a", "y");
        assertThat(selection.missing()).containsExactly("x", "y");
    }

    @ParameterizedTest(name = "{0} selects [{1}]")
    @CsvSource(
            nullValues = "none",
            value = {
                "zone=europe, a c",
                "zone=, ''",
                "zone, ''",
                "tier, a",
                "tier=, a",
                "tier=gold, B",
                "zone=europe=west, ''",
                "zone==europe, ''",
                "'', ''",
                "absent, ''"
            })
    void aDeprecatedSelectorIsAnEqualityAndABareKeyAnEmptyValue(String selector, String expected) {
        assertThat(String.join(" ", select(List.of(), List.of(selector), List.of()).clusters()))
                .isEqualTo(expected);
    }

    static Stream<Arguments> labelSelectors() {
        return Stream.of(
                Arguments.of("everything", new LabelSelector(null, null), List.of("B", "a", "b", "c", "d")),
                Arguments.of("equal", labels("zone", "europe"), List.of("a", "c")),
                Arguments.of("both equal", new LabelSelector(null, Map.of("zone", "europe", "tier", "")), List.of("a")),
                Arguments.of("in", expression("zone", "In", "asia", "africa"), List.of("b")),
                Arguments.of("not in", expression("zone", "NotIn", "europe"), List.of("B", "b", "d")),
                Arguments.of("exists", expression("tier", "Exists"), List.of("B", "a")),
                Arguments.of("does not exist", expression("zone", "DoesNotExist"), List.of("B", "d")),
                Arguments.of(
                        "labels and expressions",
                        new LabelSelector(
                                List.of(new Requirement("tier", "DoesNotExist", null)), Map.of("zone", "europe")),
                        List.of("c")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("labelSelectors")
    void aLabelSelectorMatchesAsInKubernetes(String name, LabelSelector selector, List<String> expected) {
        assertThat(select(List.of(), List.of(), List.of(selector)).clusters()).isEqualTo(expected);
    }

    @Test
    void whatSelectorsAddIsSortedBytewiseWithoutRepeatsAfterTheNamedClusters() {
        ClusterSelection selection = select(
                List.of("c"),
                List.of("tier=gold", "zone=europe"),
                List.of(labels("zone", "europe"), expression("zone", "Exists")));

        assertThat(selection.clusters()).containsExactly("c", "B", "a", "b");
    }

    @Test
    void selectorsThatMatchNothingAreNoError() {
        assertThat(select(List.of(), List.of(), List.of(labels("zone", "mars"))))
                .isEqualTo(new ClusterSelection(List.of(), List.of(), ""));
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of(
                        expression("zone", "In"),
                        "values: Invalid value: []string(nil): for 'in', 'notin' operators, values set can't be empty"),
                Arguments.of(
                        expression("zone", "Exists", "a"),
                        "values: Invalid value: []string{\"a\"}:"
                                + " values set must be empty for exists and does not exist"),
                Arguments.of(expression("zone", "Near", "a"), "\"Near\" is not a valid label selector operator"),
                Arguments.of(
                        expression("", "Exists"),
                        "key: Invalid value: \"\": name part must be non-empty; name part must consist of alphanumeric"
                                + " characters, '-', '_' or '.', and must start and end with an alphanumeric character"
                                + " (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is"
                                + " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"),
                Arguments.of(
                        expression("a/b/c", "Exists"),
                        "key: Invalid value: \"a/b/c\": a qualified name must consist of alphanumeric characters, '-',"
                                + " '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName', "
                                + " or 'my.name',  or '123-abc', regex used for validation is"
                                + " '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix"
                                + " and '/' (e.g. 'example.com/MyName')"),
                Arguments.of(
                        expression("/name", "Exists"), "key: Invalid value: \"/name\": prefix part must be non-empty"),
                Arguments.of(
                        labels("zone", "-x"),
                        "values[0]: Invalid value: \"-x\": a valid label must be an empty string or consist of"
                                + " alphanumeric characters, '-', '_' or '.', and must start and end with an"
                                + " alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for"
                                + " validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("malformed")
    void aMalformedSelectorIsAnErrorInTheWordsOfKubernetes(LabelSelector selector, String error) {
        assertThat(select(List.of("a"), List.of("zone=europe"), List.of(selector)))
                .isEqualTo(new ClusterSelection(List.of(), List.of(), error));
    }

    @Test
    void keysWithAPrefixAndValuesOfSixtyThreeCharactersAreWellFormed() {
        assertThat(select(List.of(), List.of(), List.of(labels("example.com/zone", "x".repeat(63)))).error())
                .isEmpty();
        assertThat(select(List.of(), List.of(), List.of(labels("zone", "x".repeat(64)))).error())
                .endsWith("must be no more than 63 characters");
    }

    private static ClusterSelection select(
            List<String> clusters, List<String> equalities, List<LabelSelector> labelSelectors) {
        return new ClusterSelector(clusters, equalities, labelSelectors).select(FLEET);
    }

    private static LabelSelector labels(String key, String value) {
        return new LabelSelector(null, Map.of(key, value));
    }

    private static LabelSelector expression(String key, String operator, String... values) {
        return new LabelSelector(List.of(new Requirement(key, operator, List.of(values))), null);
    }
}
