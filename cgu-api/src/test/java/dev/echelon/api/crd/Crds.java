package dev.echelon.api.crd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.echelon.contract.resource.CguSpec;
import dev.echelon.contract.resource.CguStatus;
import dev.echelon.contract.resource.ClusterGroupUpgrade;
import dev.echelon.contract.resource.PreCachingConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The two CustomResourceDefinitions of contract 1.1 to 1.4, made from the records in {@code dev.echelon.contract}. */
final class Crds {

    static final String REGENERATE = "mvn -pl cgu-api -am test -Dtest=CrdFilesTest -Dcrds.regenerate=true"
            + " -Dsurefire.failIfNoSpecifiedTests=false";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .build());

    private Crds() {}

    /** File name in {@code deploy/crds} to content. */
    static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        for (ObjectNode crd : List.of(clusterGroupUpgrade(), preCachingConfig())) {
            String plural = crd.at("/spec/names/plural").textValue();
            files.put(ClusterGroupUpgrade.GROUP + "_" + plural + ".yaml", render(crd));
        }
        return files;
    }

    static ObjectNode clusterGroupUpgrade() {
        List<ObjectNode> columns = List.of(
                column("Age", "date", ".metadata.creationTimestamp"),
                column("State", "string", ".status.conditions[-1:].reason"),
                column("Details", "string", ".status.conditions[-1:].message"));
        ObjectNode schema = schema(
                ClusterGroupUpgrade.KIND,
                "A rollout over a group of clusters, in batches: what is wanted, and how far it is.",
                RecordSchema.of(CguSpec.class).put("description", "What is wanted."));
        ObjectNode properties = (ObjectNode) schema.get("properties");
        properties.set("status", RecordSchema.of(CguStatus.class).put("description", "What is."));
        // A rollout without a spec is refused at the door; the empty object would miss remediationStrategy anyway.
        schema.set("required", NODES.arrayNode().add("spec"));
        return crd(ClusterGroupUpgrade.KIND, ClusterGroupUpgrade.PLURAL, List.of("cgu"), columns, schema, true);
    }

    static ObjectNode preCachingConfig() {
        ObjectNode schema = schema(
                PreCachingConfig.KIND,
                "Overrides for the pre-caching of ClusterGroupUpgrades.",
                RecordSchema.of(PreCachingConfig.Spec.class).put("description", "The overrides."));
        return crd(PreCachingConfig.KIND, PreCachingConfig.PLURAL, List.of(), List.of(), schema, false);
    }

    private static ObjectNode crd(
            String kind,
            String plural,
            List<String> shortNames,
            List<ObjectNode> columns,
            ObjectNode schema,
            boolean statusSubresource) {
        ObjectNode names = NODES.objectNode()
                .put("kind", kind)
                .put("listKind", kind + "List")
                .put("plural", plural)
                .put("singular", kind.toLowerCase(java.util.Locale.ROOT));
        if (!shortNames.isEmpty()) {
            names.set("shortNames", texts(shortNames));
        }
        ObjectNode version = NODES.objectNode();
        version.put("name", ClusterGroupUpgrade.VERSION).put("served", true).put("storage", true);
        if (!columns.isEmpty()) {
            version.set("additionalPrinterColumns", NODES.arrayNode().addAll(new ArrayList<>(columns)));
        }
        version.set("schema", NODES.objectNode().set("openAPIV3Schema", schema));
        if (statusSubresource) {
            version.set("subresources", NODES.objectNode().set("status", NODES.objectNode()));
        }
        ObjectNode spec = NODES.objectNode().put("group", ClusterGroupUpgrade.GROUP);
        spec.set("names", names);
        spec.put("scope", "Namespaced");
        spec.set("versions", NODES.arrayNode().add(version));

        ObjectNode crd = NODES.objectNode()
                .put("apiVersion", "apiextensions.k8s.io/v1")
                .put("kind", "CustomResourceDefinition");
        crd.set("metadata", NODES.objectNode().put("name", plural + "." + ClusterGroupUpgrade.GROUP));
        crd.set("spec", spec);
        return crd;
    }

    private static ObjectNode schema(String kind, String description, ObjectNode spec) {
        ObjectNode properties = NODES.objectNode();
        properties.set(
                "apiVersion", text("The version of this form of the object: " + ClusterGroupUpgrade.API_VERSION + "."));
        properties.set("kind", text("The kind of the object: " + kind + "."));
        properties.set("metadata", NODES.objectNode().put("type", "object"));
        properties.set("spec", spec);
        ObjectNode schema = NODES.objectNode().put("description", description).put("type", "object");
        schema.set("properties", properties);
        return schema;
    }

    private static ObjectNode column(String name, String type, String path) {
        return NODES.objectNode().put("name", name).put("type", type).put("jsonPath", path);
    }

    private static ObjectNode text(String description) {
        return NODES.objectNode().put("type", "string").put("description", description);
    }

    private static ArrayNode texts(List<String> values) {
        ArrayNode array = NODES.arrayNode();
        values.forEach(array::add);
        return array;
    }

    private static String render(ObjectNode crd) {
        try {
            return "# Generated from the records in contract/src/main/java/dev/echelon/contract/resource. Do not edit.\n# "
                    + REGENERATE + "\n" + YAML.writeValueAsString(crd);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + crd.at("/metadata/name") + " as YAML", e);
        }
    }
}
