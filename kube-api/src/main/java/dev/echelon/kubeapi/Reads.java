package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.MalformedBodyException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Get and list, in whatever form the client wants. */
final class Reads {
    private final Clock clock;

    Reads(Clock clock) {
        this.clock = clock;
    }

    void get(Exchange exchange, Target target) {
        ObjectNode object = target.served().store().get(target.kind(), target.namespace(), target.name())
                .orElseThrow(() -> ApiException.notFound(target.kind(), target.name()));
        respond(exchange, target, 200, object);
    }

    /** Answers one object in the form that was negotiated. */
    void respond(Exchange exchange, Target target, int status, ObjectNode object) {
        Representation wanted = exchange.negotiate();
        exchange.respond(status, switch (wanted.form()) {
            case TABLE -> target.served().table().of(List.of(object), version(object), wanted,
                    exchange.query("includeObject").orElse(""), true, clock.instant());
            case PARTIAL -> TableView.partial(object, wanted.version());
            case PLAIN, DISCOVERY -> object;
        });
    }

    private static ObjectNode version(ObjectNode object) {
        return Json.object().put("resourceVersion", Json.textAt(Json.objectAt(object, "metadata"), "resourceVersion"));
    }

    void list(Exchange exchange, Target target) {
        Representation wanted = exchange.negotiate();
        Selection selection = Selection.of(exchange, target);
        long limit = exchange.number("limit").orElse(0L);
        Optional<Continue> after = exchange.query("continue").map(Continue::decode);
        Listing listing = selection.list();
        List<ObjectNode> items = listing.items();
        String version = after.map(Continue::resourceVersion).orElse(listing.resourceVersion());
        ObjectNode metadata = Json.object().put("resourceVersion", version);
        if (after.isPresent()) {
            items = items.stream().filter(item -> after.get().precedes(item)).toList();
        }
        if (limit > 0 && items.size() > limit) {
            metadata.put("continue", Continue.after(items.get((int) limit - 1), version).encode());
            if (selection.isEmpty()) {
                metadata.put("remainingItemCount", items.size() - limit);
            }
            items = items.subList(0, (int) limit);
        }
        respondList(exchange, target, wanted, items, metadata);
    }

    /** Answers a list in the form that was negotiated. */
    void respondList(Exchange exchange, Target target, Representation wanted, List<ObjectNode> items,
            ObjectNode metadata) {
        exchange.respond(200, switch (wanted.form()) {
            case TABLE -> target.served().table().of(items, metadata, wanted,
                    exchange.query("includeObject").orElse(""), true, clock.instant());
            case PARTIAL -> list("meta.k8s.io/" + wanted.version(), "PartialObjectMetadataList", metadata,
                    items.stream().map(item -> TableView.partial(item, wanted.version())).toList());
            case PLAIN, DISCOVERY -> list(target.kind().apiVersion(), target.kind().listKind(), metadata, items);
        });
    }

    private static ObjectNode list(String apiVersion, String kind, ObjectNode metadata, List<ObjectNode> items) {
        ObjectNode list = Json.object();
        list.put("apiVersion", apiVersion).put("kind", kind);
        list.set("metadata", metadata);
        ArrayNode all = list.putArray("items");
        items.forEach(all::add);
        return list;
    }

    /**
     * Where a list goes on: after an object, as of now. The pages are not of one moment; the version stays that of the
     * first page, so that a watch from there sees whatever changed while paging.
     */
    record Continue(String resourceVersion, String namespace, String name) {
        static Continue after(ObjectNode last, String resourceVersion) {
            ObjectNode metadata = Json.objectAt(last, "metadata");
            return new Continue(resourceVersion, Json.textAt(metadata, "namespace"), Json.textAt(metadata, "name"));
        }

        boolean precedes(ObjectNode item) {
            ObjectNode metadata = Json.objectAt(item, "metadata");
            int byNamespace = namespace.compareTo(Json.textAt(metadata, "namespace"));
            return byNamespace < 0 || byNamespace == 0 && name.compareTo(Json.textAt(metadata, "name")) < 0;
        }

        String encode() {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.encode(Json.object()
                    .put("rv", resourceVersion).put("namespace", namespace).put("name", name)));
        }

        static Continue decode(String token) {
            try {
                var json = Json.parse(Base64.getUrlDecoder().decode(token.getBytes(StandardCharsets.US_ASCII)));
                if (json.isObject() && json.hasNonNull("rv") && json.hasNonNull("name")) {
                    return new Continue(Json.textAt(json, "rv"), Json.textAt(json, "namespace"),
                            Json.textAt(json, "name"));
                }
            } catch (IllegalArgumentException | MalformedBodyException _) {
                // Not one of ours: refused below.
            }
            throw ApiException.badRequest("invalid continue token: continue key is not valid; "
                    + "list again from the start");
        }
    }

    /** The objects of the target that the client's selectors choose. */
    static List<ObjectNode> select(Listing listing, Selection selection) {
        if (selection.isEmpty()) {
            return listing.items();
        }
        List<ObjectNode> chosen = new ArrayList<>();
        for (ObjectNode item : listing.items()) {
            if (selection.matches(item)) {
                chosen.add(item);
            }
        }
        return chosen;
    }
}
