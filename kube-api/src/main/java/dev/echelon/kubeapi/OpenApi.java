package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The OpenAPI documents: version 3 per API version, from the kinds' schemas; version 2 empty, as the protobuf message
 * that kubectl falls back to when it looks for a strategic merge patch.
 */
final class OpenApi {
    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private static final List<String> PATCHES = List.of("application/apply-patch+yaml", "application/json-patch+json",
            "application/merge-patch+json");

    private OpenApi() {
    }

    /** {@code /openapi/v3}: where the documents are. */
    static ObjectNode index(Catalog catalog) {
        ObjectNode index = Json.object();
        ObjectNode paths = index.putObject("paths");
        catalog.byVersion().keySet().forEach(version -> {
            String path = path(version);
            // Clients keep a document for as long as its hash stays the same.
            paths.putObject(path).put("serverRelativeURL", "/openapi/v3/%s?hash=%08X".formatted(path,
                    document(catalog, version).hashCode()));
        });
        return index;
    }

    /** {@code /openapi/v3/apis/G/V}. @throws ApiException 404 */
    static ObjectNode document(Catalog catalog, String apiVersion) {
        List<Served> kinds = catalog.of(apiVersion);
        if (kinds.isEmpty()) {
            throw ApiException.noSuchPath();
        }
        ObjectNode document = Json.object().put("openapi", "3.0.0");
        document.putObject("info").put("title", "Echelon").put("version", "v1");
        ObjectNode paths = document.putObject("paths");
        ObjectNode schemas = document.putObject("components").putObject("schemas");
        schemas.set(META + "ObjectMeta", objectMeta());
        schemas.set(META + "ListMeta", listMeta());
        schemas.set(META + "Status", Json.object().put("type", "object")
                .put("description", "The outcome of a request"));
        schemas.set(META + "Patch", Json.object().put("type", "object")
                .put("description", "A patch in the form that its content type names"));
        kinds.forEach(served -> {
            addSchemas(schemas, served.kind());
            addPaths(paths, served);
        });
        return document;
    }

    private static void addSchemas(ObjectNode schemas, ResourceKind kind) {
        ObjectNode schema = kind.schema().map(Json::copyOf).orElseGet(() -> {
            ObjectNode open = Json.object().put("type", "object").put("x-kubernetes-preserve-unknown-fields", true);
            return open.put("description", kind.kind());
        });
        ObjectNode properties = Json.copyOf(Json.objectAt(schema, "properties"));
        properties.set("apiVersion", text("APIVersion defines the versioned schema of this representation"));
        properties.set("kind", text("Kind is a string value representing the REST resource this object represents"));
        ObjectNode metadata = Json.object().put("description", "Standard object's metadata");
        metadata.putArray("allOf").add(reference(META + "ObjectMeta"));
        properties.set("metadata", metadata);
        schema.set("properties", properties);
        schema.set("x-kubernetes-group-version-kind", Json.array().add(typeOf(kind, kind.kind())));
        schemas.set(nameOf(kind, kind.kind()), schema);

        ObjectNode list = Json.object().put("type", "object").put("description", kind.listKind());
        list.putArray("required").add("items");
        ObjectNode fields = list.putObject("properties");
        fields.set("apiVersion", text("APIVersion defines the versioned schema of this representation"));
        fields.set("kind", text("Kind is a string value representing the REST resource this object represents"));
        fields.set("metadata", reference(META + "ListMeta"));
        fields.putObject("items").put("type", "array").set("items", reference(nameOf(kind, kind.kind())));
        list.set("x-kubernetes-group-version-kind", Json.array().add(typeOf(kind, kind.listKind())));
        schemas.set(nameOf(kind, kind.listKind()), list);
    }

    private static void addPaths(ObjectNode paths, Served served) {
        ResourceKind kind = served.kind();
        String root = "/" + path(kind.apiVersion());
        String scope = kind.namespaced() ? root + "/namespaces/{namespace}/" : root + "/";
        String object = nameOf(kind, kind.kind());
        String list = nameOf(kind, kind.listKind());

        ObjectNode collection = paths.putObject(scope + kind.plural());
        List<String> inPath = kind.namespaced() ? List.of("namespace") : List.of();
        collection.set("parameters", pathParameters(inPath));
        collection.set("get", operation(kind, "list", "list", list, List.of("fieldSelector", "labelSelector", "limit",
                "continue", "resourceVersion", "watch", "timeoutSeconds", "allowWatchBookmarks")));
        collection.set("post", withBody(operation(kind, "create", "post", object,
                List.of("dryRun", "fieldManager", "fieldValidation")), List.of("application/json"), object));
        collection.set("delete", operation(kind, "deletecollection", "deletecollection", META + "Status",
                List.of("dryRun", "fieldSelector", "labelSelector")));
        if (kind.namespaced()) {
            paths.putObject(root + "/" + kind.plural()).set("get", operation(kind, "list", "list", list,
                    List.of("fieldSelector", "labelSelector", "limit", "continue", "watch")));
        }

        List<String> named = new ArrayList<>(inPath);
        named.add("name");
        String one = scope + kind.plural() + "/{name}";
        paths.set(one, itemPath(kind, named, object, true));
        if (kind.statusSubresource()) {
            paths.set(one + "/status", itemPath(kind, named, object, false));
        }
        served.subresources().forEach((name, subresource) -> {
            ObjectNode item = paths.putObject(one + "/" + name);
            item.set("parameters", pathParameters(named));
            subresource.verbs().stream().sorted().forEach(verb -> item.set(method(verb),
                    operation(kind, verb, "connect", META + "Status", List.of())));
        });
    }

