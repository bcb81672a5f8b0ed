package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import java.util.List;
import java.util.Set;

/** Says what is served: group by group as of old, or all at once as clients since 1.26 ask for. */
final class Discovery {
    private static final List<String> VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
    private static final List<String> STATUS_VERBS = List.of("get", "patch", "update");

    private Discovery() {
    }

    /** {@code /api}. */
    static ObjectNode coreVersions(Catalog catalog) {
        ObjectNode versions = typed("APIVersions", "");
        ArrayNode list = versions.putArray("versions");
        catalog.versions("").forEach(list::add);
        versions.putArray("serverAddressByClientCIDRs");
        return versions;
    }

    /** {@code /apis}. */
    static ObjectNode groups(Catalog catalog) {
        ObjectNode list = typed("APIGroupList", "v1");
        ArrayNode groups = list.putArray("groups");
        catalog.groups().forEach(group -> groups.add(fill(Json.object(), catalog, group)));
        return list;
    }

    /** {@code /apis/G}. @throws ApiException 404 */
    static ObjectNode group(Catalog catalog, String group) {
        if (!catalog.groups().contains(group)) {
            throw ApiException.noSuchPath();
        }
        return fill(typed("APIGroup", "v1"), catalog, group);
    }

    private static ObjectNode fill(ObjectNode node, Catalog catalog, String group) {
        node.put("name", group);
        ArrayNode versions = node.putArray("versions");
        catalog.versions(group).forEach(version -> versions.add(version(version)));
        node.set("preferredVersion", version(catalog.versions(group).getFirst()));
        return node;
    }

    private static ObjectNode version(String groupVersion) {
        return Json.object().put("groupVersion", groupVersion)
                .put("version", groupVersion.substring(groupVersion.indexOf('/') + 1));
    }

    /** {@code /api/V} and {@code /apis/G/V}. @throws ApiException 404 */
    static ObjectNode resources(Catalog catalog, String apiVersion) {
        List<Served> kinds = catalog.of(apiVersion);
        if (kinds.isEmpty()) {
            throw ApiException.noSuchPath();
        }
        ObjectNode list = typed("APIResourceList", "v1").put("groupVersion", apiVersion);
        ArrayNode resources = list.putArray("resources");
        for (Served served : kinds) {
            ResourceKind kind = served.kind();
            ObjectNode resource = resource(kind, kind.plural(), kind.singular(), VERBS);
            texts(resource, "shortNames", kind.shortNames());
            texts(resource, "categories", kind.categories());
            resources.add(resource);
            if (kind.statusSubresource()) {
                resources.add(resource(kind, kind.plural() + "/status", "", STATUS_VERBS));
            }
            served.subresources().forEach((name, subresource) -> resources.add(
                    resource(kind, kind.plural() + "/" + name, "", sorted(subresource.verbs()))));
        }
        return list;
    }

    private static ObjectNode resource(ResourceKind kind, String name, String singular, List<String> verbs) {
        ObjectNode resource = Json.object().put("name", name).put("singularName", singular)
                .put("namespaced", kind.namespaced()).put("kind", kind.kind());
        ArrayNode all = resource.putArray("verbs");
        verbs.forEach(all::add);
        return resource;
    }

    /** {@code /api} or {@code /apis} in the aggregated form. */
    static ObjectNode aggregated(Catalog catalog, boolean core) {
        ObjectNode list = typed("APIGroupDiscoveryList", "apidiscovery.k8s.io/v2");
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        for (String group : core ? List.of("") : catalog.groups()) {
            if (catalog.versions(group).isEmpty()) {
                continue;
            }
            ObjectNode item = items.addObject();
            ObjectNode metadata = item.putObject("metadata");
            if (!group.isEmpty()) {
                metadata.put("name", group);
            }
            ArrayNode versions = item.putArray("versions");
            for (String version : catalog.versions(group)) {
                ObjectNode node = versions.addObject().put("version", version.substring(version.indexOf('/') + 1));
                ArrayNode resources = node.putArray("resources");
                catalog.of(version).forEach(served -> resources.add(aggregated(served)));
                node.put("freshness", "Current");
            }
        }
        return list;
    }

    private static ObjectNode aggregated(Served served) {
        ResourceKind kind = served.kind();
        ObjectNode resource = Json.object().put("resource", kind.plural());
        resource.set("responseKind", responseKind(kind));
        resource.put("scope", kind.namespaced() ? "Namespaced" : "Cluster").put("singularResource", kind.singular());
        texts(resource, "verbs", VERBS);
        texts(resource, "shortNames", kind.shortNames());
        texts(resource, "categories", kind.categories());
        ArrayNode subresources = Json.array();
        if (kind.statusSubresource()) {
            subresources.add(subresource(kind, "status", STATUS_VERBS));
        }
        served.subresources().forEach((name, subresource) ->
                subresources.add(subresource(kind, name, sorted(subresource.verbs()))));
        if (!subresources.isEmpty()) {
            resource.set("subresources", subresources);
        }
        return resource;
    }

    private static ObjectNode subresource(ResourceKind kind, String name, List<String> verbs) {
        ObjectNode node = Json.object().put("subresource", name);
        node.set("responseKind", responseKind(kind));
        texts(node, "verbs", verbs);
        return node;
    }

    private static ObjectNode responseKind(ResourceKind kind) {
        return Json.object().put("group", kind.group()).put("version", kind.version()).put("kind", kind.kind());
    }

    private static List<String> sorted(Set<String> verbs) {
        return verbs.stream().sorted().toList();
    }

    private static void texts(ObjectNode node, String field, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode list = node.putArray(field);
            values.forEach(list::add);
        }
    }

    private static ObjectNode typed(String kind, String apiVersion) {
        ObjectNode node = Json.object().put("kind", kind);
        return apiVersion.isEmpty() ? node : node.put("apiVersion", apiVersion);
    }
}
