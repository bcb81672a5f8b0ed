package dev.echelon.api.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CrdFilesTest {

    private static final Path FOLDER = Path.of("..", "deploy", "crds");

    @Test
    void theFilesInDeploySayWhatTheTypesSay() throws IOException {
        if (Boolean.getBoolean("crds.regenerate")) {
            Files.createDirectories(FOLDER);
            for (Map.Entry<String, String> file : Crds.files().entrySet()) {
                Files.writeString(FOLDER.resolve(file.getKey()), file.getValue());
            }
        }
        for (Map.Entry<String, String> file : Crds.files().entrySet()) {
            assertThat(FOLDER.resolve(file.getKey()))
                    .as("deploy/crds/%s differs from the types; regenerate it with: %s", file.getKey(), Crds.REGENERATE)
                    .hasContent(file.getValue());
        }
    }

    @Test
    void aClusterGroupUpgradeIsIdentifiedAndPrintedAsTheContractSays() {
        ObjectNode crd = Crds.clusterGroupUpgrade();

        assertThat(crd.at("/metadata/name").textValue()).isEqualTo("clustergroupupgrades.ran.openshift.io");
        assertThat(crd.at("/spec/names").toString())
                .isEqualTo("{\"kind\":\"ClusterGroupUpgrade\",\"listKind\":\"ClusterGroupUpgradeList\","
                        + "\"plural\":\"clustergroupupgrades\",\"singular\":\"clustergroupupgrade\","
                        + "\"shortNames\":[\"cgu\"]}");
        assertThat(crd.at("/spec/scope").textValue()).isEqualTo("Namespaced");
        assertThat(version(crd).get("additionalPrinterColumns").toString())
                .isEqualTo("[{\"name\":\"Age\",\"type\":\"date\",\"jsonPath\":\".metadata.creationTimestamp\"},"
                        + "{\"name\":\"State\",\"type\":\"string\",\"jsonPath\":\".status.conditions[-1:].reason\"},"
                        + "{\"name\":\"Details\",\"type\":\"string\",\"jsonPath\":\".status.conditions[-1:].message\"}]");
        assertThat(version(crd).at("/subresources/status").isObject()).isTrue();
        assertThat(version(Crds.preCachingConfig()).has("subresources")).isFalse();
    }

    /** Contract 1.2: field, type and default, in one table. */
    @Test
    void theSpecHasTheContractsFieldsTypesAndDefaults() {
        assertThat(outline(version(Crds.clusterGroupUpgrade()).at("/schema/openAPIV3Schema/properties/spec"), "spec"))
                .containsExactly(
                        "spec object required=[remediationStrategy]",
                        "spec.actions object",
                        "spec.actions.afterCompletion object",
                        "spec.actions.afterCompletion.addClusterAnnotations map of string",
                        "spec.actions.afterCompletion.addClusterLabels map of string",
                        "spec.actions.afterCompletion.deleteClusterLabels map of string",
                        "spec.actions.afterCompletion.deleteObjects boolean = true",
                        "spec.actions.afterCompletion.removeClusterAnnotations[] string",
                        "spec.actions.afterCompletion.removeClusterLabels[] string",
                        "spec.actions.beforeEnable object",
                        "spec.actions.beforeEnable.addClusterAnnotations map of string",
                        "spec.actions.beforeEnable.addClusterLabels map of string",
                        "spec.actions.beforeEnable.deleteClusterLabels map of string",
                        "spec.actions.beforeEnable.removeClusterAnnotations[] string",
                        "spec.actions.beforeEnable.removeClusterLabels[] string",
                        "spec.backup boolean = false",
                        "spec.batchTimeoutAction string",
                        "spec.blockingCRs[] object",
                        "spec.blockingCRs[].name string",
                        "spec.blockingCRs[].namespace string",
                        "spec.clusterLabelSelectors[] object",
                        "spec.clusterLabelSelectors[].matchExpressions[] object required=[key, operator]",
                        "spec.clusterLabelSelectors[].matchExpressions[].key string",
                        "spec.clusterLabelSelectors[].matchExpressions[].operator string",
                        "spec.clusterLabelSelectors[].matchExpressions[].values[] string",
                        "spec.clusterLabelSelectors[].matchLabels map of string",
                        "spec.clusterSelector[] string",
                        "spec.clusters[] string",
                        "spec.enable boolean = true",
                        "spec.managedPolicies[] string",
                        "spec.manifestWorkTemplates[] string",
                        "spec.preCaching boolean = false",
                        "spec.preCachingConfigRef object",
                        "spec.preCachingConfigRef.name string",
                        "spec.preCachingConfigRef.namespace string",
                        "spec.remediationStrategy object required=[maxConcurrency]",
                        "spec.remediationStrategy.canaries[] string",
                        "spec.remediationStrategy.maxConcurrency integer",
                        "spec.remediationStrategy.timeout integer = 240");
    }

    /** Contract 1.3, and the failures of ADR 0006. */
    @Test
    void theStatusHasTheContractsFields() {
        assertThat(outline(version(Crds.clusterGroupUpgrade()).at("/schema/openAPIV3Schema/properties/status"),
                "status"))
                .contains(
                        "status.conditions[] object required=[lastTransitionTime, message, reason, status, type]",
                        "status.conditions[].lastTransitionTime string date-time",
                        "status.computedMaxConcurrency integer",
                        "status.copiedPolicies[] string",
                        "status.remediationPlan[][] string",
                        "status.managedPoliciesForUpgrade[].namespace string",
                        "status.managedPoliciesNs map of string",
                        "status.safeResourceNames map of string",
                        "status.clusters[].currentPolicy.status string",
                        "status.clusters[].currentManifestWork.status anything",
                        "status.status.startedAt string date-time",
                        "status.status.completedAt string date-time",
                        "status.status.currentBatch integer",
                        "status.status.currentBatchRemediationProgress map of object",
                        "status.status.currentBatchRemediationProgress.*.firstCompliantAt string date-time",
                        "status.status.currentBatchRemediationProgress.*.policyIndex integer",
                        "status.precaching.spec.spaceRequired string",
                        "status.precaching.status map of string",
                        "status.precaching.clusters[] string",
                        "status.precaching.failures map of string",
                        "status.backup.startedAt string date-time",
                        "status.backup.failures map of string",
                        "status.backup.status map of string");
    }

    /** Contract 1.4. */
    @Test
    void aPreCachingConfigRequiresAndDefaultsNothing() {
        JsonNode schema = version(Crds.preCachingConfig()).at("/schema/openAPIV3Schema");

        assertThat(schema.has("required")).isFalse();
        assertThat(outline(schema.at("/properties/spec"), "spec"))
                .containsExactly(
                        "spec object",
                        "spec.additionalImages[] string",
                        "spec.excludePrecachePatterns[] string",
                        "spec.overrides object",
                        "spec.overrides.operatorsIndexes[] string",
                        "spec.overrides.operatorsPackagesAndChannels[] string",
                        "spec.overrides.platformImage string",
                        "spec.overrides.preCacheImage string",
                        "spec.spaceRequired string");
    }

    private static JsonNode version(JsonNode crd) {
        return crd.at("/spec/versions/0");
    }

    private static List<String> outline(JsonNode schema, String path) {
        List<String> lines = new ArrayList<>();
        outline(schema, path, lines);
        return lines;
    }

    private static void outline(JsonNode schema, String path, List<String> lines) {
        String type = schema.path("type").textValue();
        switch (type) {
            case "array" -> outline(schema.get("items"), path + "[]", lines);
            case "object" -> {
                if (schema.has("additionalProperties")) {
                    lines.add(path + " map of " + schema.at("/additionalProperties/type").textValue());
                    JsonNode fields = schema.at("/additionalProperties/properties");
                    names(fields).forEach(name -> outline(fields.get(name), path + ".*." + name, lines));
                } else if (schema.has("x-kubernetes-preserve-unknown-fields")) {
                    lines.add(path + " anything");
                } else {
                    List<String> required = new ArrayList<>();
                    schema.path("required").forEach(name -> required.add(name.textValue()));
                    lines.add(path + " object" + (required.isEmpty() ? "" : " required=" + required));
                    JsonNode fields = schema.get("properties");
                    names(fields).forEach(name -> outline(fields.get(name), path + "." + name, lines));
                }
            }
            default -> lines.add(path + " " + type
                    + (schema.has("format") ? " " + schema.get("format").textValue() : "")
                    + (schema.has("default") ? " = " + schema.get("default") : ""));
        }
    }

    private static TreeSet<String> names(JsonNode fields) {
        TreeSet<String> names = new TreeSet<>();
        fields.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