    private static ObjectNode itemPath(ResourceKind kind, List<String> named, String object, boolean whole) {
        ObjectNode item = Json.object();
        item.set("parameters", pathParameters(named));
        item.set("get", operation(kind, "read", "get", object, List.of("resourceVersion")));
        item.set("put", withBody(operation(kind, "replace", "put", object,
                List.of("dryRun", "fieldManager", "fieldValidation")), List.of("application/json"), object));
        item.set("patch", withBody(operation(kind, "patch", "patch", object,
                List.of("dryRun", "fieldManager", "fieldValidation", "force")), PATCHES, META + "Patch"));
        if (whole) {
            item.set("delete", operation(kind, "delete", "delete", META + "Status",
                    List.of("dryRun", "gracePeriodSeconds", "propagationPolicy")));
        }
        return item;
    }

    private static ObjectNode operation(ResourceKind kind, String verb, String action, String answer,
            List<String> parameters) {
        ObjectNode operation = Json.object().put("description", "%s %s".formatted(verb, kind.kind()));
        ArrayNode list = operation.putArray("parameters");
        parameters.forEach(name -> {
            ObjectNode parameter = list.addObject().put("name", name).put("in", "query");
            parameter.putObject("schema").put("type", "string");
        });
        operation.putObject("responses").putObject("200").put("description", "OK").putObject("content")
                .putObject("application/json").set("schema", reference(answer));
        operation.put("x-kubernetes-action", action);
        operation.set("x-kubernetes-group-version-kind", typeOf(kind, kind.kind()));
        return operation;
    }

    private static ObjectNode withBody(ObjectNode operation, List<String> types, String schema) {
        ObjectNode content = operation.putObject("requestBody").put("required", true).putObject("content");
        types.forEach(type -> content.putObject(type).set("schema", reference(schema)));
        return operation;
    }

    private static ArrayNode pathParameters(List<String> names) {
        ArrayNode parameters = Json.array();
        names.forEach(name -> parameters.addObject().put("name", name).put("in", "path").put("required", true)
                .putObject("schema").put("type", "string"));
        return parameters;
    }

    private static String method(String verb) {
        return switch (verb) {
            case "create" -> "post";
            case "update" -> "put";
            default -> verb;
        };
    }

    private static ObjectNode objectMeta() {
        ObjectNode schema = Json.object().put("type", "object")
                .put("description", "ObjectMeta is metadata that all persisted resources must have.");
        ObjectNode properties = schema.putObject("properties");
        for (String field : List.of("name", "generateName", "namespace", "uid", "resourceVersion",
                "creationTimestamp", "deletionTimestamp")) {
            properties.putObject(field).put("type", "string");
        }
        properties.putObject("generation").put("type", "integer").put("format", "int64");
        for (String field : List.of("labels", "annotations")) {
            properties.putObject(field).put("type", "object").putObject("additionalProperties").put("type", "string");
        }
        properties.putObject("finalizers").put("type", "array").putObject("items").put("type", "string");
        properties.putObject("ownerReferences").put("type", "array").putObject("items").put("type", "object");
        return schema;
    }

    private static ObjectNode listMeta() {
        ObjectNode schema = Json.object().put("type", "object").put("description", "ListMeta describes a list.");
        ObjectNode properties = schema.putObject("properties");
        properties.putObject("resourceVersion").put("type", "string");
        properties.putObject("continue").put("type", "string");
        properties.putObject("remainingItemCount").put("type", "integer").put("format", "int64");
        return schema;
    }

    private static ObjectNode text(String description) {
        return Json.object().put("type", "string").put("description", description);
    }

    private static ObjectNode reference(String schema) {
        return Json.object().put("$ref", "#/components/schemas/" + schema);
    }

    private static ObjectNode typeOf(ResourceKind kind, String name) {
        return Json.object().put("group", kind.group()).put("version", kind.version()).put("kind", name);
    }

    private static String nameOf(ResourceKind kind, String name) {
        if (kind.group().isEmpty()) {
            return "io.k8s.api.core." + kind.version() + "." + name;
        }
        List<String> labels = new ArrayList<>(List.of(kind.group().toLowerCase(Locale.ROOT).split("\\.")));
        Collections.reverse(labels);
        return String.join(".", labels) + "." + kind.version() + "." + name;
    }

    private static String path(String apiVersion) {
        return apiVersion.contains("/") ? "apis/" + apiVersion : "api/" + apiVersion;
    }

    /** An {@code openapi_v2.Document} that says Swagger 2.0 and has no paths, in protobuf. */
    static byte[] emptyVersion2() {
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        protobufText(info, 1, "Echelon");
        protobufText(info, 2, "v1");
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        protobufText(document, 1, "2.0");
        protobufBytes(document, 2, info.toByteArray());
        return document.toByteArray();
    }

    private static void protobufText(ByteArrayOutputStream out, int field, String text) {
        protobufBytes(out, field, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A length-delimited field; all lengths here fit the one byte that protobuf needs below 128. */
    private static void protobufBytes(ByteArrayOutputStream out, int field, byte[] bytes) {
        out.write(field << 3 | 2);
        out.write(bytes.length);
        out.writeBytes(bytes);
    }
}
