package dev.echelon.hubclient;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import io.fabric8.kubernetes.client.http.TlsVersion;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/**
 * The client's own HTTP, which also tells of requests that no answer came to. By itself the client tells its
 * interceptors of those only where it may try again, which none of ours may; and of a watch that it begins anew nobody
 * at all.
 */
final class TellingHttp implements HttpClient {

    private final HttpClient http;
    private final List<Interceptor> told;

    private TellingHttp(HttpClient http, List<Interceptor> told) {
        this.http = http;
        this.told = told;
    }

    /** Makes clients that tell these of failed requests. */
    static HttpClient.Factory factory(HttpClient.Factory factory, List<Interceptor> told) {
        return new HttpClient.Factory() {
            @Override
            public HttpClient.Builder newBuilder(Config config) {
                return new Building(factory.newBuilder(config), told);
            }

            @Override
            public HttpClient.Builder newBuilder() {
                return new Building(factory.newBuilder(), told);
            }
        };
    }

    private void tell(HttpRequest request, Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        // A handshake that was refused is an answer; who cancels knows why.
        if (cause != null
                && !(cause instanceof CancellationException)
                && !(cause instanceof WebSocketHandshakeException)) {
            told.forEach(each -> each.afterConnectionFailure(request, cause));
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, Class<T> type) {
        CompletableFuture<HttpResponse<T>> answer = http.sendAsync(request, type);
        answer.whenComplete((_, failure) -> tell(request, failure));
        return answer;
    }

    @Override
    public CompletableFuture<HttpResponse<AsyncBody>> consumeBytes(
            HttpRequest request, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        CompletableFuture<HttpResponse<AsyncBody>> answer = http.consumeBytes(request, consumer);
        answer.whenComplete((_, failure) -> tell(request, failure));
        return answer;
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return new Opening(http.newWebSocketBuilder());
    }

    @Override
    public HttpRequest.Builder newHttpRequestBuilder() {
        return http.newHttpRequestBuilder();
    }

    @Override
    public DerivedClientBuilder newBuilder() {
        return new Deriving(http.newBuilder(), told);
    }

    @Override
    public boolean isClosed() {
        return http.isClosed();
    }

    @Override
    public void close() {
        http.close();
    }

    /** A web socket that is to be opened. */
    private final class Opening implements WebSocket.Builder {

        private final WebSocket.Builder builder;
        private URI uri;

        Opening(WebSocket.Builder builder) {
            this.builder = builder;
        }

        @Override
        public CompletableFuture<WebSocket> buildAsync(WebSocket.Listener listener) {
            HttpRequest request = new StandardHttpRequest(null, uri, "GET", null);
            CompletableFuture<WebSocket> socket = builder.buildAsync(listener);
            socket.whenComplete((_, failure) -> tell(request, failure));
            return socket;
        }

        @Override
        public WebSocket.Builder subprotocol(String protocol) {
            builder.subprotocol(protocol);
            return this;
        }

        @Override
        public WebSocket.Builder header(String name, String value) {
            builder.header(name, value);
            return this;
        }

        @Override
        public WebSocket.Builder setHeader(String name, String value) {
            builder.setHeader(name, value);
            return this;
        }

        @Override
        public WebSocket.Builder uri(URI address) {
            uri = address;
            builder.uri(address);
            return this;
        }

        @Override
        public WebSocket.Builder connectTimeout(long timeout, TimeUnit unit) {
            builder.connectTimeout(timeout, unit);
            return this;
        }
    }

    private record Deriving(DerivedClientBuilder builder, List<Interceptor> told) implements DerivedClientBuilder {

        @Override
        public HttpClient build() {
            return new TellingHttp(builder.build(), told);
        }

        @Override
        public DerivedClientBuilder addOrReplaceInterceptor(String name, Interceptor interceptor) {
            builder.addOrReplaceInterceptor(name, interceptor);
            return this;
        }

        @Override
        public DerivedClientBuilder authenticatorNone() {
            builder.authenticatorNone();
            return this;
        }

        @Override
        public DerivedClientBuilder tag(Object value) {
            builder.tag(value);
            return this;
        }
    }

    private record Building(HttpClient.Builder builder, List<Interceptor> told) implements HttpClient.Builder {

        @Override
        public HttpClient build() {
            return new TellingHttp(builder.build(), told);
        }

        @Override
        public DerivedClientBuilder tag(Object value) {
            builder.tag(value);
            return this;
        }

        @Override
        public HttpClient.Builder connectTimeout(long timeout, TimeUnit unit) {
            builder.connectTimeout(timeout, unit);
            return this;
        }

        @Override
        public HttpClient.Builder addOrReplaceInterceptor(String name, Interceptor interceptor) {
            builder.addOrReplaceInterceptor(name, interceptor);
            return this;
        }

        @Override
        public HttpClient.Builder authenticatorNone() {
            builder.authenticatorNone();
            return this;
        }

        @Override
        public HttpClient.Builder sslContext(KeyManager[] keys, TrustManager[] trust) {
            builder.sslContext(keys, trust);
            return this;
        }

        @Override
        public HttpClient.Builder followAllRedirects() {
            builder.followAllRedirects();
            return this;
        }

        @Override
        public HttpClient.Builder proxyAddress(InetSocketAddress address) {
            builder.proxyAddress(address);
            return this;
        }

        @Override
        public HttpClient.Builder proxyAuthorization(String authorization) {
            builder.proxyAuthorization(authorization);
            return this;
        }

        @Override
        public HttpClient.Builder tlsVersions(TlsVersion... versions) {
            builder.tlsVersions(versions);
            return this;
        }

        @Override
        public HttpClient.Builder preferHttp11() {
            builder.preferHttp11();
            return this;
        }

        @Override
        public HttpClient.Builder proxyType(HttpClient.ProxyType type) {
            builder.proxyType(type);
            return this;
        }
    }
}
