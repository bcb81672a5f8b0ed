package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A kind of resource as discovery describes it.
 *
 * @param group             API group, empty for the core group
 * @param version           API version, as in {@code v1alpha1}
 * @param kind              as in {@code ClusterGroupUpgrade}
 * @param listKind          as in {@code ClusterGroupUpgradeList}
 * @param plural            the name in URLs
 * @param singular          the name for one
 * @param shortNames        what kubectl also understands
 * @param categories        groups of kinds, as in {@code kubectl get all}
 * @param namespaced        whether objects live in namespaces
 * @param statusSubresource whether status is written through {@code /status} only
 * @param columns           Table columns after the name, or among them one called Name in its place; empty means an age
 *                          column
 * @param schema            {@code openAPIV3Schema}; empty for built-in kinds, which are stored as they come
 */
public record ResourceKind(String group, String version, String kind, String listKind, String plural, String singular,
        List<String> shortNames, List<String> categories, boolean namespaced, boolean statusSubresource,
        List<PrinterColumn> columns, Optional<ObjectNode> schema) {

    /** Copies the lists and refuses a kind without a name. */
    public ResourceKind {
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        columns = List.copyOf(columns);
        if (version.isEmpty() || kind.isEmpty() || plural.isEmpty()) {
            throw new IllegalArgumentException("kind '%s' (plural '%s') of group '%s', version '%s': none may be empty"
                    .formatted(kind, plural, group, version));
        }
    }

    /**
     * The kind that a CustomResourceDefinition (apiextensions.k8s.io/v1) defines, in its storage version.
     *
     * @throws IllegalArgumentException where the definition has no served storage version
     */
    public static ResourceKind fromCrd(JsonNode crd) {
        return allFromCrd(crd).stream().findFirst().orElseThrow(() -> new IllegalArgumentException(
                "CustomResourceDefinition %s has no served version".formatted(crd.at("/metadata/name").asText())));
    }

    /** All served versions that a CustomResourceDefinition defines, the storage version first. */
    public static List<ResourceKind> allFromCrd(JsonNode crd) {
        JsonNode names = crd.at("/spec/names");
        String kind = names.path("kind").asText();
        List<ResourceKind> kinds = new ArrayList<>();
        for (JsonNode version : crd.at("/spec/versions")) {
            if (!version.path("served").asBoolean()) {
                continue;
            }
            List<PrinterColumn> columns = new ArrayList<>();
            version.path("additionalPrinterColumns").forEach(c -> columns.add(new PrinterColumn(
                    c.path("name").asText(), c.path("type").asText(), c.path("format").asText(),
                    c.path("description").asText(), c.path("jsonPath").asText(), c.path("priority").asInt())));
            JsonNode schema = version.at("/schema/openAPIV3Schema");
            ResourceKind served = new ResourceKind(crd.at("/spec/group").asText(), version.path("name").asText(), kind,
                    names.path("listKind").asText(kind + "List"), names.path("plural").asText(),
                    names.path("singular").asText(kind.toLowerCase(Locale.ROOT)), texts(names.path("shortNames")),
                    texts(names.path("categories")), crd.at("/spec/scope").asText().equals("Namespaced"),
                    version.path("subresources").has("status"), columns,
                    schema instanceof ObjectNode object ? Optional.of(object) : Optional.empty());
            kinds.add(version.path("storage").asBoolean() ? 0 : kinds.size(), served);
        }
        return kinds;
    }

    /**
     * A built-in kind in namespaces: no schema, names derived from the kind.
     *
     * @param apiVersion as in {@code v1} or {@code batch/v1}
     */
    public static ResourceKind namespaced(String apiVersion, String kind, String plural, String... shortNames) {
        return builtIn(apiVersion, kind, plural, true, shortNames);
    }

    /** A built-in kind outside namespaces: no schema, names derived from the kind. */
    public static ResourceKind clusterScoped(String apiVersion, String kind, String plural, String... shortNames) {
        return builtIn(apiVersion, kind, plural, false, shortNames);
    }

    private static ResourceKind builtIn(String apiVersion, String kind, String plural, boolean namespaced,
            String... shortNames) {
        int slash = apiVersion.indexOf('/');
        return new ResourceKind(slash < 0 ? "" : apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind,
                kind + "List", plural, kind.toLowerCase(Locale.ROOT), List.of(shortNames), List.of(), namespaced, false,
                List.of(), Optional.empty());
    }

    /** The same kind with a status subresource. */
    public ResourceKind withStatus() {
        return new ResourceKind(group, version, kind, listKind, plural, singular, shortNames, categories, namespaced,
                true, columns, schema);
    }

    /** The same kind with other Table columns. */
    public ResourceKind withColumns(PrinterColumn... other) {
        return new ResourceKind(group, version, kind, listKind, plural, singular, shortNames, categories, namespaced,
                statusSubresource, List.of(other), schema);
    }

    /** What stands in {@code apiVersion}: {@code v1}, {@code ran.openshift.io/v1alpha1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** The plural with its group, as in error messages: {@code widgets.test.dev}, {@code pods}. */
    public String qualifiedPlural() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    /** The kind with its group, as in error messages: {@code Widget.test.dev}, {@code Pod}. */
    public String qualifiedKind() {
        return group.isEmpty() ? kind : kind + "." + group;
    }

    private static List<String> texts(JsonNode list) {
        List<String> found = new ArrayList<>();
        list.forEach(element -> found.add(element.asText()));
        return found;
    }
}
