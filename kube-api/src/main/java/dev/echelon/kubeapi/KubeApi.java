package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * Serves kinds of resources over HTTP as a Kubernetes API server does: discovery, get, list, watch, create, replace,
 * patch, delete, Table output, {@code Status} errors, OpenAPI. docs/api.md says what is served and how it differs.
 *
 * <p>Kinds can be added and taken away while serving. Requests are answered on virtual threads; stores and handlers may
 * block.
 */
public final class KubeApi {
    /** The largest body accepted, unless said otherwise: as an API server has it. */
    public static final int DEFAULT_MAX_BODY_BYTES = 3 * 1024 * 1024;

    private static final Logger LOG = Logger.getLogger(KubeApi.class);
    /** Open to everybody, as a load balancer needs it and a Kubernetes API server has it. */
    private static final Set<String> HEALTH = Set.of("healthz", "livez", "readyz");
    private static final Executor VIRTUAL_THREADS =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kube-api-", 0).factory());

    private final Authenticator identity;
    private final AccessCheck access;
    private final Optional<TrafficLimits> limits;
    private final boolean bareNamespaces;
    private final int maxBodyBytes;
    private final WatchStream.Settings watches;
    private final String gitVersion;
    private final Reads reads;
    private final Writes writes;
    private volatile Catalog catalog;

    private KubeApi(Builder builder) {
        identity = builder.identity;
        access = builder.access;
        limits = builder.limits;
        bareNamespaces = builder.bareNamespaces;
        maxBodyBytes = builder.maxBodyBytes;
        watches = new WatchStream.Settings(builder.bookmarkInterval, builder.longestWatch, builder.watchBacklog,
                builder.clock);
        gitVersion = builder.gitVersion;
        reads = new Reads(builder.clock);
        writes = new Writes(reads);
        catalog = builder.catalog;
        builder.definitions.ifPresent(store ->
                serve(new CustomResourceDefinitions(store, this, builder.clock), CustomResourceDefinitions.KIND));
    }

    /** Starts with nothing served, everybody anonymous and everything allowed. */
    public static Builder builder() {
        return new Builder();
    }

    /** Says what is served and how. */
    public static final class Builder {
        private Catalog catalog = Catalog.EMPTY;
        private Optional<ResourceStore> definitions = Optional.empty();
        private Authenticator identity = _ -> User.ANONYMOUS;
        private AccessCheck access = _ -> { };
        private Optional<TrafficLimits> limits = Optional.empty();
        private boolean bareNamespaces;
        private int maxBodyBytes = DEFAULT_MAX_BODY_BYTES;
        private Duration bookmarkInterval = Duration.ofSeconds(30);
        private Duration longestWatch = Duration.ofMinutes(45);
        private int watchBacklog = 10_000;
        private Clock clock = Clock.systemUTC();
        private String gitVersion = "v1.32.0";

        private Builder() {
        }

        /** Serves kinds out of a store. */
        public Builder kinds(ResourceStore store, ResourceKind... kinds) {
            return kinds(store, List.of(kinds));
        }

        /** Serves kinds out of a store. */
        public Builder kinds(ResourceStore store, List<ResourceKind> kinds) {
            kinds.forEach(kind -> catalog = catalog.with(new Served(kind, store)));
            return this;
        }

        /**
         * Serves a subresource of a kind that is served already.
         *
         * @param verbs which of {@code get, create, update, patch, delete} it answers
         */
        public Builder subresource(ResourceKind kind, String name, Set<String> verbs, SubresourceHandler handler) {
            Served served = catalog.find(kind.apiVersion(), kind.plural()).orElseThrow(() ->
                    new IllegalArgumentException("subresource '%s': kind %s of %s is not served; name it in kinds()"
                            .formatted(name, kind.kind(), kind.apiVersion())));
            catalog = catalog.with(served.with(name, new Served.Subresource(Set.copyOf(verbs), handler)));
            return this;
        }

