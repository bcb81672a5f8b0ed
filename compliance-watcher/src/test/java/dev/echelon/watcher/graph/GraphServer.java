package dev.echelon.watcher.graph;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** An update graph, or a proxy before one, that answers as the test says. */
public final class GraphServer implements AutoCloseable {

    private final HttpServer server;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile int code = 200;
    private volatile byte[] body = new byte[0];
    private volatile int announced = -1;

    /** A request as it came in. */
    public record Asked(String uri, String accept, String proxyAuthorization) {}

    /** Starts one on a free port of this machine. */
    public GraphServer() throws IOException {
        this(HttpServer.create());
    }

    GraphServer(HttpServer given) throws IOException {
        server = given;
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            asked.add(new Asked(
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders().getFirst("Accept"),
                    exchange.getRequestHeaders().getFirst("Proxy-Authorization")));
            if (code == 407) {
                exchange.getResponseHeaders().add("Proxy-Authenticate", "Basic realm=\"proxy\"");
                code = 200;
                exchange.sendResponseHeaders(407, -1);
                return;
            }
            exchange.sendResponseHeaders(code, announced >= 0 ? announced : body.length);
            exchange.getResponseBody().write(body);
            exchange.getResponseBody().flush();
            if (announced < 0) {
                exchange.close();
            }
        });
        server.start();
    }

    /** What an upstream of it is. */
    public String url() {
        return "http://127.0.0.1:" + port() + "/graph";
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** From here on it answers so. */
    public void answer(int code, String body) {
        this.body = body.getBytes(StandardCharsets.UTF_8);
        this.announced = -1;
        this.code = code;
    }

    /** From here on it announces a longer answer than it gives, and never ends. */
    void answerInPart(String body, int announced) {
        answer(200, body);
        this.announced = announced;
    }

    /** All requests so far. */
    public List<Asked> asked() {
        return asked;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
