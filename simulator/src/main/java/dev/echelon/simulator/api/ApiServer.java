package dev.echelon.simulator.api;

import dev.echelon.kubeapi.KubeApi;
import dev.echelon.kubeapi.json.Json;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The HTTP server: the hub's API at the root, where there is one, and the API of the spoke NAME below
 * {@code /spokes/NAME}.
 */
public final class ApiServer implements AutoCloseable {
    private static final String SPOKES = "/spokes/";

    private final Vertx vertx;
    private final HttpServer server;
    private volatile Function<String, Optional<KubeApi>> spokes = _ -> Optional.empty();

    /**
     * Starts to serve.
     *
     * @param host the address to listen on
     * @param port 0 takes a free one
     * @param hub  what is at the root
     * @throws IllegalStateException where the port is taken
     */
    public ApiServer(String host, int port, Optional<KubeApi> hub) {
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2));
        try {
            server = vertx.createHttpServer(new HttpServerOptions().setHost(host).setPort(port))
                    .requestHandler(request -> answer(request, hub)).listen().toCompletionStage().toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            vertx.close();
            throw new IllegalStateException("the simulator cannot listen on %s:%d: %s".formatted(host, port,
                    e.getCause().getMessage()), e.getCause());
        }
    }

    /** Whose APIs are below {@code /spokes}; looked up at each request. */
    public void spokes(Function<String, Optional<KubeApi>> byName) {
        spokes = byName;
    }

    /** Where it can be reached on this machine. */
    public String url() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    private void answer(HttpServerRequest request, Optional<KubeApi> hub) {
        String path = request.path() == null ? "" : request.path();
        if (!path.startsWith(SPOKES)) {
            hub.ifPresentOrElse(api -> api.handle(request, path), () -> notThere(request, "no hub is served here"));
            return;
        }
        int end = path.indexOf('/', SPOKES.length());
        String name = path.substring(SPOKES.length(), end < 0 ? path.length() : end);
        String rest = end < 0 ? "/" : path.substring(end);
        spokes.apply(name).ifPresentOrElse(api -> api.handle(request, rest),
                () -> notThere(request, "there is no such spoke"));
    }

    private static void notThere(HttpServerRequest request, String message) {
        request.response().setStatusCode(404).putHeader("Content-Type", "application/json").end(Json.object()
                .put("kind", "Status").put("apiVersion", "v1").put("status", "Failure").put("reason", "NotFound")
                .put("code", 404).put("message", message).toString());
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).join();
        vertx.close().toCompletionStage().toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).join();
    }
}