        /** Serves a subresource that is read with GET. */
        public Builder subresource(ResourceKind kind, String name, SubresourceHandler handler) {
            return subresource(kind, name, Set.of("get"), handler);
        }

        /**
         * Serves CustomResourceDefinitions, and out of the same store whatever they define from the moment on when they
         * are applied.
         */
        public Builder customResources(ResourceStore store) {
            definitions = Optional.of(store);
            return this;
        }

        /** Who sends a request; everybody is anonymous, unless said otherwise. Asked of all but health checks. */
        public Builder identity(Authenticator authenticator) {
            this.identity = authenticator;
            return this;
        }

        /** Who may do what; everybody everything, unless said otherwise. */
        public Builder access(AccessCheck check) {
            this.access = check;
            return this;
        }

        /** How much a user may ask for; without end, unless said otherwise. */
        public Builder limits(TrafficLimits limits) {
            this.limits = Optional.of(limits);
            return this;
        }

        /**
         * Answers for every namespace as if it were there, where the kind is not served: kubectl asks for the namespace
         * of an object that it did not find, and shows that answer in place of the first.
         */
        public Builder bareNamespaces() {
            this.bareNamespaces = true;
            return this;
        }

        /** The largest body accepted, in bytes; a larger one is answered 413. */
        public Builder maxBodyBytes(int bytes) {
            this.maxBodyBytes = bytes;
            return this;
        }

        /** How often a watch that wants bookmarks gets one; 30 seconds, unless said otherwise. */
        public Builder bookmarkInterval(Duration interval) {
            this.bookmarkInterval = interval;
            return this;
        }

        /** How long a watch lasts at most; 45 minutes, unless said otherwise. */
        public Builder longestWatch(Duration length) {
            this.longestWatch = length;
            return this;
        }

        /** How many changes a watch may leave unread before it is ended with 410; 10,000, unless said otherwise. */
        public Builder watchBacklog(int changes) {
            this.watchBacklog = changes;
            return this;
        }

        /** The clock for ages in Tables. */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /** What {@code /version} says, in Kubernetes' form; {@code v1.32.0}, unless said otherwise. */
        public Builder gitVersion(String version) {
            this.gitVersion = version;
            return this;
        }

        /** The API, ready to be mounted. */
        public KubeApi build() {
            return new KubeApi(this);
        }
    }

    /** Serves more kinds, or other descriptions of kinds served already; their custom subresources stay. */
    public void serve(ResourceStore store, ResourceKind... kinds) {
        change(current -> {
            Catalog next = current;
            for (ResourceKind kind : kinds) {
                Served served = new Served(kind, store);
                for (var kept : current.find(kind.apiVersion(), kind.plural()).map(Served::subresources)
                        .orElse(Map.of()).entrySet()) {
                    served = served.with(kept.getKey(), kept.getValue());
                }
                next = next.with(served);
            }
            return next;
        });
    }

    /** Serves a kind no longer. */
    public void withdraw(ResourceKind kind) {
        change(current -> current.without(kind));
    }

    private synchronized void change(UnaryOperator<Catalog> how) {
        catalog = how.apply(catalog);
    }

    /**
     * Mounts the API on a router: {@code /api, /apis, /version, /openapi, /healthz, /livez, /readyz} under the prefix.
     * Other paths stay the router's own.
     *
     * @param pathPrefix as in {@code /spokes/sno1}; empty for the root
     */
    public void mount(Router router, String pathPrefix) {
        for (String root : List.of("api", "apis", "version", "openapi", "healthz", "livez", "readyz")) {
            router.route(pathPrefix + "/" + root).handler(context -> handle(context, pathPrefix));
            router.route(pathPrefix + "/" + root + "/*").handler(context -> handle(context, pathPrefix));
        }
    }

    private void handle(RoutingContext context, String pathPrefix) {
        String path = context.request().path().substring(pathPrefix.length());
        // A body handler of the host may have read the body already.
        if (context.body() != null && context.body().buffer() != null) {
            whole(context.request(), path, context.body().buffer().getBytes());
        } else {
            handle(context.request(), path);
        }
    }

