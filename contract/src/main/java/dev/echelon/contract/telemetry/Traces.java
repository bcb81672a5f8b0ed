package dev.echelon.contract.telemetry;

import dev.echelon.contract.CguId;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * How a trace follows a ClusterGroupUpgrade through the topics: what is written carries the writer's span in its
 * headers (W3C Trace Context), and what is read makes that span the current one while it is handled. Until
 * {@link #use} says so, all of this does nothing and no header is written: an SDK that is disabled still gives spans
 * names.
 */
public final class Traces {

    /** On every span: the ClusterGroupUpgrade it is about. */
    public static final AttributeKey<String> CGU = AttributeKey.stringKey("echelon.cgu");

    /** On spans of requests to the hub: what the request is about. */
    public static final AttributeKey<String> OBJECT = AttributeKey.stringKey("echelon.hub.object");

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
    private static final TextMapGetter<Map<String, String>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> headers) {
            return headers.keySet();
        }

        @Override
        public String get(Map<String, String> headers, String key) {
            return headers == null ? null : headers.get(key);
        }
    };

    private static volatile boolean used;

    private Traces() {}

    /** Whether this process takes part in traces; it does not before the first call. */
    public static void use(boolean wanted) {
        used = wanted;
    }

    /** The headers that carry the current span; none where there is none. */
    public static Map<String, String> headers() {
        if (!used || !Span.current().getSpanContext().isValid()) {
            return Map.of();
        }
        Map<String, String> headers = new HashMap<>();
        W3C.inject(Context.current(), headers, Map::put);
        return headers;
    }

    /** The span that these headers carry, as a context; an empty one where they carry none. */
    public static Context of(Map<String, String> headers) {
        return used ? W3C.extract(Context.root(), headers, HEADERS) : Context.root();
    }

    /** Whether a span is under way here. */
    public static boolean isPresent(Context context) {
        return Span.fromContext(context).getSpanContext().isValid();
    }

    /**
     * Does the work in a span of its own.
     *
     * @param name without names of objects, which would make each span a kind of its own
     * @param parent what this is a consequence of
     */
    public static <T> T span(String name, SpanKind kind, Context parent, CguId cgu, Supplier<T> work) {
        if (!used) {
            return work.get();
        }
        return run(
                tracer().spanBuilder(name)
                        .setSpanKind(kind)
                        .setParent(parent)
                        .setAttribute(CGU, cgu.key())
                        .startSpan(),
                parent,
                work);
    }

    /**
     * Makes a request in a span of its own, where there is one that it belongs to.
     *
     * @param name without names of objects
     * @param object what the request is about
     */
    public static <T> T request(String name, String object, Supplier<T> work) {
        Context parent = Context.current();
        return used && isPresent(parent)
                ? run(
                        tracer().spanBuilder(name)
                                .setSpanKind(SpanKind.CLIENT)
                                .setAttribute(OBJECT, object)
                                .startSpan(),
                        parent,
                        work)
                : work.get();
    }

    private static Tracer tracer() {
        return GlobalOpenTelemetry.getTracer("dev.echelon");
    }

    private static <T> T run(Span span, Context parent, Supplier<T> work) {
        try (Scope _ = parent.with(span).makeCurrent()) {
            return work.get();
        } catch (RuntimeException e) {
            span.recordException(e);
            span.setStatus(StatusCode.ERROR);
            throw e;
        } finally {
            span.end();
        }
    }
}
