package dev.echelon.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.simulator.api.HubKinds;
import dev.echelon.simulator.api.SpokeKinds;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Somebody at the API of a hub or a spoke who knows no types. */
record HubUser(KubernetesClient client) implements AutoCloseable {
    Optional<ObjectNode> find(ResourceKind kind, String namespace, String name) {
        HttpResponse<byte[]> response = send("GET", path(kind, namespace) + "/" + name, Optional.empty(), "");
        return response.code() == 404 ? Optional.empty() : Optional.of((ObjectNode) Json.parse(response.body()));
    }

    ObjectNode get(ResourceKind kind, String namespace, String name) {
        return find(kind, namespace, name).orElseGet(Json::object);
    }

    /** Creates objects from YAML documents. */
    void create(String yaml) {
        for (String document : yaml.split("(?m)^---\\s*$")) {
            if (!document.isBlank()) {
                ObjectNode object = (ObjectNode) Json.parseYaml(document.getBytes(StandardCharsets.UTF_8));
                ResourceKind kind = HubKinds.of(Json.textAt(object, "apiVersion"), Json.textAt(object, "kind"))
                        .orElseGet(() -> new SpokeKinds().of(Json.textAt(object, "apiVersion"),
                                Json.textAt(object, "kind"), true));
                HttpResponse<byte[]> response = send("POST", path(kind, object.at("/metadata/namespace").asText()),
                        Optional.of(object), "application/json");
                if (response.code() >= 300) {
                    throw new IllegalStateException(new String(response.body(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    void merge(ResourceKind kind, String namespace, String name, String patch) {
        HttpResponse<byte[]> response = send("PATCH", path(kind, namespace) + "/" + name,
                Optional.of(Json.parseYaml(patch.getBytes(StandardCharsets.UTF_8))), "application/merge-patch+json");
        if (response.code() >= 300) {
            throw new IllegalStateException(new String(response.body(), StandardCharsets.UTF_8));
        }
    }

    void delete(ResourceKind kind, String namespace, String name) {
        send("DELETE", path(kind, namespace) + "/" + name, Optional.of(Json.object()), "application/json");
    }

    /** Deletes all objects of the kind in the namespace. */
    void deleteAll(ResourceKind kind, String namespace) {
        send("DELETE", path(kind, namespace), Optional.of(Json.object()), "application/json");
    }

    String text(String path) {
        return new String(send("GET", path, Optional.empty(), "").body(), StandardCharsets.UTF_8);
    }

    private static String path(ResourceKind kind, String namespace) {
        return (kind.group().isEmpty() ? "/api/" : "/apis/" + kind.group() + "/") + kind.version()
                + (namespace.isEmpty() ? "" : "/namespaces/" + namespace) + "/" + kind.plural();
    }

    private HttpResponse<byte[]> send(String verb, String path, Optional<JsonNode> body, String type) {
        String base = client.getMasterUrl().toString().replaceAll("/$", "");
        HttpRequest.Builder request = client.getHttpClient().newHttpRequestBuilder().uri(base + path);
        body.ifPresent(json -> request.method(verb, type, new String(Json.encode(json), StandardCharsets.UTF_8)));
        return client.getHttpClient().sendAsync(request.build(), byte[].class).join();
    }

    @Override
    public void close() {
        client.close();
    }
}