    /**
     * Answers one request; for hosts that do their own routing, as over thousands of prefixes.
     *
     * @param path the path below the prefix, as in {@code /api/v1/pods}, still percent-encoded
     */
    public void handle(HttpServerRequest request, String path) {
        if (Exchange.wantsWebSocket(request)) {
            // A body that has been read cannot become a web socket any more.
            request.pause();
            whole(request, path, new byte[0]);
        } else if (!Bodies.follow(request)) {
            request.resume();
            whole(request, path, new byte[0]);
        } else {
            afterAdmission(request, path);
        }
    }

    /** A body comes into memory only when it is known who sends it, and that they may send it now. */
    private void afterAdmission(HttpServerRequest request, String path) {
        Context context = Vertx.currentContext();
        request.pause();
        VIRTUAL_THREADS.execute(() -> attempt(new Exchange(request, context), path, refused -> {
            try {
                List<String> segments = segments(path);
                User user = admit(request, segments);
                context.runOnContext(_ -> Bodies.read(request, maxBodyBytes,
                        body -> VIRTUAL_THREADS.execute(() -> answer(request, context, body, user, path, segments)),
                        () -> refused.fail(ApiException.tooLarge(maxBodyBytes))));
            } catch (RuntimeException | StackOverflowError e) {
                context.runOnContext(_ -> Bodies.discard(request));
                throw e;
            }
        }));
    }

    private void whole(HttpServerRequest request, String path, byte[] body) {
        Context context = Vertx.currentContext();
        VIRTUAL_THREADS.execute(() -> attempt(new Exchange(request, context), path, _ -> {
            List<String> segments = segments(path);
            User user = admit(request, segments);
            if (body.length > maxBodyBytes) {
                throw ApiException.tooLarge(maxBodyBytes);
            }
            answer(request, context, body, user, path, segments);
        }));
    }

    private User admit(HttpServerRequest request, List<String> segments) {
        if (!segments.isEmpty() && HEALTH.contains(segments.getFirst())) {
            return User.ANONYMOUS;
        }
        User user = identity.authenticate(request);
        limits.ifPresent(limit -> limit.request(user));
        return user;
    }

    private void answer(HttpServerRequest request, Context context, byte[] body, User user, String path,
            List<String> segments) {
        Exchange exchange = new Exchange(request, context, body, user,
                () -> limits.map(limit -> limit.stream(user)).orElse(() -> { }));
        attempt(exchange, path, _ -> {
            try {
                answer(exchange, segments);
            } finally {
                exchange.answered();
            }
        });
    }

    private interface Work {
        void on(Exchange exchange) throws InterruptedException;
    }

