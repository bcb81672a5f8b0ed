package dev.echelon.watcher.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.echelon.contract.CguId;
import dev.echelon.contract.observation.ObservedWork;
import dev.echelon.watcher.domain.HubChange;
import dev.echelon.watcher.domain.PolicyKey;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the objects that rollouts made and that upgrades name, on their way in. */
class RolloutIntakesTest {

    private static final KubernetesSerialization YAML = new KubernetesSerialization();
    private static final CguId CGU = new CguId("ns", "cu");

    private final List<HubChange> changes = new ArrayList<>();

    @Test
    void aWorkBelongsToTheRolloutThatItsLabelsNameAndIsGoneForTheOneBefore() {
        Intake<HubManifestWork> works = RolloutIntakes.works(changes::add);
        works.seen(work("cu", ""));
        works.seen(work("other", ""));
        works.seen(work("", ""));
        works.gone("sno1", "w");

        ObservedWork nothing = new ObservedWork(false, false, "", Map.of());
        assertThat(changes).containsExactly(
                new HubChange.WorkSeen("sno1", "w", CGU, nothing),
                new HubChange.WorkGone("sno1", "w", CGU),
                new HubChange.WorkSeen("sno1", "w", new CguId("ns", "other"), nothing),
                new HubChange.WorkGone("sno1", "w", new CguId("ns", "other")));
    }

    @Test
    void aWorkThatIsBeingDeletedIsSeenAsSuch() {
        RolloutIntakes.works(changes::add).seen(work("cu", "deletionTimestamp: \"2026-01-01T00:00:00Z\","));

        assertThat(seen().deleting()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "no json", "{}", "[1]", "[{\"manifestIndex\": \"1\"}]", "[{\"value\": true}]", "[] []", " ",
        "[{\"manifestIndex\": 1.5}]"
    })
    void anAnnotationThatIsNoListOfExpectedValuesIsAProblem(String annotation) {
        RolloutIntakes.works(changes::add).seen(completeWork(annotation));

        assertThat(seen().problem())
                .startsWith("annotation openshift-cluster-group-upgrades/expectedValues is not valid: ");
        assertThat(seen().complete()).isFalse();
    }

    @ParameterizedTest(name = "{0}: complete {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | true",
                "null | true",
                "[] | true",
                "[{\"manifestIndex\": 0, \"name\": \"a\", \"value\": \"b\"}] | true",
                "[{\"name\": \"a\", \"value\": \"b\", \"more\": 1}] | true",
                "[{\"manifestIndex\": 1, \"name\": \"a\", \"value\": \"b\"}] | false",
                "[{\"manifestIndex\": 0, \"name\": \"a\", \"value\": \"c\"}] | false"
            })
    void expectedValuesAreReadFromTheAnnotation(String annotation, boolean complete) {
        RolloutIntakes.works(changes::add).seen(completeWork(annotation));

        assertThat(seen().problem()).isEmpty();
        assertThat(seen().complete()).isEqualTo(complete);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "type: PlacementSatisfied, status: \"False\", reason: NoManagedClusterSetBindings, message: why | why",
                "type: PlacementSatisfied, status: \"False\", reason: NoManagedClusterSetBindings | ''",
                "type: PlacementSatisfied, status: \"False\", reason: NoManagedClusterMatched, message: why |",
                "type: PlacementSatisfied, status: \"True\", reason: NoManagedClusterSetBindings, message: why |",
                "type: PlacementMisconfigured, status: \"False\", reason: NoManagedClusterSetBindings, message: w |"
            })
    void onlyAPlacementWhoseNamespaceHasNoSetBindingIsAProblem(String condition, String problem) {
        RolloutIntakes.placements(changes::add).seen(YAML.unmarshal(
                """
                ---
                {apiVersion: cluster.open-cluster-management.io/v1beta1, kind: Placement,
                 metadata: {name: p, namespace: ztp, labels: {%s: cu, %s: ns}}, spec: {},
                 status: {conditions: [{type: Other, status: "True"}, {%s}]}}
                """
                        .formatted(Owner.NAME_LABEL, Owner.NAMESPACE_LABEL, condition),
                HubPlacement.class));

        assertThat(changes).containsExactly(
                new HubChange.PlacementSeen(new PolicyKey("ztp", "p"), CGU, Optional.ofNullable(problem)));
    }

    @Test
    void aMalformedPreCachingConfigIsToldAsSuch() {
        NamedIntakes.configs(changes::add).seen(YAML.unmarshal(
                """
                ---
                {apiVersion: ran.openshift.io/v1alpha1, kind: PreCachingConfig, metadata: {name: x, namespace: ns},
                 spec: {additionalImages: text}}
                """,
                HubPreCachingConfig.class));

        HubChange.ConfigSeen config = (HubChange.ConfigSeen) changes.getFirst();
        assertThat(config.reading().spec()).isNull();
        assertThat(config.reading().error()).startsWith("PreCachingConfig.ran.openshift.io \"x\" is malformed: ");
    }

    private ObservedWork seen() {
        return ((HubChange.WorkSeen) changes.getFirst()).work();
    }

    private static HubManifestWork work(String owner, String metadata) {
        return YAML.unmarshal(
                """
                ---
                {apiVersion: work.open-cluster-management.io/v1, kind: ManifestWork,
                 metadata: {name: w, namespace: sno1, %s labels: {%s: "%s", %s: ns}}, spec: {workload: {}}}
                """
                        .formatted(metadata, Owner.NAME_LABEL, owner, Owner.NAMESPACE_LABEL),
                HubManifestWork.class);
    }

    private static HubManifestWork completeWork(String annotation) {
        HubManifestWork work = work("cu", "");
        work.getMetadata().setAnnotations(Map.of(RolloutIntakes.EXPECTED_VALUES, annotation));
        work.setStatus(complete());
        return work;
    }

    private static Map<String, Object> complete() {
        List<Map<String, String>> conditions = List.of(
                Map.of("type", "Applied", "status", "True"),
                Map.of("type", "Available", "status", "True"),
                Map.of("type", "StatusFeedbackSynced", "status", "True"));
        return Map.of("conditions", conditions, "resourceStatus", Map.of("manifests", List.of(Map.of(
                "conditions", conditions,
                "resourceMeta", Map.of("ordinal", 0),
                "statusFeedback", Map.of("values", List.of(Map.of(
                        "name", "a", "fieldValue", Map.of("type", "String", "string", "b"))))))));
    }
}
