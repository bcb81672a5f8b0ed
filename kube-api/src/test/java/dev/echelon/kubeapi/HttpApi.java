package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.hubfixture.AnyCertificate;
import dev.echelon.kubeapi.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Speaks plain HTTP to an API server, as curl would. */
final class HttpApi {
    static final String JSON = "application/json";
    static final String MERGE = "application/merge-patch+json";
    static final String OPERATIONS = "application/json-patch+json";
    static final String APPLY = "application/apply-patch+yaml";
    static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

    record Answer(int code, JsonNode body, List<String> warnings, String contentType) {
        String at(String pointer) {
            return body.at(pointer).asText();
        }
    }

    private final String url;
    private final String token;
    private final HttpClient client;

    HttpApi(String url, String token) {
        this.url = url;
        this.token = token;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(AnyCertificate.context())
                .build();
    }

    String url() {
        return url;
    }

    String token() {
        return token;
    }

    Answer get(String path) {
        return send("GET", path, "", "");
    }

    Answer get(String path, String accept) {
        return send(request("GET", path, "", "").header("Accept", accept));
    }

    Answer post(String path, String body) {
        return send("POST", path, JSON, body);
    }

    Answer patch(String path, String type, String body) {
        return send("PATCH", path, type, body);
    }

    Answer delete(String path) {
        return send("DELETE", path, "", "");
    }

    Answer send(String method, String path, String type, String body) {
        return send(request(method, path, type, body));
    }

    Answer send(HttpRequest.Builder request) {
        HttpResponse<byte[]> response = exchange(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        String type = response.headers().firstValue("Content-Type").orElse("");
        return new Answer(response.statusCode(), read(type, response.body()), response.headers().allValues("Warning"),
                type);
    }

    /** The body of a watch, as it comes. */
    InputStream open(String path) {
        return open(path, JSON);
    }

    InputStream open(String path, String accept) {
        return exchange(request("GET", path, "", "").header("Accept", accept).build(),
                HttpResponse.BodyHandlers.ofInputStream()).body();
    }

    HttpRequest.Builder request(String method, String path, String type, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(60))
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + token);
        return type.isEmpty() ? request : request.header("Content-Type", type);
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return client.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode read(String type, byte[] body) {
        if (body.length == 0) {
            return Json.object();
        }
        return switch (type) {
            case "application/json" -> Json.parse(body);
            case "application/yaml" -> Json.parseYaml(body);
            default -> type.startsWith("application/json;") ? Json.parse(body)
                    : Json.object().put("text", new String(body, StandardCharsets.UTF_8));
        };
    }
}