    private static void attempt(Exchange exchange, String path, Work work) {
        try {
            work.on(exchange);
        } catch (ApiException e) {
            exchange.fail(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            exchange.fail(ApiException.unavailable("the server is shutting down"));
        } catch (RuntimeException | StackOverflowError e) {
            LOG.errorf(e, "request failed: method=%s path=%s", exchange.method(), path);
            exchange.fail(ApiException.internal("the request could not be answered; see the server's log"));
        }
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String part : path.split("/")) {
            if (!part.isEmpty()) {
                try {
                    segments.add(part.contains("%")
                            ? URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8) : part);
                } catch (IllegalArgumentException _) {
                    throw ApiException.badRequest("the path is not properly percent-encoded: " + part);
                }
            }
        }
        return segments;
    }

    private void answer(Exchange exchange, List<String> path) throws InterruptedException {
        Catalog current = catalog;
        int size = path.size();
        switch (size == 0 ? "" : path.getFirst()) {
            case "api" -> {
                if (size == 1) {
                    discover(exchange, current, true);
                } else if (size == 2) {
                    get(exchange, () -> Discovery.resources(current, path.get(1)));
                } else if (bareNamespaces && size == 4 && path.subList(1, 3).equals(List.of("v1", "namespaces"))) {
                    get(exchange, () -> Namespaces.bare(path.get(3)));
                } else {
                    resource(exchange, Target.find(current, path.get(1), path.subList(2, size)));
                }
            }
            case "apis" -> {
                if (size == 1) {
                    discover(exchange, current, false);
                } else if (size == 2) {
                    get(exchange, () -> Discovery.group(current, path.get(1)));
                } else if (size == 3) {
                    get(exchange, () -> Discovery.resources(current, path.get(1) + "/" + path.get(2)));
                } else {
                    resource(exchange, Target.find(current, path.get(1) + "/" + path.get(2), path.subList(3, size)));
                }
            }
            case "version" -> get(exchange, this::version);
            case "healthz", "livez", "readyz" ->
                    exchange.respond(200, "text/plain; charset=utf-8", "ok".getBytes(StandardCharsets.UTF_8));
            case "openapi" -> openapi(exchange, current, path);
            default -> throw ApiException.noSuchPath();
        }
    }

    private static void openapi(Exchange exchange, Catalog catalog, List<String> path) {
        String version = path.size() > 1 ? path.get(1) : "";
        if (version.equals("v2") && exchange.header("Accept").orElse("").contains("protobuf")) {
            exchange.respond(200, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
                    OpenApi.emptyVersion2());
        } else if (!version.equals("v3")) {
            throw ApiException.noSuchPath();
        } else if (path.size() == 2) {
            get(exchange, () -> OpenApi.index(catalog));
        } else {
            get(exchange, () -> OpenApi.document(catalog, String.join("/", path.subList(3, path.size()))));
        }
    }

    private static void discover(Exchange exchange, Catalog catalog, boolean core) {
        if (exchange.negotiate().form() == Representation.Form.DISCOVERY) {
            get(exchange, () -> Discovery.aggregated(catalog, core));
        } else {
            get(exchange, () -> core ? Discovery.coreVersions(catalog) : Discovery.groups(catalog));
        }
    }

    private static void get(Exchange exchange, Supplier<ObjectNode> document) {
        if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
            exchange.allow("GET");
            throw ApiException.methodNotAllowed();
        }
        exchange.negotiate();
        exchange.respondDocument(document.get());
    }

    private ObjectNode version() {
        String[] numbers = gitVersion.substring(1).split("\\.");
        return Json.object().put("major", numbers[0]).put("minor", numbers[1]).put("gitVersion", gitVersion)
                .put("gitCommit", "").put("gitTreeState", "clean").put("buildDate", "1970-01-01T00:00:00Z")
                .put("goVersion", "").put("compiler", "").put("platform", "jvm");
    }

    private void resource(Exchange exchange, Target target) throws InterruptedException {
        Verb verb = Verb.of(exchange, target);
        check(exchange, target, verb.rbac());
        switch (verb) {
            case GET -> reads.get(exchange, target);
            case LIST -> reads.list(exchange, target);
            case WATCH -> WatchStream.serve(watches, exchange, target);
            case CREATE -> writes.create(exchange, target);
            case UPDATE -> writes.replace(exchange, target, part(target));
            case PATCH -> writes.patch(exchange, target, part(target),
                    () -> check(exchange, target, Verb.CREATE.rbac()));
            case DELETE -> writes.delete(exchange, target);
            case DELETECOLLECTION -> writes.deleteCollection(exchange, target);
            case CUSTOM_GET, CUSTOM_CREATE, CUSTOM_UPDATE, CUSTOM_PATCH, CUSTOM_DELETE ->
                    target.served().subresources().get(target.subresource()).handler()
                            .handle(new SubresourceRequest(exchange, target));
        }
    }

    private void check(Exchange exchange, Target target, String verb) {
        access.check(new AccessCheck.Access(exchange.user(), verb, target.kind(), target.subresource(),
                target.namespace(), target.name()));
    }

    private static Part part(Target target) {
        return target.subresource().equals("status") ? Part.STATUS : Part.MAIN;
    }
}
