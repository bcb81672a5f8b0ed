package dev.echelon.simulator.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.ResourceKind;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.MalformedBodyException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Client;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.lang.System.Logger.Level;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hub's API, for objects of any kind as JSON trees. Calls block, so they are for virtual threads; at most
 * {@value #AT_ONCE} are under way. A hub that does not answer, is overloaded or fails is tried again until it is there:
 * a simulated agent waits for its hub as a real one does.
 */
final class HubClient implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(HubClient.class.getName());
    private static final int AT_ONCE = 64;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    /** Metadata come first in what an API server answers: no need to read all of it for this. */
    private static final Pattern VERSION = Pattern.compile("\"resourceVersion\" ?: ?\"(\\d+)\"");

    /** The simulator ends; who hears this has nothing more to do. */
    static final class Closed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Closed() {
            super("the hub client is closed", null, false, false);
        }
    }

    private final KubernetesClient client;
    private final String base;
    private final Semaphore underWay = new Semaphore(AT_ONCE);
    private final Queue<SharedIndexInformer<?>> informers = new ConcurrentLinkedQueue<>();
    private final LongAdder requests = new LongAdder();
    private volatile boolean closed;

    HubClient(KubernetesClient client) {
        this.client = client;
        String url = client.getMasterUrl().toString();
        base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /** Tells of every object of a kind that is there, appears, changes or goes, one after the other. */
    SharedIndexInformer<GenericKubernetesResource> watch(ResourceKind kind, Optional<String> labelSelector,
            ResourceEventHandler<GenericKubernetesResource> handler) {
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder().withGroup(kind.group())
                .withVersion(kind.version()).withKind(kind.kind()).withPlural(kind.plural())
                .withNamespaced(kind.namespaced()).build();
        var all = client.genericKubernetesResources(context);
        var any = kind.namespaced() ? all.inAnyNamespace() : all;
        var chosen = labelSelector.isPresent() ? any.withLabelSelector(labelSelector.get()) : any;
        SharedIndexInformer<GenericKubernetesResource> informer = chosen.runnableInformer(0)
                .removeNamespaceIndex().itemStore(new VersionsOnly()).addEventHandler(handler);
        informer.exceptionHandler((started, problem) -> {
            LOG.log(closed ? Level.DEBUG : Level.WARNING, () -> "watching " + kind.qualifiedPlural() + ": " + problem,
                    problem);
            return !closed;
        });
        informers.add(informer);
        informer.start().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        return informer;
    }

    /** Whether the hub serves a kind. */
    boolean serves(ResourceKind kind) {
        return client.adapt(Client.class).supports(kind.apiVersion(), kind.kind());
    }

    Optional<ObjectNode> get(ResourceKind kind, String namespace, String name) {
        Answer answer = send("GET", path(kind, namespace, name), Optional.empty(), "");
        return answer.code() == 404 ? Optional.empty() : Optional.of(answer.orThrow());
    }

    List<ObjectNode> list(ResourceKind kind) {
        ObjectNode list = send("GET", path(kind, "", ""), Optional.empty(), "").orThrow();
        return list.path("items").valueStream().map(ObjectNode.class::cast).toList();
    }

    Answer create(ResourceKind kind, ObjectNode object) {
        return send("POST", path(kind, object.at("/metadata/namespace").asText(), ""), Optional.of(object),
                "application/json");
    }

    Answer replace(ResourceKind kind, ObjectNode object) {
        return send("PUT", path(kind, object.at("/metadata/namespace").asText(), object.at("/metadata/name").asText()),
                Optional.of(object), "application/json");
    }

    Answer merge(ResourceKind kind, String namespace, String name, ObjectNode patch) {
        return send("PATCH", path(kind, namespace, name), Optional.of(patch), "application/merge-patch+json");
    }

    Answer mergeStatus(ResourceKind kind, String namespace, String name, ObjectNode status) {
        ObjectNode patch = Json.object();
        patch.set("status", status);
        String path = path(kind, namespace, name) + (kind.statusSubresource() ? "/status" : "");
        return send("PATCH", path, Optional.of(patch), "application/merge-patch+json");
    }

    /** Replaces the whole status: a merge would leave behind what the new one no longer has. */
    Answer replaceStatus(ResourceKind kind, String namespace, String name, ObjectNode status) {
        ArrayNode patch = Json.array();
        patch.addObject().put("op", "add").put("path", "/status").set("value", status);
        String path = path(kind, namespace, name) + (kind.statusSubresource() ? "/status" : "");
        return send("PATCH", path, Optional.of(patch), "application/json-patch+json");
    }

    /** Deletes an object; where a uid is given, that very one and not another of the same name. */
    Answer delete(ResourceKind kind, String namespace, String name, Optional<String> uid) {
        ObjectNode options = Json.object().put("apiVersion", "v1").put("kind", "DeleteOptions");
        uid.ifPresent(only -> options.putObject("preconditions").put("uid", only));
        return send("DELETE", path(kind, namespace, name), Optional.of(options), "application/json");
    }

    /** How many requests were sent, watches aside. */
    long requests() {
        return requests.sum();
    }

    /** What the hub said. */
    record Answer(String request, int code, byte[] body) {
        boolean done() {
            return code >= 200 && code < 300;
        }

        /** The object that came back. */
        ObjectNode orThrow() {
            if (!done()) {
                throw new IllegalStateException("%s: the hub answered %d %s".formatted(request, code, message()));
            }
            return (ObjectNode) Json.parse(body);
        }

        /** The version of the object that came back; 0 where none did. */
        long version() {
            Matcher found = VERSION.matcher(new String(body, StandardCharsets.UTF_8));
            return done() && found.find() ? Long.parseLong(found.group(1)) : 0;
        }

        /** Warns of an answer that is neither success nor one of those expected. */
        Answer expecting(int... codes) {
            boolean expected = done();
            for (int one : codes) {
                expected |= code == one;
            }
            if (!expected) {
                LOG.log(Level.WARNING, "{0}: the hub answered {1} {2}", request, code, message());
            }
            return this;
        }

        String message() {
            try {
                return Json.parse(body).path("message").asText();
            } catch (MalformedBodyException _) {
                return new String(body, StandardCharsets.UTF_8);
            }
        }
    }

    private String path(ResourceKind kind, String namespace, String name) {
        StringBuilder path = new StringBuilder(kind.group().isEmpty() ? "/api/" : "/apis/" + kind.group() + "/")
                .append(kind.version());
        if (kind.namespaced() && !namespace.isEmpty()) {
            path.append("/namespaces/").append(namespace);
        }
        path.append('/').append(kind.plural());
        if (!name.isEmpty()) {
            path.append('/').append(URLEncoder.encode(name, StandardCharsets.UTF_8));
        }
        return path.toString();
    }

    private Answer send(String verb, String path, Optional<? extends JsonNode> body, String contentType) {
        String request = verb + " " + path;
        HttpRequest.Builder builder = client.getHttpClient().newHttpRequestBuilder().uri(base + path);
        if (body.isPresent()) {
            builder.method(verb, contentType, new String(Json.encode(body.get()), StandardCharsets.UTF_8));
        }
        HttpRequest built = builder.header("Accept", "application/json").build();
        for (Duration wait = Duration.ofMillis(50);; wait = longer(wait)) {
            if (closed) {
                throw new Closed();
            }
            underWay.acquireUninterruptibly();
            String problem;
            try {
                requests.increment();
                HttpResponse<byte[]> response = client.getHttpClient().sendAsync(built, byte[].class).join();
                byte[] answer = response.body() == null ? new byte[0] : response.body();
                if (response.code() < 500 && response.code() != 429) {
                    return new Answer(request, response.code(), answer);
                }
                problem = "answered " + response.code();
            } catch (CompletionException e) {
                problem = String.valueOf(e.getCause());
            } catch (IllegalStateException e) {
                // The client's own word for a client that has been closed meanwhile.
                problem = e.getMessage();
            } finally {
                underWay.release();
            }
            if (closed) {
                throw new Closed();
            }
            LOG.log(Level.DEBUG, "{0}: the hub {1}; trying again in {2}", request, problem, wait);
            LockSupport.parkNanos(wait.toNanos());
        }
    }

    private static Duration longer(Duration wait) {
        Duration doubled = wait.multipliedBy(2);
        return doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
    }

    @Override
    public void close() {
        closed = true;
        informers.forEach(SharedIndexInformer::stop);
        client.close();
    }
}
