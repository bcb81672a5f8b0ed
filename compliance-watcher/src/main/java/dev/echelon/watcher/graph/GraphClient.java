package dev.echelon.watcher.graph;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.echelon.contract.Json;
import dev.echelon.contract.observation.GraphAnswer;
import dev.echelon.contract.observation.PlatformRequest;
import java.io.IOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Puts one question to an update graph, and says in the contract's words what came of it (contract 3.5). Never an
 * exception: what goes wrong is the answer.
 */
final class GraphClient {

    private static final ObjectReader JSON =
            Json.mapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final String TUNNEL_AUTHENTICATION = "jdk.http.auth.tunneling.disabledSchemes";

    private final GraphSettings settings;
    private final EnvironmentProxy proxies;

    GraphClient(GraphSettings settings) {
        this.settings = settings;
        this.proxies = new EnvironmentProxy(settings.environment());
    }

    /**
     * Asks, and waits for the answer.
     *
     * @throws InterruptedException when interrupted, and in no other case
     */
    GraphAnswer ask(PlatformRequest request) throws InterruptedException {
        String url = GraphUrl.text(request);
        AtomicBoolean answered = new AtomicBoolean();
        HttpResponse<byte[]> response;
        // A client of its own: connections do not outlive an answer that is asked for every few minutes.
        try (HttpClient client = client(GraphUrl.uri(request))) {
            CompletableFuture<HttpResponse<byte[]>> exchange = client.sendAsync(
                    HttpRequest.newBuilder(GraphUrl.uri(request))
                            .header("Accept", "application/json")
                            .GET()
                            .build(),
                    body(answered));
            try {
                response = exchange.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
            } finally {
                exchange.cancel(true);
                client.shutdownNow();
            }
        } catch (IllegalArgumentException e) {
            return failure(request, "unable to request update graph on url " + url + ": " + e.getMessage());
        } catch (ExecutionException | TimeoutException e) {
            return failure(request, (answered.get()
                    ? "unable to read body from response: "
                    : "unable to request update graph on url " + url + ": ") + reason(e));
        }
        if (response.statusCode() / 100 != 2) {
            return failure(request, "error response from update graph url " + url + ": " + response.statusCode());
        }
        try {
            return find(request, JSON.readTree(response.body()))
                    .map(image -> new GraphAnswer(request, image, null))
                    .orElseGet(() -> failure(request, "unable to find version " + request.version()
                            + " on update graph on url " + url));
        } catch (JsonProcessingException e) {
            return failure(request, "unable to unmarshal body: " + e.getOriginalMessage());
        } catch (IOException e) {
            return failure(request, "unable to unmarshal body: " + e.getMessage());
        }
    }

    private HttpClient client(URI uri) {
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(settings.timeout());
        proxies.of(uri).ifPresent(proxy -> through(proxy, client));
        if (settings.insecure()) {
            client.sslContext(AnyCertificate.context());
        }
        return client.build();
    }

    private static void through(URI proxy, HttpClient.Builder client) {
        client.proxy(ProxySelector.of(
                new InetSocketAddress(proxy.getHost(), proxy.getPort() >= 0 ? proxy.getPort() : 80)));
        if (proxy.getUserInfo() == null) {
            return;
        }
        // The JDK keeps passwords from proxies of https unless it is told otherwise before the first request.
        if (System.getProperty(TUNNEL_AUTHENTICATION) == null) {
            System.setProperty(TUNNEL_AUTHENTICATION, "");
        }
        String[] user = proxy.getUserInfo().split(":", 2);
        client.authenticator(new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return getRequestorType() == RequestorType.PROXY
                        ? new PasswordAuthentication(user[0], user.length > 1 ? user[1].toCharArray() : new char[0])
                        : null;
            }
        });
    }

    private BodyHandler<byte[]> body(AtomicBoolean answered) {
        return response -> {
            answered.set(true);
            return response.statusCode() / 100 == 2
                    ? BodySubscribers.limiting(BodySubscribers.ofByteArray(), settings.largestAnswer())
                    : BodySubscribers.replacing(new byte[0]);
        };
    }

    /** The payload of the first node of that version that has one. */
    private static Optional<String> find(PlatformRequest request, JsonNode graph) throws IOException {
        JsonNode nodes = graph.path("nodes");
        if (!graph.isObject() && !graph.isNull() || !nodes.isMissingNode() && !nodes.isNull() && !nodes.isArray()) {
            throw new IOException("expected an object with a list of nodes");
        }
        for (JsonNode node : nodes) {
            String image = node.path("payload").asText("");
            if (node.path("version").asText("").equals(request.version()) && !image.isEmpty()) {
                return Optional.of(image);
            }
        }
        return Optional.empty();
    }

    private String reason(Exception failure) {
        Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
        if (cause instanceof TimeoutException || cause instanceof HttpConnectTimeoutException) {
            return "no answer within " + settings.timeout().toMillis() + " ms";
        }
        for (Throwable inner = cause; inner != null; inner = inner.getCause()) {
            if (inner instanceof UnresolvedAddressException) {
                return "no such host";
            }
        }
        if (cause.getMessage() == null) {
            return cause instanceof ConnectException ? "connection refused" : cause.getClass().getSimpleName();
        }
        return cause.getMessage();
    }

    private static GraphAnswer failure(PlatformRequest request, String error) {
        return new GraphAnswer(request, null, error);
    }
}
