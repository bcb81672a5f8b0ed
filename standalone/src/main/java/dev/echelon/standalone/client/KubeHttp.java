package dev.echelon.standalone.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.echelon.contract.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Speaks to a Kubernetes API as kubectl does, with nothing but HTTP, so that the demo shows what any client can do.
 * One instance per server; the base address may have a path, as a spoke's API has.
 */
public final class KubeHttp {

    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient client;
    private final String base;
    private final Optional<String> token;

    /** A server on loopback that takes anybody. */
    public KubeHttp(URI base) {
        this(base, plainClient(), Optional.empty());
    }

    /** A server on loopback that wants a bearer token. */
    public static KubeHttp withToken(URI base, String token) {
        return new KubeHttp(base, plainClient(), Optional.of(token));
    }

    private static HttpClient plainClient() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build();
    }

    /** A server that wants a bearer token, through a client that trusts it. */
    public KubeHttp(URI base, HttpClient client, Optional<String> token) {
        this.base = base.toString().replaceAll("/$", "");
        this.client = client;
        this.token = token;
    }

    /** The object or list at this path; empty when there is none (404). */
    public Optional<JsonNode> find(String path) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send(request(path).GET());
        return response.statusCode() == 404 ? Optional.empty() : Optional.of(checked(response));
    }

    /** The object or list at this path. */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return checked(send(request(path).GET()));
    }

    /** The same as the API server prints it for kubectl. */
    public JsonNode table(String path) throws IOException, InterruptedException {
        return checked(send(request(path).header("Accept", TABLE).GET()));
    }

    /** Plain text, for example a log; empty when there is none yet. */
    public String text(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request(path).GET().build(), BodyHandlers.ofString());
        return response.statusCode() < 300 ? response.body() : "";
    }

    /** Whether the server answers this path, and with success. */
    public boolean succeeds(String path) throws InterruptedException {
        try {
            return send(request(path).GET()).statusCode() < 300;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Creates an object from YAML or JSON text. */
    public JsonNode create(String path, String yaml) throws IOException, InterruptedException {
        return checked(send(request(path)
                .header("Content-Type", "application/yaml")
                .POST(HttpRequest.BodyPublishers.ofString(yaml))));
    }

    /** A merge patch. */
    public JsonNode merge(String path, String json) throws IOException, InterruptedException {
        return checked(send(request(path)
                .header("Content-Type", "application/merge-patch+json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(json))));
    }

    /** Deletes the object, or asks for it where finalizers hold it. */
    public JsonNode delete(String path) throws IOException, InterruptedException {
        return checked(send(request(path).DELETE()));
    }

    /** Watch events as tables, one line each, until the server or the reader closes the stream. */
    public Stream<String> watchTable(String path) throws IOException, InterruptedException {
        return lines(path, TABLE);
    }

    /** Watch events, one line of JSON each, until the server or the reader closes the stream. */
    public Stream<String> watch(String path) throws IOException, InterruptedException {
        return lines(path, "application/json");
    }

    /**
     * Lines of plain text as they are written, for example a log's, until the server or the reader closes the stream.
     */
    public Stream<String> follow(String path) throws IOException, InterruptedException {
        return lines(path, "*/*");
    }

    private Stream<String> lines(String path, String accept) throws IOException, InterruptedException {
        // Without a timeout: a watch is long.
        HttpRequest request = unbounded(path).header("Accept", accept).build();
        HttpResponse<Stream<String>> response = client.send(request, BodyHandlers.ofLines());
        if (response.statusCode() >= 300) {
            throw new IOException("GET " + request.uri() + " answered " + response.statusCode());
        }
        return response.body();
    }

    private HttpRequest.Builder request(String path) {
        return unbounded(path).timeout(PATIENCE);
    }

    private HttpRequest.Builder unbounded(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
        return request;
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static JsonNode checked(HttpResponse<byte[]> response) throws IOException {
        JsonNode body = Json.mapper().readTree(response.body());
        if (response.statusCode() >= 300) {
            throw new IOException(response.request().method() + " " + response.uri() + " answered "
                    + response.statusCode() + ": " + body.path("message").asText(body.toString()));
        }
        return body;
    }
}
