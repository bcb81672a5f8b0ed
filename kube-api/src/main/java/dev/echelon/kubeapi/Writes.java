package dev.echelon.kubeapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.echelon.kubeapi.json.Json;
import dev.echelon.kubeapi.json.MalformedBodyException;
import dev.echelon.kubeapi.schema.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Create, replace, patch and delete. */
final class Writes {
    private static final int ATTEMPTS = 10;
    /** Without vowels and look-alikes, as Kubernetes makes names. */
    private static final String SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

    private final Reads reads;

    Writes(Reads reads) {
        this.reads = reads;
    }

    void create(Exchange exchange, Target target) {
        if (target.kind().namespaced() && target.namespace().isEmpty()) {
            throw ApiException.badRequest("an empty namespace may not be set during creation");
        }
        exchange.negotiate();
        WriteOptions options = exchange.writeOptions("CreateOptions");
        Admission admission = new Admission(target, exchange, "CreateOptions");
        ObjectNode object = admission.shape(admission.read());
        ObjectNode metadata = Json.objectAt(object, "metadata");
        if (!Json.textAt(metadata, "resourceVersion").isEmpty()) {
            throw ApiException.badRequest("resourceVersion should not be set on objects to be created");
        }
        boolean generated = Json.textAt(metadata, "name").isEmpty() && !Json.textAt(metadata, "generateName").isEmpty();
        for (int attempt = 1; ; attempt++) {
            ObjectNode named = generated ? withGeneratedName(object) : object;
            try {
                reads.respond(exchange, target, 201, create(admission, target, named, options));
                return;
            } catch (ApiException e) {
                if (!generated || !e.reason().equals("AlreadyExists") || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static ObjectNode create(Admission admission, Target target, ObjectNode shaped, WriteOptions options) {
        // A status that will not be kept is no reason to refuse.
        ObjectNode object = target.kind().statusSubresource() ? Json.with(shaped, "status", null) : shaped;
        admission.validate(object);
        return target.served().store().create(target.kind(), object, options);
    }

    private static ObjectNode withGeneratedName(ObjectNode object) {
        ObjectNode metadata = Json.objectAt(object, "metadata");
        String prefix = Json.textAt(metadata, "generateName");
        StringBuilder name = new StringBuilder(prefix.substring(0, Math.min(prefix.length(), 58)));
        for (int i = 0; i < 5; i++) {
            name.append(SUFFIX_LETTERS.charAt(ThreadLocalRandom.current().nextInt(SUFFIX_LETTERS.length())));
        }
        return Json.with(object, "metadata", Json.with(metadata, "name", Json.object().textNode(name.toString())));
    }

    void replace(Exchange exchange, Target target, Part part) {
        exchange.negotiate();
        WriteOptions options = exchange.writeOptions("UpdateOptions");
        Admission admission = new Admission(target, exchange, "UpdateOptions");
        ObjectNode object = named(target, admission.shape(admission.read()));
        ObjectNode current = current(target).orElseThrow(() -> ApiException.notFound(target.kind(), target.name()));
        if (target.served().schema().isPresent()
                && Json.textAt(Json.objectAt(object, "metadata"), "resourceVersion").isEmpty()) {
            // As upstream has it for custom resources: who replaces without having read would undo others' work.
            throw ApiException.invalid(target.kind().group(), target.kind().plural(), target.name(), List.of(
                    new FieldError("metadata.resourceVersion", "FieldValueInvalid",
                            "Invalid value: 0: must be specified for an update")));
        }
        reads.respond(exchange, target, 200, update(admission, target, current, object, part, options));
    }

    /** @param mayCreate asked before an apply creates what is not there; throws where it may not */
    void patch(Exchange exchange, Target target, Part part, Runnable mayCreate) {
        exchange.negotiate();
        WriteOptions options = exchange.writeOptions("PatchOptions");
        Admission admission = new Admission(target, exchange, "PatchOptions");
        Patches patch = Patches.read(exchange, target.kind());
        for (int attempt = 1; ; attempt++) {
            Optional<ObjectNode> current = current(target);
            if (current.isEmpty() && patch instanceof Patches.Apply(ObjectNode applied) && part == Part.MAIN) {
                mayCreate.run();
                ObjectNode object = named(target, admission.shape(applied));
                reads.respond(exchange, target, 201, create(admission, target, object, options));
                return;
            }
            ObjectNode before = current.orElseThrow(() -> ApiException.notFound(target.kind(), target.name()));
            ObjectNode after = patch.apply(before);
            checkImmutable(target, before, after);
            boolean ownVersion = !version(after).equals(version(before));
            try {
                reads.respond(exchange, target, 200,
                        update(admission, target, before, admission.shape(after), part,
                                ownVersion ? options : options.asRebasable()));
                return;
            } catch (ApiException e) {
                // Another write came between reading and writing: the patch applies to what is there now just as well.
                if (!e.reason().equals("Conflict") || ownVersion || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void checkImmutable(Target target, ObjectNode before, ObjectNode after) {
        JsonNode uid = Json.objectAt(after, "metadata").get("uid");
        if (uid != null && !uid.equals(Json.objectAt(before, "metadata").get("uid"))) {
            throw ApiException.invalid(target.kind(), target.name(),
                    List.of(FieldError.invalid("metadata.uid", uid, "field is immutable")));
        }
    }

    private static ObjectNode update(Admission admission, Target target, ObjectNode current, ObjectNode proposed,
            Part part, WriteOptions options) {
        ObjectNode checked = switch (part) {
            case STATUS -> Json.with(current, "status", proposed.get("status"));
            case MAIN -> target.kind().statusSubresource()
                    ? Json.with(proposed, "status", current.get("status")) : proposed;
        };
        admission.validate(checked);
        return target.served().store().update(target.kind(), proposed, part, options);
    }

    void delete(Exchange exchange, Target target) {
        exchange.negotiate();
        WriteOptions options = deleteOptions(exchange);
        ObjectNode last = target.served().store().delete(target.kind(), target.namespace(), target.name(),
                preconditions(exchange), options);
        boolean leaving = Lifecycle.isDeleting(last)
                && current(target).filter(o -> uid(o).equals(uid(last))).isPresent();
        if (leaving) {
            reads.respond(exchange, target, 200, last);
            return;
        }
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1");
        status.set("metadata", Json.object());
        status.put("status", "Success");
        ObjectNode details = status.putObject("details").put("name", target.name());
        if (!target.kind().group().isEmpty()) {
            details.put("group", target.kind().group());
        }
        details.put("kind", target.kind().plural()).put("uid", uid(last));
        exchange.respond(200, status);
    }

    void deleteCollection(Exchange exchange, Target target) {
        Representation wanted = exchange.negotiate();
        WriteOptions options = deleteOptions(exchange);
        Listing listing = Selection.of(exchange, target).list();
        List<ObjectNode> gone = new ArrayList<>();
        for (ObjectNode item : listing.items()) {
            ObjectNode metadata = Json.objectAt(item, "metadata");
            try {
                gone.add(target.served().store().delete(target.kind(), Json.textAt(metadata, "namespace"),
                        Json.textAt(metadata, "name"), preconditions(exchange), options));
            } catch (ApiException e) {
                if (!e.reason().equals("NotFound")) {
                    throw e;
                }
            }
        }
        reads.respondList(exchange, target, wanted, gone,
                Json.object().put("resourceVersion", listing.resourceVersion()));
    }

    private static WriteOptions deleteOptions(Exchange exchange) {
        WriteOptions options = exchange.writeOptions("DeleteOptions");
        return deleteBody(exchange).path("dryRun").isEmpty() ? options : options.asDryRun();
    }

    private static DeletePreconditions preconditions(Exchange exchange) {
        JsonNode given = deleteBody(exchange).path("preconditions");
        return new DeletePreconditions(Optional.of(Json.textAt(given, "uid")).filter(v -> !v.isEmpty()),
                Optional.of(Json.textAt(given, "resourceVersion")).filter(v -> !v.isEmpty()));
    }

    private static JsonNode deleteBody(Exchange exchange) {
        if (exchange.body().length == 0) {
            return Json.object();
        }
        try {
            JsonNode body = exchange.contentType().contains("yaml") ? Json.parseYaml(exchange.body())
                    : Json.parse(exchange.body());
            if (body.isObject()) {
                return body;
            }
        } catch (MalformedBodyException e) {
            throw ApiException.badRequest("the delete options are malformed: " + e.getMessage());
        }
        throw ApiException.badRequest("the delete options must be an object");
    }

    private static Optional<ObjectNode> current(Target target) {
        return target.served().store().get(target.kind(), target.namespace(), target.name());
    }

    private static ObjectNode named(Target target, ObjectNode object) {
        ObjectNode metadata = Json.objectAt(object, "metadata");
        return Json.with(object, "metadata", Json.with(metadata, "name", Json.object().textNode(target.name())));
    }

    private static String uid(ObjectNode object) {
        return Json.textAt(Json.objectAt(object, "metadata"), "uid");
    }

    private static String version(ObjectNode object) {
        return Json.textAt(Json.objectAt(object, "metadata"), "resourceVersion");
    }
}
