package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Consumer;

/** A server over a store in memory, with the kinds Widget, Namespace and ConfigMap. */
final class ApiServer implements AutoCloseable {
    static final ResourceKind WIDGET = ResourceKind.fromCrd(crd());
    static final ResourceKind NAMESPACE =
            ResourceKind.clusterScoped("v1", "Namespace", "namespaces", "ns").withStatus();
    static final ResourceKind CONFIG_MAP = ResourceKind.namespaced("v1", "ConfigMap", "configmaps", "cm");

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer http;
    final InMemoryStore store;
    final KubeApi api;

    private ApiServer(InMemoryStore store, int port, String prefix, Consumer<KubeApi.Builder> settings) {
        this.store = store;
        KubeApi.Builder builder = KubeApi.builder().kinds(store, NAMESPACE, CONFIG_MAP, WIDGET)
                .bookmarkInterval(Duration.ofMillis(200));
        settings.accept(builder);
        api = builder.build();
        Router router = Router.router(vertx);
        api.mount(router, prefix);
        http = vertx.createHttpServer().requestHandler(router).listen(port, "127.0.0.1")
                .toCompletionStage().toCompletableFuture().join();
    }

    static ApiServer start() {
        return start(new InMemoryStore(), "", _ -> { });
    }

    static ApiServer start(InMemoryStore store, String prefix, Consumer<KubeApi.Builder> settings) {
        return new ApiServer(store, 0, prefix, settings);
    }

    String url() {
        return "http://127.0.0.1:" + http.actualPort();
    }

    static ObjectNode crd() {
        try (InputStream yaml = ApiServer.class.getResourceAsStream("/widgets-crd.yaml")) {
            return (ObjectNode) Json.parseYaml(yaml.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** Serves until killed, to be tried with kubectl: {@code ApiServer PORT [PREFIX]}. */
    public static void main(String... arguments) throws InterruptedException {
        ApiServer server = new ApiServer(new InMemoryStore(), Integer.parseInt(arguments[0]),
                arguments.length > 1 ? arguments[1] : "", _ -> { });
        System.out.println("serving " + server.url());
        Thread.currentThread().join();
    }
}
