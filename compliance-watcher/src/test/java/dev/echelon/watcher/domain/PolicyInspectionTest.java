package dev.echelon.watcher.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.observation.TemplateObject.CatalogSource;
import dev.echelon.contract.observation.TemplateObject.ClusterVersion;
import dev.echelon.contract.observation.TemplateObject.Subscription;
import dev.echelon.contract.resource.CguStatus.PolicyRef;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Contract 3.3 to 3.7 and 10.2, row by row. Specs are YAML, read by the same parser as on the hub's edge. */
class PolicyInspectionTest {

    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    static Stream<Arguments> defects() {
        String definition = "spec.policy-templates.objectDefinition";
        String both = definition + ".spec.object-templates and " + definition + ".spec.object-templates-raw";
        return Stream.of(
                Arguments.of("policy-templates: [{}]", "policy is missing its " + definition),
                Arguments.of("policy-templates: [{objectDefinition: null}]", "policy is missing its " + definition),
                Arguments.of(
                        "policy-templates: [{objectDefinition: {spec: {}}}]",
                        "policy is missing its " + definition + ".metadata"),
                Arguments.of(
                        "policy-templates: [{objectDefinition: {metadata: {}}}]",
                        "policy is missing its " + definition + ".spec"),
                Arguments.of(
                        template("{object-templates: [], object-templates-raw: ''}"), "policy has both " + both),
                Arguments.of(template("{severity: low}"), "policy is missing both " + both),
                Arguments.of(
                        template("{object-templates: [{complianceType: musthave}]}"),
                        "policy is missing its " + definition + ".spec.object-templates.objectDefinition"),
                Arguments.of(template("{object-templates-raw: 'a: [b'}"), unparsable()),
                Arguments.of(template("{object-templates-raw: ''}"), unparsable()),
                Arguments.of(template("{object-templates-raw: '{{ if true }}{{ end }}'}"), unparsable()),
                Arguments.of(template("{object-templates-raw: 'a: b'}"), unparsable()),
                Arguments.of(template("{object-templates-raw: '- text'}"), unparsable()),
                Arguments.of(template("{object-templates-raw: 12}"), unparsable()),
                // The first failure wins, in the order of the templates.
                Arguments.of("policy-templates: [{}, {objectDefinition: {}}]", "policy is missing its " + definition),
                // Upstream crashes on these (contract 17, row 26).
                Arguments.of(
                        "policy-templates: {}", "policy has a value at spec.policy-templates that is no list"),
                Arguments.of(
                        object("{kind: ClusterVersion, spec: {channel: 4.12}}"),
                        "policy has a value at ClusterVersion spec.channel that is no text; put it in quotes"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    void aMalformedPolicyIsInvalid(String spec, String defect) {
        assertThat(inspect(spec).defect()).isEqualTo(defect);
    }

    static Stream<String> wellFormed() {
        return Stream.of(
                "remediationAction: inform",
                "policy-templates: []",
                template("{object-templates: []}"),
                object("{kind: Namespace}"),
                object("{kind: Subscription, metadata: {name: ptp, namespace: a}, spec: {name: ptp, channel: 4.9}}"),
                template("{object-templates-raw: '[]'}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wellFormed")
    void aWellFormedPolicyHasNoDefect(String spec) {
        assertThat(inspect(spec).defect()).isEmpty();
    }

    @Test
    void aRawEntryWithoutAnObjectIsToleratedAndSaid() {
        PolicyInspection inspection = inspect(template("{object-templates-raw: '- complianceType: musthave'}"));

        assertThat(inspection.defect()).isEmpty();
        assertThat(inspection.lacksObject()).isTrue();
        assertThat(inspect(object("{kind: Namespace}")).lacksObject()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{{ $channel }}|placeholder",
                "{{$channel}}|placeholder",
                "{{ $cluster.metadata.name }}|placeholder",
                "{{ .ManagedClusterName }}|placeholder",
                "{{ .a.b }} and {{ .c }}|placeholder and placeholder",
                "a{{ range $x := list }}b{{ end }}c|abc",
                "x{{- if eq $a 1 -}}y|xy",
                "{{ a } b }}|{{ a } b }}"
            })
    void templatesAreStrippedFromRawText(String raw, String stripped) {
        assertThat(PolicyInspection.strip(raw)).isEqualTo(stripped);
    }

    @Test
    void objectsOfARawTextAreFoundWithPlaceholders() {
        PolicyInspection inspection = inspect("""
                policy-templates:
                - objectDefinition:
                    metadata: {name: x}
                    spec:
                      object-templates-raw: |
                        {{- range $name := (lookup "v1" "Namespace" "" "").items }}
                        - complianceType: musthave
                          objectDefinition:
                            kind: ClusterVersion
                            spec:
                              channel: {{ $name }}
                              upstream: {{ .upstream }}
                              desiredUpdate:
                                version: "4.12.5"
                        {{- end }}
                """);

        assertThat(inspection.defect()).isEmpty();
        assertThat(inspection.objects())
                .containsExactly(new ClusterVersion("placeholder", "placeholder", "4.12.5", ""));
    }

    @Test
    void objectsAreReportedInOrderWithWhatTheRulesLookAt() {
        PolicyInspection inspection = inspect(objects(
                "{kind: Subscription, apiVersion: operators.coreos.com/v1alpha1,"
                        + " metadata: {name: ptp, namespace: openshift-ptp},"
                        + " spec: {name: ptp-operator, channel: stable}}",
                "{kind: Namespace, metadata: {name: other}}",
                "{kind: CatalogSource, spec: {image: registry.example.com/index:v4.12}}",
                "{kind: ClusterVersion, spec: {desiredUpdate: {image: registry.example.com/release:4.12.5}}}",
                "{kind: Subscription}"));

        assertThat(inspection.objects())
                .containsExactly(
                        new Subscription(
                                "operators.coreos.com/v1alpha1", "openshift-ptp", "ptp", "ptp-operator", "stable"),
                        new CatalogSource("registry.example.com/index:v4.12"),
                        new ClusterVersion("", "", "", "registry.example.com/release:4.12.5"),
                        new Subscription("", "", "", "", ""));
    }

    @Test
    void objectsThatMustNotExistAndVersionsWithoutASpecAreNotReported() {
        assertThat(inspect(template(
                                "{object-templates: [{complianceType: mustnothave,"
                                        + " objectDefinition: {kind: Subscription, metadata: {name: a}}}]}"))
                        .objects())
                .isEmpty();
        assertThat(inspect(object("{kind: ClusterVersion}")).objects()).isEmpty();
    }

    @Test
    void aStatusInAnyObjectTemplateIsExpectedAndANullOneIsNone() {
        assertThat(inspect(object("{kind: Subscription, status: {state: AtLatestKnown}}")).expectsStatus()).isTrue();
        assertThat(inspect(object("{kind: Subscription, status: {}}")).expectsStatus()).isTrue();
        assertThat(inspect(object("{kind: Subscription, status: null}")).expectsStatus()).isFalse();
        assertThat(inspect(object("{kind: Subscription}")).expectsStatus()).isFalse();
    }

    @Test
    void dependenciesAreThoseOfThePolicyAndMayLackANamespace() {
        assertThat(inspect("dependencies: [{name: a, namespace: ns, kind: Policy}, {name: b}]").dependencies())
                .containsExactly(new PolicyRef("a", "ns"), new PolicyRef("b", ""));
    }

    @ParameterizedTest(name = "{0} enforces: {1}")
    @CsvSource({"enforce, true", "Enforce, true", "inform, false", "InformOnly, false"})
    void theActionIsComparedInAnyCase(String action, boolean enforces) {
        assertThat(inspect("remediationAction: " + action).enforce()).isEqualTo(enforces);
    }

    private static String unparsable() {
        return "policy was unable to be unmmarshalled from object-templates-raw";
    }

    private static String template(String spec) {
        return "policy-templates: [{objectDefinition: {metadata: {name: x}, spec: " + spec + "}}]";
    }

    private static String object(String object) {
        return objects(object);
    }

    private static String objects(String... objects) {
        StringBuilder entries = new StringBuilder();
        for (String object : objects) {
            entries.append("{complianceType: musthave, objectDefinition: ").append(object).append("},");
        }
        return template("{object-templates: [" + entries + "]}");
    }

    @SuppressWarnings("unchecked")
    private static PolicyInspection inspect(String spec) {
        return PolicyInspection.inspect(
                (Map<String, Object>) YAML.unmarshal(spec, Map.class), text -> YAML.unmarshal(text, Object.class));
    }
}
